/** Detached commands on hosts that have another /bin/sh, the tools of busybox alone, no setsid, or tmux. */
import { execFile } from 'node:child_process';
import { access, chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type DetachedJob, removeDetached, startDetached } from '../../../electron/host/remote/detached.ts';
import { mayMount } from '../../fixtures/runs/tinyDisk.ts';
import { eventually, follow, type Host, must, startHost } from './host.ts';

const run = promisify(execFile);
const size = { cols: 80, rows: 24 };
const mounts = await mayMount();
if (!mounts) process.stderr.write('skipped: tests of other shells as /bin/sh need the right to mount\n');

const has = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

interface Kind {
  readonly name: string;
  /** Program that is mounted over what /bin/sh is. */
  readonly shell: string;
  /** Only the tools of busybox are found. */
  readonly busybox?: boolean;
  /** Tools that are not found. */
  readonly without?: readonly string[];
  readonly terminal: 'script' | 'none';
  /** As /bin/sh it says no word when a command is killed: then the end is told as the shell folds it, 128 and more. */
  readonly folds?: boolean;
}

const kinds: readonly Kind[] = [
  { name: 'dash', shell: '/usr/bin/dash', terminal: 'script' },
  { name: 'bash as sh', shell: '/usr/bin/bash', terminal: 'script' },
  { name: 'ksh as sh', shell: '/usr/bin/ksh', terminal: 'script' },
  { name: 'zsh as sh', shell: '/usr/bin/zsh', terminal: 'script', folds: true },
  { name: 'busybox ash and its tools', shell: '/usr/bin/busybox', busybox: true, terminal: 'none' },
  { name: 'dash without setsid', shell: '/usr/bin/dash', without: ['setsid'], terminal: 'script' },
  {
    name: 'dash without setsid and script',
    shell: '/usr/bin/dash',
    without: ['setsid', 'script'],
    terminal: 'none',
  },
];

/** A login shell that gives each session a view of the machine with another /bin/sh and other tools. */
async function otherWorld(dir: string, kind: Kind): Promise<string> {
  const bin = join(dir, 'bin');
  await mkdir(bin);
  if (kind.busybox === true) await run('busybox', ['--install', '-s', bin]);
  else if (kind.without !== undefined) {
    const { stdout } = await run('/bin/bash', ['-c', 'ls -d /usr/bin/* /usr/sbin/*']);
    for (const path of stdout.trim().split('\n')) {
      const name = path.slice(path.lastIndexOf('/') + 1);
      if (!kind.without.includes(name)) await symlink(path, join(bin, name)).catch(() => undefined);
    }
  }
  const path = kind.busybox === true || kind.without !== undefined ? `export PATH=${bin}; ` : '';
  const inner = `mount --bind ${kind.shell} "$(readlink -f /bin/sh)" && ${path}exec /bin/sh "$@"`;
  const file = join(dir, 'login-shell');
  await writeFile(
    file,
    `#!/bin/bash\nexec unshare -m --propagation private /bin/bash -c '${inner}' sh "$@"\n`,
  );
  await chmod(file, 0o755);
  return file;
}

describe.skipIf(!mounts).each(kinds)('$name', (kind) => {
  let host: Host & { stop(): Promise<void> };
  let dir: string;
  let there = false;
  beforeAll(async () => {
    there = await has(kind.shell);
    dir = await mkdtemp(join(tmpdir(), 'world-'));
    if (there) host = await startHost({ loginShell: await otherWorld(dir, kind) });
  });
  afterAll(async () => {
    if (there) await host.stop();
    await rm(dir, { recursive: true, force: true });
  });

  const newline = kind.terminal === 'none' ? '\n' : '\r\n';
  const started = async (step: string, command: string) => {
    const live = await host.live();
    const job: DetachedJob = { id: host.job(step), command, size, detacher: 'shell' };
    expect(must(await startDetached(live, job))).toBe('started');
    expect(must(await startDetached(live, job))).toBe('there-already');
    return { live, job, followed: await follow(live, job.id) };
  };

  test('ends as the command ends, once', async (context) => {
    if (!there) context.skip();
    const marker = join(dir, 'marker');
    const killed = (signal: string, code: number): object =>
      kind.folds === true ? { how: 'exit', code } : { how: 'signal', signal };
    const cases: readonly (readonly [string, object, string | RegExp])[] = [
      [`echo x >>${marker}; echo fine`, { how: 'exit', code: 0 }, `fine${newline}`],
      [`echo x >>${marker}; exit 3`, { how: 'exit', code: 3 }, ''],
      [`echo x >>${marker}; no-such-command`, { how: 'exit', code: 127 }, /not found/],
      [`echo x >>${marker}; kill -TERM $$`, killed('TERM', 143), /^/],
      [`echo x >>${marker}; kill -KILL $$`, killed('KILL', 137), /^/],
      [`echo x >>${marker}; exit 137`, { how: 'exit', code: 137 }, ''],
    ];
    for (const [i, [command, end, output]] of cases.entries()) {
      const { live, job, followed } = await started(`end-${String(i)}`, command);
      expect({ command, end: await followed.ended }).toEqual({ command, end });
      expect(await followed.channel.facts).toMatchObject({ terminal: kind.terminal });
      const text = followed.bytes().toString('utf8');
      if (typeof output === 'string') expect(text).toBe(output);
      else expect(text).toMatch(output);
      expect(must(await removeDetached(live, job.id))).toBeNull();
      expect(await has(host.folder(job.id))).toBe(false);
    }
    expect(await readFile(marker, 'utf8')).toBe('x\n'.repeat(cases.length));
  });

  test('is followed through a cut link and answered', async (context) => {
    if (!there) context.skip();
    const { job, followed } = await started(
      'cut',
      'seq 1 100000; echo "Go on?"; read -r a; echo "[$a]"; exit 4',
    );
    await followed.until('Go on?');
    await host.server.killSessions();
    expect(await followed.ended).toMatchObject({ how: 'lost' });
    const first = followed.bytes();
    const live = await host.live();
    const again = await follow(live, job.id, 300_000);
    again.channel.write(Buffer.from('yes\n'));
    expect(await again.ended).toEqual({ how: 'exit', code: 4 });
    const all = Buffer.concat([first.subarray(0, 300_000), again.bytes()]).toString('utf8');
    const lines = Array.from({ length: 100_000 }, (_, i) => `${String(i + 1)}${newline}`).join('');
    const echoed = kind.terminal === 'none' ? '' : `yes${newline}`;
    expect(all).toBe(`${lines}Go on?${newline}${echoed}[yes]${newline}`);
  });

  test('is signalled', async (context) => {
    if (!there) context.skip();
    for (const name of ['INT', 'TERM', 'KILL'] as const) {
      const { followed } = await started(`signal-${name}`, 'echo ready; exec sleep 1000');
      await followed.until('ready');
      must(await followed.channel.signal(name));
      expect(await followed.ended).toEqual({ how: 'signal', signal: name });
    }
  });
});

