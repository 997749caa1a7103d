/** What signals a process group, read by the shells that are /bin/sh somewhere, against real processes. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { signalGroup } from '../../../../electron/host/remote/signalGroup.ts';

const run = promisify(execFile);

/** A `kill` that gives the other side time to see each signal: two at once would be seen as one. */
const slowly = 'kill() { command kill "$@"; set -- $?; sleep 0.1; return $1; }; ';

/** A process group that writes down each TERM it gets. */
async function counting(): Promise<{ group: number; seen(): Promise<string> }> {
  const dir = await mkdtemp(join(tmpdir(), 'signals-'));
  const file = join(dir, 'seen');
  const program = `process.on('SIGTERM', () => require('fs').appendFileSync(${JSON.stringify(file)}, 'TERM '));
    setInterval(() => {}, 1000); console.log('ready')`;
  const child = spawn(process.execPath, ['-e', program], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    const ended = child.exitCode !== null || child.signalCode !== null ? null : once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    await rm(dir, { recursive: true, force: true });
  });
  await once(child.stdout, 'data');
  if (child.pid === undefined) throw new Error('it did not start');
  return { group: child.pid, seen: () => readFile(file, 'utf8').catch(() => '') };
}

describe.each([
  { name: 'dash', argv: ['dash'] },
  { name: 'bash', argv: ['bash', '--posix'] },
  { name: 'ksh93', argv: ['ksh93'] },
  { name: 'mksh', argv: ['mksh'] },
  { name: 'zsh', argv: ['zsh', '--emulate', 'sh'] },
  { name: 'busybox ash', argv: ['busybox', 'ash'] },
])('$name', ({ argv: [shell = '', ...options] }) => {
  test('signals once', async () => {
    const { group, seen } = await counting();
    await run(shell, [...options, '-c', `g=${String(group)}; ${slowly}${signalGroup('TERM', '"$g"')}`]);
    expect(await seen()).toBe('TERM ');
  });

  test('says when there is nothing to signal', async () => {
    const script = signalGroup('TERM', '$g');
    // Above the highest process id that Linux can be told to give out.
    await expect(run(shell, [...options, '-c', `g=4999999; ${script}`])).rejects.toMatchObject({
      stderr: expect.stringMatching(/no such process/i),
    });
  });
});
