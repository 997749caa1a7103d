/**
 * The folder of one master: control socket, askpass program, its pipe, and the known_hosts file that ssh may write.
 * Mode 0700 under an unguessable name, with a path short enough for a socket. Must never hold a secret on disk.
 */
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { fail, ok } from '../../../contract/result.ts';
import type { Result } from '../../../contract/result.ts';
import { askpassProgram } from './askpassProgram.ts';

export interface PrivateFolder {
  readonly path: string;
  /** Where ssh makes its control socket. */
  readonly control: string;
  /** Program for SSH_ASKPASS. */
  readonly askpass: string;
  /** Named pipe on which the program announces a question. */
  readonly questions: string;
  /** known_hosts file that ssh adds an accepted key to. */
  readonly knownHosts: string;
}

/** Longest socket path on macOS is 103 bytes; ssh appends 17 of its own while it binds. */
const longestFolder = 103 - 17 - '/m'.length;

/** Makes a folder with the askpass program and its pipe in it. */
export async function makePrivateFolder(knownHosts: string): Promise<Result<PrivateFolder>> {
  const tried: string[] = [];
  for (const base of bases()) {
    try {
      return ok(await make(base, knownHosts));
    } catch (error) {
      tried.push(`${base} (${reasonOf(error)})`);
    }
  }
  return fail('storage', `No folder for a connection could be made: ${tried.join(', ')}.`, {
    hint: 'ssh needs a short folder where a program may run: XDG_RUNTIME_DIR or TMPDIR, not mounted noexec.',
  });
}

/** Removes the folder; one that is gone already is fine. */
export async function removePrivateFolder(folder: PrivateFolder): Promise<void> {
  // A program that is just ending can still add a file.
  await rm(folder.path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

function bases(): string[] {
  const runtime = process.env['XDG_RUNTIME_DIR'];
  const all = [runtime, tmpdir(), '/tmp', join(homedir(), '.cache')];
  return [
    ...new Set(
      all.filter(
        (base): base is string =>
          base !== undefined &&
          isAbsolute(base) &&
          Buffer.byteLength(base) <= longestFolder - '/hp-XXXXXX'.length,
      ),
    ),
  ];
}

async function make(base: string, knownHosts: string): Promise<PrivateFolder> {
  const path = await mkdtemp(join(base, 'hp-'));
  try {
    await chmod(path, 0o700);
    const folder: PrivateFolder = {
      path,
      control: join(path, 'm'),
      askpass: join(path, 'ask'),
      questions: join(path, 'q'),
      knownHosts: join(path, 'known'),
    };
    await writeFile(folder.knownHosts, knownHosts, { mode: 0o600 });
    await writeFile(folder.askpass, askpassProgram, { mode: 0o700 });
    // Without an argument the program makes its pipe: this also proves that it can run here.
    await promisify(execFile)(folder.askpass, [], { timeout: 5000 });
    return folder;
  } catch (error) {
    await rm(path, { recursive: true, force: true });
    throw error;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error ? String(error.code) : error.message;
}
