/**
 * Puts a new key where a host's old ones were in a known_hosts file on disk. Must never lose what another program
 * adds at the same time, nor leave the file half written.
 */
import type { Stats } from 'node:fs';
import { open, readFile, realpath, rename, stat, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fail, ok } from '../../../contract/result.ts';
import type { Result } from '../../../contract/result.ts';
import { knownHostsName } from './knownHosts.ts';
import { addKnownHost, codeOf, isWritableName } from './knownHostsFile.ts';
import { replacedText } from './knownHostsRewrite.ts';

const lockWaitMs = 10_000;
const staleLockMs = 30_000;
const lockPollMs = 25;
/** How often somebody else may change the file while its new content is written. */
const mostAttempts = 50;

/**
 * Replaces the host's keys (under `[host]:port`, or under its alias) by `key` in `file`; adds it when there is none.
 * The file keeps its mode, owner and, when it is a link, its place. Durable when it resolves; call it only once the
 * host has proven to hold the key.
 */
export async function replaceKnownHost(
  file: string,
  host: string,
  port: number,
  key: Uint8Array,
  alias?: string,
): Promise<Result<undefined>> {
  const name = knownHostsName(host, port, alias);
  if (!isWritableName(name)) return fail('bad-request', 'This host name cannot be written to known_hosts.');
  const real = await realpath(file).catch(() => undefined);
  if (real === undefined) return addKnownHost(file, host, port, key, alias);
  try {
    await rewrite(real, (text) => replacedText(text, { name, key }));
    return ok(undefined);
  } catch (error) {
    return fail('storage', `The new host key could not be written to ${file} (${codeOf(error)}).`, {
      kept: 'The file is as it was.',
      hint: 'Make room or make the file and its folder writable, and connect again.',
    });
  }
}

/** Changes a file as a whole. The new content is written beside it, under a name that is also the lock. */
async function rewrite(file: string, change: (text: string) => string): Promise<void> {
  const beside = `${file}.holdpoint`;
  const draft = await lock(beside);
  let moved = false;
  try {
    for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
      const before = await open(file, 'r');
      try {
        const { mode, uid, gid, ino } = await regular(before);
        const content = await before.readFile();
        const next = Buffer.from(change(content.toString('latin1')), 'latin1');
        if (next.equals(content)) return;
        await fill(draft, next, { mode, uid, gid });
        // Somebody else changed it meanwhile: take their work as the start.
        if ((await stat(file)).ino !== ino || !(await readFile(file)).equals(content)) continue;
        await rename(beside, file);
        moved = true;
        await syncFolder(file);
        await carryLateLines(before, content.length, file);
        return;
      } finally {
        await before.close();
      }
    }
    throw new Error('it is changed again and again by another program');
  } finally {
    await draft.close();
    if (!moved) await unlink(beside).catch(() => undefined);
  }
}

async function lock(path: string): Promise<FileHandle> {
  for (let waited = 0; ; waited += lockPollMs) {
    try {
      return await open(path, 'wx', 0o600);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST' || waited >= lockWaitMs) throw error;
    }
    // Whoever made it may have ended without taking it away.
    const age = await stat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > staleLockMs) await unlink(path).catch(() => undefined);
    else await delay(lockPollMs);
  }
}

async function regular(handle: FileHandle): Promise<Stats> {
  const found = await handle.stat();
  if (!found.isFile()) throw new Error('not a regular file');
  return found;
}

async function fill(
  draft: FileHandle,
  content: Buffer,
  like: { readonly mode: number; readonly uid: number; readonly gid: number },
): Promise<void> {
  await draft.truncate(0);
  await draft.write(content, 0, content.length, 0);
  const { uid, gid, size } = await draft.stat();
  if (size !== content.length) throw Object.assign(new Error('short write'), { code: 'ENOSPC' });
  if (uid !== like.uid || gid !== like.gid) await draft.chown(like.uid, like.gid);
  await draft.chmod(like.mode & 0o7777);
  await draft.sync();
}

/** Lines that another program added to the old file in the instant before it was replaced. */
async function carryLateLines(old: FileHandle, from: number, file: string): Promise<void> {
  const { size } = await old.stat();
  if (size <= from) return;
  const late = Buffer.alloc(size - from);
  await old.read(late, 0, late.length, from);
  const handle = await open(file, 'a');
  try {
    await handle.write(late);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(file: string): Promise<void> {
  // Windows cannot open a folder; there the rename is durable by itself.
  if (process.platform === 'win32') return;
  const folder = await open(dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
