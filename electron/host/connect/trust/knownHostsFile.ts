/**
 * known_hosts files on disk. Must never lose or reorder what a file holds: a new key is only ever added at the end,
 * and an addition that could not be written whole is taken back.
 */
import { mkdir, open, readFile, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fail, ok } from '../../../contract/result.ts';
import type { Result } from '../../../contract/result.ts';
import { isHashed, knownHostsLine, knownHostsName, namesHost, parseKnownHosts } from './knownHosts.ts';
import type { KnownHostsFile } from './knownHosts.ts';

/** How often a file may be replaced under an addition. */
const mostAttempts = 20;

/** Reads the files in order. One that does not exist is empty; one that cannot be read is a failure. */
export async function readKnownHosts(files: readonly string[]): Promise<Result<KnownHostsFile[]>> {
  const read: KnownHostsFile[] = [];
  for (const file of files) {
    try {
      read.push(parseKnownHosts(await readFile(file, 'utf8'), file));
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') continue;
      return fail('trust', `Cannot read ${file} (${codeOf(error)}), so no host key can be checked.`, {
        hint: 'Make the file readable for this account, or remove it from the list of known_hosts files.',
      });
    }
  }
  return ok(read);
}

/**
 * Adds a key that a person accepted to the end of `file` (made with mode 0600, its folder 0700, when missing), with
 * the host name hidden when the file hides the others. Durable when it resolves.
 */
export async function addKnownHost(
  file: string,
  host: string,
  port: number,
  key: Uint8Array,
  alias?: string,
): Promise<Result<undefined>> {
  const name = knownHostsName(host, port, alias);
  if (!isWritableName(name)) return fail('bad-request', 'This host name cannot be written to known_hosts.');
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    // Whoever rewrites the file puts another one in its place: then the line goes into that one.
    for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
      if (await addTo(file, name, key)) break;
    }
    return ok(undefined);
  } catch (error) {
    return fail('storage', `The accepted host key could not be written to ${file} (${codeOf(error)}).`, {
      kept: 'The file is as it was.',
      hint: 'Make room or make the file writable and connect again; or accept the key for this connection only.',
    });
  }
}

/** Whether a name can stand in the first field as itself: no separator, pattern or marker. */
export function isWritableName(name: string): boolean {
  return name !== '' && !/[\s,*?!|@#\u0000-\u0020\u007f]/.test(name);
}

/** False: the file was replaced meanwhile. */
async function addTo(file: string, name: string, key: Uint8Array): Promise<boolean> {
  const handle = await open(file, 'a+', 0o600);
  try {
    const opened = await handle.stat();
    if (!opened.isFile()) throw new Error('not a regular file');
    await append(handle, file, name, key);
    return (await stat(file)).ino === opened.ino;
  } finally {
    await handle.close();
  }
}

async function append(handle: FileHandle, file: string, name: string, key: Uint8Array): Promise<void> {
  const before = await handle.readFile();
  const parsed = parseKnownHosts(before.toString('utf8'), file);
  const there = parsed.entries.some(
    (entry) => entry.marker === 'none' && namesHost(entry.hosts, name) && entry.key.equals(key),
  );
  if (there) return;
  const lineBreak = before.length > 0 && before.at(-1) !== 0x0a ? '\n' : '';
  const line = Buffer.from(`${lineBreak}${knownHostsLine(name, 22, key, isHashed(parsed))}\n`);
  try {
    // One write in append mode: another program that adds a line at the same time loses nothing.
    const { bytesWritten } = await handle.write(line);
    if (bytesWritten !== line.length) throw Object.assign(new Error('short write'), { code: 'ENOSPC' });
    await handle.sync();
  } catch (error) {
    await handle.truncate(before.length);
    throw error;
  }
}

/** The code of a system error, such as `ENOSPC`, or the words of any other. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error ? String(error.code) : error.message;
}
