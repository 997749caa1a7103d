/** One app a run: a lock file that names its holder. A lock whose holder is gone is taken over, never waited for. */
import { randomBytes } from 'node:crypto';
import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { fail, ok, type Result } from '../../contract/result.ts';
import { systemCode } from '../files/durable.ts';
import { storageFailure } from '../files/storageFailure.ts';
import { bootId, processStart } from './boot.ts';

const Holder = z.strictObject({
  pid: z.int(),
  started: z.string(),
  boot: z.string(),
  computer: z.string(),
});
type Holder = z.infer<typeof Holder>;

export interface RunLock {
  release(): Promise<void>;
}

const LOCK = 'lock';

/** Takes the lock of a run folder. `locked` when a live app holds it, `storage` when the folder cannot be written. */
export async function acquireLock(dir: string): Promise<Result<RunLock>> {
  const mine: Holder = {
    pid: process.pid,
    started: await processStart(process.pid),
    boot: await bootId(),
    computer: hostname(),
  };
  const text = JSON.stringify(mine);
  const token = randomBytes(6).toString('hex');
  const own = join(dir, `.lock-${token}`);
  try {
    await writeFile(own, text, { flag: 'wx', mode: 0o600 });
    try {
      return await linkLock(dir, own, token);
    } finally {
      await unlink(own);
    }
  } catch (error) {
    return { ok: false, error: storageFailure('The lock of the run', error, 'Nothing was changed.') };
  }
}

async function linkLock(dir: string, own: string, token: string): Promise<Result<RunLock>> {
  const path = join(dir, LOCK);
  for (let tries = 0; tries < 5; tries += 1) {
    try {
      await link(own, path);
      return ok({ release: () => unlink(path).catch(() => undefined) });
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
    }
    const found = await readFile(path, 'utf8').catch(() => '');
    const holder = await liveHolder(found);
    if (holder !== null) return locked(holder);
    await setAside(path, found, join(dir, `.lock-stale-${token}`));
  }
  return fail('locked', 'Another app is taking this run up at this moment.', { hint: 'Try again.' });
}

function locked(holder: Holder): Result<RunLock> {
  return fail(
    'locked',
    `This run is open in another Holdpoint (process ${String(holder.pid)} on ${holder.computer}).`,
    {
      kept: 'Its record is untouched.',
      hint: 'Go on there, or close it first. Here it can be read.',
    },
  );
}

/** The holder, when it is (or may be) alive. A lock of another computer counts as alive: it cannot be checked. */
async function liveHolder(text: string): Promise<Holder | null> {
  const parsed = Holder.safeParse(parseJson(text));
  if (!parsed.success) return null;
  const holder = parsed.data;
  if (holder.computer !== hostname()) return holder;
  if (holder.boot !== (await bootId())) return null;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (systemCode(error) === 'ESRCH') return null;
  }
  const started = await processStart(holder.pid);
  return started === holder.started ? holder : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Moves a dead lock away. If it was replaced by a live one in between, that one is put back. */
async function setAside(path: string, expected: string, aside: string): Promise<void> {
  try {
    await rename(path, aside);
    if ((await readFile(aside, 'utf8')) !== expected) await link(aside, path).catch(() => undefined);
    await unlink(aside);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

/** Whether a live app holds the run, without taking the lock. */
export async function isLocked(dir: string): Promise<boolean> {
  const text = await readFile(join(dir, LOCK), 'utf8').catch(() => '');
  return (await liveHolder(text)) !== null;
}