test('start-up files that talk do not get into the output', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'noise-'));
  const shell = join(dir, 'login-shell');
  await writeFile(shell, `#!/bin/bash\necho "Welcome 1 2 3"\necho "No mail." >&2\nexec /bin/bash "$@"\n`);
  await chmod(shell, 0o755);
  const host = await startHost({ loginShell: shell });
  onTestFinished(async () => {
    await host.stop();
    await rm(dir, { recursive: true, force: true });
  });
  const live = await host.live();
  const job: DetachedJob = { id: host.job('noise'), command: 'echo out; exit 3', size, detacher: 'shell' };
  expect(must(await startDetached(live, job))).toBe('started');
  const followed = await follow(live, job.id);
  expect(await followed.ended).toEqual({ how: 'exit', code: 3 });
  // The start mark of a host that talks is an escape sequence of its own, which the collector passes over.
  expect(
    followed
      .bytes()
      .toString('utf8')
      .replace(/\x1b\]633;S;[^\x07]*\x07/g, ''),
  ).toBe('out\r\n');
  expect(must(await removeDetached(live, job.id))).toBeNull();
});

describe('tmux', () => {
  let host: Host & { stop(): Promise<void> };
  let there = false;
  beforeAll(async () => {
    there = await has('/usr/bin/tmux');
    host = await startHost();
  });
  afterAll(async () => {
    await host.stop();
  });

  test('keeps a screen that a person can attach to', async (context) => {
    if (!there) context.skip();
    const live = await host.live();
    const job: DetachedJob = {
      id: host.job('screen'),
      command: 'printf "Name? "; read -r a; stty size; echo "hello $a"; exit 6',
      size: { cols: 101, rows: 31 },
      detacher: 'tmux',
    };
    expect(must(await startDetached(live, job))).toBe('started');
    expect(must(await startDetached(live, job))).toBe('there-already');
    const followed = await follow(live, job.id);
    expect(await followed.channel.facts).toMatchObject({ detacher: 'tmux', terminal: 'tmux' });
    await followed.until('Name? ');
    const socket = join(host.folder(job.id), 'tmux');
    await eventually(async () =>
      (await run('tmux', ['-S', socket, 'capture-pane', '-p', '-t', 'job'])).stdout.includes('Name?'),
    );
    followed.channel.write(Buffer.from('žofie\r'));
    expect(await followed.ended).toEqual({ how: 'exit', code: 6 });
    const text = followed.bytes().toString('utf8');
    expect(text).toContain('31 101');
    expect(text).toContain('hello žofie');
    expect(must(await removeDetached(live, job.id))).toBeNull();
    expect(await has(host.folder(job.id))).toBe(false);
  });

  test('refused where it is not installed', async () => {
    const live = await host.live();
    const connection = {
      ...live.connection,
      exec: (request: Parameters<typeof live.connection.exec>[0]) =>
        live.connection.exec({ ...request, command: `PATH=/nowhere:${host.server.dir}; ${request.command}` }),
    };
    for (const tool of ['dd', 'cat', 'mkdir', 'sleep', 'id'])
      await symlink(`/usr/bin/${tool}`, join(host.server.dir, tool));
    const job: DetachedJob = { id: host.job('no-tmux'), command: 'echo no', size, detacher: 'tmux' };
    expect(await startDetached({ ...live, connection }, job)).toMatchObject({
      ok: false,
      error: { code: 'unsupported', kept: 'Nothing was run.' },
    });
    expect(await has(host.folder(job.id))).toBe(false);
  });
});
