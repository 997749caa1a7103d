/**
 * A command on a pseudo-terminal through script(1), which is there on Linux and macOS and delivers the tail of the
 * output. The terminal's size is set from outside, on its device.
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { constants } from 'node:fs';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../contract/result.ts';
import { firstExecutable } from './home.ts';

export interface TerminalRequest {
  readonly cols: number;
  readonly rows: number;
  /** Terminal modes of RFC 4254 section 8, by name. */
  readonly modes: Readonly<Record<string, number | undefined>>;
}

export interface PtyChild {
  readonly process: ChildProcessWithoutNullStreams;
  /** Process group of the command, once it has said where it is. */
  group(): Promise<number | undefined>;
  /** Sets the size; the foreground processes get SIGWINCH from the kernel. */
  resize(cols: number, rows: number): Promise<void>;
  /** Removes the session's folder. */
  dispose(): Promise<void>;
}

export interface PtyStart {
  /** The command string, or none for a login shell. */
  readonly command?: string;
  readonly terminal: TerminalRequest;
  readonly shell: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Absolute path of `on-pty.sh`. */
  readonly starter: string;
  /** A folder of this session's own, absolute, not there yet. */
  readonly session: string;
}

/** Terminal modes that stty(1) knows on every system, by their RFC 4254 name. */
const settings: Readonly<Record<string, string>> = {
  ECHO: 'echo',
  ECHOE: 'echoe',
  ECHOK: 'echok',
  ICANON: 'icanon',
  ISIG: 'isig',
  IEXTEN: 'iexten',
  ICRNL: 'icrnl',
  INLCR: 'inlcr',
  IXON: 'ixon',
  OPOST: 'opost',
  ONLCR: 'onlcr',
};

/** `stty` operands, one a line. */
function sttyLines(terminal: TerminalRequest): string {
  const size = sizeOperands(terminal.cols, terminal.rows);
  const modes = Object.entries(terminal.modes).flatMap(([name, value]) => {
    const setting = settings[name];
    return setting === undefined || value === undefined ? [] : [value === 0 ? `-${setting}` : setting];
  });
  return [size.join(' '), ...modes, ''].join('\n');
}

/** A size of 0 means “unknown” in RFC 4254; programs then want the customary 80 by 24. */
function sizeOperands(cols: number, rows: number): readonly string[] {
  return ['cols', String(cols > 0 ? cols : 80), 'rows', String(rows > 0 ? rows : 24)];
}

/** Starts the command, or says that this machine has no script(1). */
export async function startPty(start: PtyStart): Promise<Result<PtyChild>> {
  const script = await firstExecutable(['/usr/bin/script', '/bin/script', '/usr/local/bin/script']);
  if (script === undefined) {
    return fail(
      'unsupported',
      'The rehearsal host needs the program “script” for a terminal, and it is not here.',
      {
        hint: 'Install it (package util-linux or bsdutils).',
      },
    );
  }
  await mkdir(start.session, { recursive: true, mode: 0o700 });
  await writeFile(join(start.session, 'stty'), sttyLines(start.terminal), { mode: 0o600 });
  if (start.command !== undefined) {
    await writeFile(join(start.session, 'command'), start.command, { mode: 0o600 });
  }
  const child = spawn(script, scriptArguments(start), {
    cwd: start.cwd,
    // script(1) on Linux runs its command with $SHELL; on-pty.sh puts the user's own back.
    env: { ...start.env, SHELL: '/bin/sh' },
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  return ok(ptyChild(child, start.session));
}

function scriptArguments(start: PtyStart): readonly string[] {
  const words = ['/bin/sh', start.starter, start.session, start.shell];
  if (process.platform === 'darwin') return ['-q', '/dev/null', ...words];
  return ['-qfec', `exec ${words.map(quote).join(' ')}`, '/dev/null'];
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function ptyChild(child: ChildProcessWithoutNullStreams, session: string): PtyChild {
  let ended = false;
  child.once('close', () => (ended = true));
  let place: Promise<{ readonly group: number; readonly device: string } | undefined> | undefined;

  /** The starter writes the file within milliseconds; until then there is nothing to signal or resize. */
  async function findPlace(): Promise<{ readonly group: number; readonly device: string } | undefined> {
    while (!ended) {
      const text = await readFile(join(session, 'where'), 'utf8').catch(() => undefined);
      const [group, device] = text?.split('\n') ?? [];
      if (group && device) return { group: Number(group), device };
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return undefined;
  }
  const where = () => (place ??= findPlace());

  return {
    process: child,
    async group() {
      return (await where())?.group;
    },
    async resize(cols, rows) {
      const found = await where();
      if (found) await setSize(found.device, cols, rows);
    },
    async dispose() {
      await rm(session, { recursive: true, force: true });
    },
  };
}

/** Runs `stty` on the device. The terminal may be gone by now: then there is nothing to resize. */
async function setSize(device: string, cols: number, rows: number): Promise<void> {
  const file = await open(device, constants.O_RDWR | constants.O_NOCTTY).catch(() => undefined);
  if (!file) return;
  try {
    await new Promise<void>((resolve) => {
      const stty = spawn('stty', sizeOperands(cols, rows), { stdio: [file.fd, 'ignore', 'ignore'] });
      stty.once('error', () => {
        resolve();
      });
      stty.once('close', () => {
        resolve();
      });
    });
  } finally {
    await file.close();
  }
}
