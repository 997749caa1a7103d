/**
 * Prints a page with a Chromium of the system: without a window, in a profile of its own that is gone afterwards, with
 * scripts off and no way to a network. It keeps its sandbox; root prints as nobody, because a browser has none for root.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { chown, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ok, type Result } from '../../contract/result.ts';
import { findChromium } from './findChromium.ts';
import { cannotPrint, isPdf, type PdfPrinter } from './pdfPrinter.ts';

const DEADLINE_MS = 90_000;
const MAX_PDF_BYTES = 256 * 1024 * 1024;
const NOBODY = 65534;

export interface ChromiumPrinterOptions {
  readonly find?: () => Promise<string | null>;
  readonly deadlineMs?: number;
}

export function createChromiumPrinter(options: ChromiumPrinterOptions = {}): PdfPrinter {
  return {
    async print(html) {
      const program = await (options.find ?? findChromium)();
      if (program === null) return cannotPrint('there is no Chromium, Chrome or Edge on this computer');
      const folder = await mkdtemp(join(tmpdir(), 'holdpoint-print-'));
      try {
        return await printIn(folder, program, html, options.deadlineMs ?? DEADLINE_MS);
      } catch (error) {
        return cannotPrint(error instanceof Error ? error.message : 'unknown reason');
      } finally {
        await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }).catch(
          () => undefined,
        );
      }
    },
  };
}

async function printIn(
  folder: string,
  program: string,
  html: string,
  deadlineMs: number,
): Promise<Result<Uint8Array>> {
  const page = join(folder, 'report.html');
  const out = join(folder, 'report.pdf');
  const profile = join(folder, 'profile');
  const preferences = join(profile, 'Default', 'Preferences');
  await mkdir(join(profile, 'Default'), { recursive: true, mode: 0o700 });
  await writeFile(preferences, JSON.stringify(NO_SCRIPTS), { mode: 0o600, flag: 'wx' });
  await writeFile(page, html, { mode: 0o600, flag: 'wx' });
  const asNobody = process.platform === 'linux' && process.getuid?.() === 0;
  if (asNobody) {
    for (const place of [preferences, join(profile, 'Default'), profile, page, folder]) {
      await chown(place, NOBODY, NOBODY);
    }
  }
  const child = spawn(program, chromiumArguments(folder, page, out), {
    stdio: 'ignore',
    env: environment(folder),
    // A group of its own: what it started ends with it.
    detached: process.platform !== 'win32',
    ...(asNobody ? { uid: NOBODY, gid: NOBODY } : {}),
  });
  const ended = await endOf(child, deadlineMs);
  if (ended !== null) return cannotPrint(ended);
  const size = await stat(out).then(
    (seen) => seen.size,
    () => 0,
  );
  if (size === 0) return cannotPrint(`${program} printed nothing`);
  if (size > MAX_PDF_BYTES) return cannotPrint('it would be larger than 256 MiB');
  const bytes = await readFile(out);
  return isPdf(bytes) ? ok(bytes) : cannotPrint(`what ${program} printed is no whole PDF`);
}

/** The site setting for scripts: 2 is “blocked”. The page’s own policy forbids them, too. */
const NO_SCRIPTS = { profile: { default_content_setting_values: { javascript: 2, images: 1 } } };

/** No script, no network, no extension, nothing of the person's own browser. */
function chromiumArguments(folder: string, page: string, out: string): readonly string[] {
  return [
    '--headless',
    `--user-data-dir=${join(folder, 'profile')}`,
    // A proxy that is not there: whatever would ask a network gets no answer.
    '--proxy-server=http://127.0.0.1:9',
    '--proxy-bypass-list=<-loopback>',
    '--host-resolver-rules=MAP * ~NOTFOUND',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-default-apps',
    '--disable-extensions',
    '--disable-gpu',
    '--disable-sync',
    '--no-default-browser-check',
    '--no-first-run',
    '--no-pdf-header-footer',
    `--print-to-pdf=${out}`,
    pathToFileURL(page).href,
  ];
}

function environment(folder: string): Record<string, string> {
  const kept = ['PATH', 'LANG', 'LC_ALL', 'SystemRoot', 'TEMP', 'TMP', 'FONTCONFIG_PATH', 'XDG_DATA_DIRS'];
  const own = kept.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(own), HOME: folder };
}

/** Null when it ended well, else why not. At the deadline the whole group is killed. */
function endOf(child: ChildProcess, deadlineMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      killGroup(child);
    }, deadlineMs);
    child.once('error', (error) => {
      clearTimeout(timer);
      resolve(`the browser could not be started (${error.message})`);
    });
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      killGroup(child);
      if (late) resolve(`the browser took longer than ${String(Math.round(deadlineMs / 1000))} seconds`);
      else if (code === 0) resolve(null);
      else resolve(`the browser ended with ${signal ?? `status ${String(code)}`}`);
    });
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
  } catch {
    // It has ended, and so has all that it started.
  }
}
