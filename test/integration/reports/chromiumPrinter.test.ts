import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createChromiumPrinter } from '../../../electron/host/reports/chromiumPrinter.ts';
import { findChromium } from '../../../electron/host/reports/findChromium.ts';
import { CHROMIUM } from '../../fixtures/report/chromium.ts';
import { isAlive } from '../../fixtures/sshd/processes.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'holdpoint-printer-'));
  // Printing as root is printing as nobody, who must be able to run the stand-in.
  await chmod(root, 0o755);
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

const folders = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('holdpoint-print-'));

/** A program that stands in for a browser. */
async function standIn(script: string): Promise<string> {
  const path = join(root, 'browser');
  await writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

describe('printing with a Chromium of the system', () => {
  it.skipIf(CHROMIUM === undefined)(
    'gives a PDF; a script in the page does not run and nothing is asked for',
    async () => {
      const asked: string[] = [];
      const server = createServer((request, response) => {
        asked.push(request.url ?? '');
        response.end('x');
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const address = server.address();
      const at = `http://127.0.0.1:${String(typeof address === 'object' ? (address?.port ?? 0) : 0)}`;
      // Worse than any report: no policy of its own, and everything that could call out.
      const html = `<title>t</title><img src="${at}/img"><link rel="stylesheet" href="${at}/css"><iframe src="${at}/frame"></iframe><script>new Image().src="${at}/script"</script><p>printed</p>`;
      const printed = await createChromiumPrinter().print(html);
      await new Promise((resolve) => server.close(resolve));
      expect(printed.ok && Buffer.from(printed.value.subarray(0, 5)).toString()).toBe('%PDF-');
      expect(asked).toEqual([]);
    },
  );

  it('leaves no folder and no process behind when the browser hangs', async () => {
    const before = await folders();
    const pidFile = join(root, 'pid');
    await writeFile(pidFile, '');
    await chmod(pidFile, 0o666);
    const program = await standIn(`sleep 600 & echo $! > ${pidFile}; wait`);
    const printer = createChromiumPrinter({ find: () => Promise.resolve(program), deadlineMs: 300 });
    const printed = await printer.print('<p>x</p>');
    expect(printed).toMatchObject({
      ok: false,
      error: { code: 'unsupported', message: expect.stringContaining('longer than') as string },
    });
    const pid = Number(await readFile(pidFile, 'utf8'));
    expect(pid).toBeGreaterThan(0);
    await expect.poll(() => isAlive(pid)).toBe(false);
    expect((await folders()).filter((name) => !before.includes(name))).toEqual([]);
  });

  it.each([
    ['ends badly', 'exit 3', /status 3/],
    ['prints nothing', 'exit 0', /printed nothing/],
    [
      'prints something else',
      'for a; do case $a in --print-to-pdf=*) echo no > "${a#*=}";; esac; done',
      /no whole PDF/,
    ],
  ])('refuses with a way round when the browser %s', async (_name, script, message) => {
    const program = await standIn(script);
    const printed = await createChromiumPrinter({ find: () => Promise.resolve(program) }).print('<p>x</p>');
    expect(printed).toMatchObject({
      ok: false,
      error: {
        message: expect.stringMatching(message) as string,
        hint: expect.stringContaining('HTML') as string,
      },
    });
  });

  it('says that there is no browser', async () => {
    const printed = await createChromiumPrinter({ find: () => Promise.resolve(null) }).print('<p>x</p>');
    expect(printed).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('no Chromium') as string },
    });
  });

  it('finds the browser that is named, then one on PATH, never by a relative folder', async () => {
    const program = await standIn('exit 0');
    expect(await findChromium({ CHROMIUM: program, PATH: '' }, 'linux')).toBe(program);
    await writeFile(join(root, 'chromium'), '#!/bin/sh\n', { mode: 0o755 });
    expect(await findChromium({ PATH: `bin:.:${root}` }, 'linux')).toBe(join(root, 'chromium'));
    expect(await findChromium({ PATH: 'bin:.' }, 'linux')).toBeNull();
  });
});
