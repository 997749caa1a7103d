/** One app a run: who holds the lock is known, and a holder that is gone holds nothing. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { bootId, processStart } from '../../../../electron/host/runs/boot.ts';
import { acquireLock, isLocked } from '../../../../electron/host/runs/lock.ts';
import { temporary } from './temporary.ts';

let program = '';

/** The lock as a program: takes it at the appointed time, says what came of it, and holds it until it is killed. */
beforeAll(async () => {
  const lock = join(import.meta.dirname, '../../../../electron/host/runs/lock.ts');
  const folder = await mkdtemp(join(tmpdir(), 'lock-program-'));
  program = join(folder, 'lock.mjs');
  await build({
    stdin: {
      contents: `import { acquireLock } from ${JSON.stringify(lock)};
        while (Date.now() < Number(process.argv[3])) {}
        const taken = await acquireLock(process.argv[2]);
        console.log(taken.ok ? 'taken' : taken.error.message);
        setInterval(() => {}, 1000);`,
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: program,
  });
  return () => rm(folder, { recursive: true, force: true });
});

function other(dir: string, at = 0): { readonly child: ChildProcess; readonly said: Promise<string> } {
  const child = spawn(process.execPath, [program, dir, String(at)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const said = new Promise<string>((resolve) => {
    child.stdout.once('data', (chunk: Buffer) => {
      resolve(chunk.toString().trim());
    });
  });
  return { child, said };
}

async function holder(change: Record<string, unknown>): Promise<string> {
  return JSON.stringify({
    pid: process.pid,
    started: await processStart(process.pid),
    boot: await bootId(),
    computer: hostname(),
    ...change,
  });
}

describe('the lock of a run', () => {
  test('is refused to a second process, with the first one’s number, and free when that is killed', async () => {
    const dir = await temporary();
    const first = other(dir);
    expect(await first.said).toBe('taken');
    const refused = await acquireLock(dir);
    expect(refused).toMatchObject({ ok: false, error: { code: 'locked' } });
    expect(refused.ok ? '' : refused.error.message).toContain(`process ${String(first.child.pid)}`);
    expect(await isLocked(dir)).toBe(true);
    const gone = new Promise((resolve) => first.child.once('exit', resolve));
    first.child.kill('SIGKILL');
    await gone;
    expect(await isLocked(dir)).toBe(false);
    const taken = await acquireLock(dir);
    expect(taken.ok).toBe(true);
    if (taken.ok) await taken.value.release();
    expect(await readdir(dir)).toEqual([]);
  });

  test.each([
    ['of a process that is gone', { pid: 4_194_303 }],
    ['of an earlier boot', { boot: 'another-boot' }],
    ['of a number that belongs to another process by now', { started: '1' }],
  ])('%s is taken over', async (_, change) => {
    const dir = await temporary();
    await writeFile(join(dir, 'lock'), await holder(change));
    expect(await isLocked(dir)).toBe(false);
    expect((await acquireLock(dir)).ok).toBe(true);
    expect(JSON.parse(await readFile(join(dir, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid });
  });

  test('that cannot be read as one is taken over; one of another computer is not', async () => {
    const dir = await temporary();
    await writeFile(join(dir, 'lock'), 'half a lo');
    const taken = await acquireLock(dir);
    if (!taken.ok) throw new Error(taken.error.message);
    await taken.value.release();
    await writeFile(join(dir, 'lock'), await holder({ computer: 'elsewhere', pid: 4_194_303 }));
    expect(await acquireLock(dir)).toMatchObject({ ok: false, error: { code: 'locked' } });
  });

  test('goes to exactly one of two processes that find a dead one at the same moment', async () => {
    for (let round = 0; round < 4; round += 1) {
      const dir = await temporary();
      await writeFile(join(dir, 'lock'), await holder({ boot: 'another-boot' }));
      const at = Date.now() + 400;
      const both = [other(dir, at), other(dir, at)];
      const said = await Promise.all(both.map((one) => one.said));
      expect(said.filter((words) => words === 'taken')).toHaveLength(1);
      for (const one of both) one.child.kill('SIGKILL');
    }
  });

  test('cannot be taken where nothing can be written, and that is said', async () => {
    const refused = await acquireLock(join(await temporary(), 'not-there'));
    expect(refused).toMatchObject({ ok: false, error: { code: 'storage', kept: 'Nothing was changed.' } });
  });
});
