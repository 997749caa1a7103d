import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import type { TargetName } from '../../../electron/contract/ids.ts';
import type { RecordBody } from '../../../electron/contract/records.ts';
import { ok } from '../../../electron/contract/result.ts';
import { systemClock } from '../../../electron/host/clock.ts';
import type { Connection } from '../../../electron/host/connect/connection.ts';
import { prepareHost } from '../../../electron/host/remote/hostSession.ts';
import type { PreparedHost } from '../../../electron/host/remote/hostSession.ts';
import { openLiveShell } from '../../../electron/host/runs/liveShell.ts';
import type { LiveShell } from '../../../electron/host/runs/liveShell.ts';
import { RESET_MODES } from '../../../electron/host/terminal/modes.ts';
import { createPane } from '../../../electron/host/terminal/pane.ts';
import { startSshd } from '../../fixtures/sshd/startSshd.ts';
import type { SshdFixture } from '../../fixtures/sshd/startSshd.ts';
import { connectTo, failure, knownOptions, value } from '../connect/options.ts';

interface Desk {
  readonly shell: LiveShell;
  readonly records: RecordBody[];
  /** Everything the pane showed. */
  text(): string;
  type(words: string): void;
  /** Waits until the pane shows these words after the last place they were waited for. */
  until(words: string): Promise<void>;
  /** Waits for the next observed command: exit status and depth. */
  observed(): Promise<readonly [number | undefined, number]>;
  /** Waits for any prompt that has not been waited for. */
  prompted(): Promise<void>;
  /** Waits for the first prompt of a shell that has just been set up, and answers its nonce. */
  marked(): Promise<string>;
  close(): Promise<void>;
  /** What the recording holds. */
  recorded(): Promise<string>;
}

/** A prompt at the end of what was shown, whatever a line editor has put behind it. */
const anyPrompt = /[$#%>](?:[ \x08\r]|\x1b\S*)+$/;

let dirs: string[] = [];

async function open(connection: Connection, prepared: Pick<PreparedHost, 'liveShell'>): Promise<Desk> {
  const dir = await mkdtemp(join(tmpdir(), 'live-'));
  dirs.push(dir);
  const records: RecordBody[] = [];
  let shown = '';
  let at = 0;
  let taken = 0;
  const looks = new Set<() => void>();
  const wake = (): void => {
    for (const look of looks) look();
  };
  const until = (done: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!done()) return;
        looks.delete(look);
        resolve();
      };
      looks.add(look);
      look();
    });
  const pane = createPane(() => null);
  pane.attach({ cols: 200, rows: 40 }, (bytes) => {
    shown += Buffer.from(bytes).toString('latin1');
    wake();
  });
  const shell = value(
    await openLiveShell({
      connection,
      prepared,
      target: 'db' as TargetName,
      dir,
      cast: 'shell.cast',
      pane,
      clock: systemClock,
      onDeviation: (body) => records.push(body),
      onObserved: (body) => {
        records.push(body);
        wake();
      },
      onTrouble: () => undefined,
      onEnd: () => undefined,
    }),
  );
  onTestFailed(() => {
    console.log(`The pane showed: ${JSON.stringify(shown)}`);
  });
  const commands = (): RecordBody[] => records.filter((record) => record.type === 'shell.observed');
  return {
    shell,
    records,
    text: () => shown,
    type: (words) => {
      shell.input.write(Buffer.from(words));
    },
    until: async (words) => {
      await until(() => shown.includes(words, at));
      at = shown.indexOf(words, at) + words.length;
    },
    observed: async () => {
      await until(() => commands().length > taken);
      const record = commands()[taken];
      taken += 1;
      if (record?.type !== 'shell.observed') throw new Error('no record');
      return [record.d.exit, record.d.depth];
    },
    prompted: async () => {
      await until(() => anyPrompt.test(shown.slice(at)));
      at = shown.length;
    },
    marked: async () => {
      const last = /\x1b\]633;[DP];\d+;(\d+)\x07(?!.*\x1b\]633;)/s;
      await until(() => last.test(shown.slice(at)) && anyPrompt.test(shown));
      const nonce = last.exec(shown.slice(at))?.[1] ?? '';
      at = shown.length;
      return nonce;
    },
    close: async () => {
      await shell.close();
    },
    recorded: async () => {
      const [, ...events] = (await readFile(join(dir, 'shell.cast'), 'utf8')).trimEnd().split('\n');
      const text = events.map((event) => (JSON.parse(event) as [number, string, string])[2]).join('');
      return Buffer.from(text).toString('latin1');
    },
  };
}

afterAll(async () => {
  for (const dir of dirs) await rm(dir, { recursive: true, force: true });
  dirs = [];
});

let names = 0;

async function prepare(connection: Connection): Promise<PreparedHost> {
  names += 1;
  return value(await prepareHost(connection, { runId: `live-${String(process.pid)}-${String(names)}` }));
}

const prompt = 'ready$ ';
/** Start-up files that set the same prompt in every shell, and a variable. */
async function startFiles(home: string): Promise<void> {
  const posix = `PS1="${prompt}"; export FROM_START=yes\n`;
  for (const file of ['.profile', '.zshrc', '.mkshrc', '.bashrc']) await writeFile(join(home, file), posix);
  await mkdir(join(home, '.config', 'fish'), { recursive: true });
  await writeFile(
    join(home, '.config', 'fish', 'config.fish'),
    `set -gx FROM_START yes; set -g fish_greeting; function fish_prompt; echo -n '${prompt}'; end\n`,
  );
}

const shells = [
  { name: 'bash', path: '/bin/bash' },
  { name: 'zsh', path: '/usr/bin/zsh' },
  { name: 'fish', path: '/usr/bin/fish' },
  { name: 'ksh93', path: '/usr/bin/ksh93' },
  { name: 'mksh', path: '/usr/bin/mksh' },
  { name: 'dash', path: '/usr/bin/dash' },
  { name: 'busybox ash', path: 'ash' },
];

describe.each(shells)('the live shell of an account with $name', ({ path }) => {
  let server: SshdFixture;
  let connection: Connection;
  let prepared: PreparedHost;
  let bin: string;

  beforeAll(async () => {
    bin = await mkdtemp(join(tmpdir(), 'ash-'));
    await symlink('/usr/bin/busybox', join(bin, 'ash'));
    const shell = path === 'ash' ? join(bin, 'ash') : path;
    server = await startSshd({ loginShell: `env SHELL=${shell} ${shell}` });
    await startFiles(join(server.dir, 'home'));
    connection = await connectTo(knownOptions(server));
    prepared = await prepare(connection);
  });
  afterAll(async () => {
    await prepared.cleanup();
    await connection.close();
    await server.stop();
    await rm(bin, { recursive: true });
  });

  it('is the login shell with its own start-up files and observes how commands end', async () => {
    const desk = await open(connection, prepared);
    await desk.until(prompt);
    expect(failure(desk.shell.trackShell()).code).toBe('refused');
    desk.type('echo one-$FROM_START; sh -c "exit 3"\r');
    await desk.until('one-yes');
    expect(await desk.observed()).toEqual([3, 0]);
    await desk.until(prompt);
    desk.type('\r');
    await desk.until(prompt);
    desk.type('true\r');
    expect(await desk.observed()).toEqual([0, 0]);
    expect(desk.records.map((record) => record.type)).toEqual([
      'deviation',
      'shell.observed',
      'shell.observed',
    ]);
    await desk.close();
    // What came is recorded byte for byte as it came; only the reset at the end is the app's own.
    expect(await desk.recorded()).toBe(desk.text().slice(0, -RESET_MODES.length));
  });

  it('leaves no trace in the environment and the history of the person', async () => {
    const desk = await open(connection, prepared);
    await desk.until(prompt);
    desk.type('env -u SSH_ORIGINAL_COMMAND env | grep -c -e _hp_ -e ZDOTDIR -e ^ENV=; echo do""ne\r');
    await desk.until('done');
    expect(desk.text()).toMatch(/[\r\n\x07]0\r+\ndone/);
    await desk.close();
  });
});

const nested = [
  { name: 'bash', command: 'bash --norc', paired: true },
  { name: 'zsh', command: 'zsh -f', paired: true },
  { name: 'fish', command: 'fish', paired: true },
  { name: 'ksh93', command: 'ksh93', paired: false },
  { name: 'mksh', command: 'mksh', paired: false },
  { name: 'dash', command: 'dash', paired: false },
  { name: 'busybox ash', command: 'busybox ash', paired: false },
];

describe('within the live shell', () => {
  let server: SshdFixture;
  let connection: Connection;
  let prepared: PreparedHost;

  beforeAll(async () => {
    server = await startSshd();
    await startFiles(join(server.dir, 'home'));
    connection = await connectTo(knownOptions(server));
    prepared = await prepare(connection);
  });
  afterAll(async () => {
    await prepared.cleanup();
    await connection.close();
    await server.stop();
  });

  it.each(nested)('a nested $name is tracked, and forgotten when it has ended', async ({ command }) => {
    const desk = await open(connection, prepared);
    await desk.until(prompt);
    desk.type(`PS1='in> ' ${command}\r`);
    await desk.until(command);
    await desk.prompted();
    value(desk.shell.trackShell());
    await desk.marked();
    desk.type('sh -c "exit 4"\r');
    expect(await desk.observed()).toEqual([4, 1]);
    desk.type('exit 5\r');
    expect(await desk.observed()).toEqual([5, 0]);
    await desk.until(prompt);
    desk.type('false\r');
    expect(await desk.observed()).toEqual([1, 0]);
    await desk.close();
  });

  it('nothing is taken from marks that are forged or have had their time', async () => {
    const desk = await open(connection, prepared);
    await desk.until(prompt);
    desk.type('dash\r');
    await desk.prompted();
    value(desk.shell.trackShell());
    const old = await desk.marked();
    desk.type('exit\r');
    expect(await desk.observed()).toEqual([0, 0]);
    await desk.until(prompt);
    const forge = (nonce: string): string => `\\033]633;C;${nonce}\\007\\033]633;D;0;${nonce}\\007`;
    desk.type(`printf '${forge(old)}${forge('1234')}'; printf '\\033]133;D;0\\007'; false\r`);
    expect(await desk.observed()).toEqual([1, 0]);
    await desk.close();
    expect(desk.records.filter((record) => record.type === 'shell.observed')).toHaveLength(2);
  });

  it('a login shell that cannot be set up is started as it is', async () => {
    const bare = { liveShell: () => Promise.resolve({ ok: true as const, value: null }) };
    const desk = await open(connection, bare);
    desk.type('echo $((40+2))-$0; exit 3\r');
    await desk.until('42--');
    await desk.close();
    expect(desk.records.map((record) => record.type)).toEqual(['deviation']);
  });

  it.each(['tracked', 'as it is'])('has the size that the pane got while it was opened (%s)', async (how) => {
    const dir = await mkdtemp(join(tmpdir(), 'live-'));
    dirs.push(dir);
    const pane = createPane(() => null);
    const shown: Uint8Array[] = [];
    pane.attach({ cols: 81, rows: 24 }, (bytes) => shown.push(bytes));
    /** The page gets another size between the request and the answer. */
    const meanwhile = async <T>(opening: Promise<T>): Promise<T> => {
      const opened = await opening;
      pane.resize({ cols: 91, rows: 24 });
      return opened;
    };
    const slow: Connection = {
      ...connection,
      exec: (request) =>
        request.pty === undefined ? connection.exec(request) : meanwhile(connection.exec(request)),
      shell: (size, onData) => meanwhile(connection.shell(size, onData)),
    };
    const shell = value(
      await openLiveShell({
        connection: slow,
        prepared: how === 'tracked' ? prepared : { liveShell: () => Promise.resolve(ok(null)) },
        target: 'db' as TargetName,
        dir,
        cast: 'shell.cast',
        pane,
        clock: systemClock,
        onDeviation: () => undefined,
        onObserved: () => undefined,
        onTrouble: () => undefined,
        onEnd: () => undefined,
      }),
    );
    shell.input.resize(pane.size);
    shell.input.write(Buffer.from('stty size\r'));
    await expect.poll(() => Buffer.concat(shown).toString('utf8')).toContain('24 91');
    await shell.close();
  });

  it("passes the terminal's own answers on to the program that asked, and to no other", async () => {
    const desk = await open(connection, prepared);
    await desk.until(prompt);
    const answer = (text: string): void => {
      desk.shell.input.write(Buffer.from(text), 'terminal');
    };
    answer('\x1b[1;1R\x1b[0n\x1b[?1;2c');
    desk.type(
      'stty raw -echo; printf "\\033[6n\\033[5n\\033[c"; dd bs=1 count=17 2>/dev/null | od -An -c; stty sane\r',
    );
    await desk.until('\x1b[6n\x1b[5n\x1b[c');
    answer('\x1b[12;34R; rm -rf /\r\x1b[>0;276;0c\x1bP1$r0m\x1b\\');
    answer('\x1b[0n\x1b[0n\x1b[?1;2c\x1b[12;34R');
    await desk.until('c');
    await desk.observed();
    await desk.close();
    const dump = desk.text().replace(/\s+/g, '');
    expect(dump).toContain('033[12;34R033[0n033[?');
    expect(desk.records.filter((record) => record.type === 'deviation')).toHaveLength(1);
  });
});
