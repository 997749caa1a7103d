/**
 * Where things are kept on this machine. `resolvePaths` decides and touches nothing; `ensurePaths` makes the folders,
 * readable by their owner alone. Nothing of value goes into a cache folder.
 */
import { chmod, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Failure, type Result, fail, ok } from '../../contract/result.ts';
import type { Paths } from '../ports.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const OWNER_ONLY = 0o700;

/**
 * The folders for this environment. `HOLDPOINT_HOME` comes first, then `portableDir` (a `portable` folder beside the
 * app), then the platform's places: XDG Base Directory on Linux, Application Support on macOS, %APPDATA% and
 * %LOCALAPPDATA% on Windows. `appDir` holds the runbooks that ship with the app.
 */
export function resolvePaths(
  env: Environment,
  platform: NodeJS.Platform,
  homedir: string,
  appDir: string,
  portableDir?: string,
): Paths {
  const at = platform === 'win32' ? path.win32 : path.posix;
  const { config, data } = userFolders(env, platform, homedir, portableDir);
  return {
    config,
    data,
    // The person's own runbook wins over one of the same id that ships with the app.
    runbooks: [at.join(data, 'runbooks'), at.join(appDir, 'runbooks')],
    ssh: at.join(homedir, '.ssh'),
  };
}

function userFolders(
  env: Environment,
  platform: NodeJS.Platform,
  homedir: string,
  portableDir: string | undefined,
): { readonly config: string; readonly data: string } {
  const at = platform === 'win32' ? path.win32 : path.posix;
  const root = given(env['HOLDPOINT_HOME']) ?? portableDir;
  if (root !== undefined) return { config: at.resolve(root, 'config'), data: at.resolve(root, 'data') };
  // The XDG specification says that a relative path must be ignored; the same is wise elsewhere.
  const from = (name: string, fallback: string): string => {
    const value = given(env[name]);
    return value !== undefined && at.isAbsolute(value) ? value : at.join(homedir, fallback);
  };
  if (platform === 'win32') {
    return {
      config: at.join(from('APPDATA', 'AppData\\Roaming'), 'Holdpoint', 'config'),
      data: at.join(from('LOCALAPPDATA', 'AppData\\Local'), 'Holdpoint', 'data'),
    };
  }
  if (platform === 'darwin') {
    const support = at.join(homedir, 'Library', 'Application Support', 'Holdpoint');
    return { config: at.join(support, 'config'), data: at.join(support, 'data') };
  }
  return {
    config: at.join(from('XDG_CONFIG_HOME', '.config'), 'holdpoint'),
    data: at.join(from('XDG_DATA_HOME', '.local/share'), 'holdpoint'),
  };
}

function given(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value;
}

/** The first `portable` folder that exists beside one of these places of the app, for `resolvePaths`. */
export async function findPortable(besides: readonly string[]): Promise<string | undefined> {
  for (const beside of besides) {
    const candidate = path.join(beside, 'portable');
    const found = await stat(candidate).catch(() => null);
    if (found?.isDirectory() === true) return candidate;
  }
  return undefined;
}

/** Makes the folders Holdpoint writes to, with mode 0700. Folders of others (OpenSSH's, the app's) are left alone. */
export async function ensurePaths(paths: Paths): Promise<Result<Paths>> {
  const own = [paths.config, paths.data, path.join(paths.data, 'runs'), path.join(paths.data, 'overlays')];
  const personal = paths.runbooks.find((folder) => folder.startsWith(paths.data + path.sep));
  if (personal !== undefined) own.push(personal);
  for (const folder of own) {
    const problem = await ensureFolder(folder);
    if (problem !== null) return { ok: false, error: problem };
  }
  return ok(paths);
}

async function ensureFolder(folder: string): Promise<Failure | null> {
  try {
    await mkdir(folder, { recursive: true, mode: OWNER_ONLY });
    // A folder that was there before may be open to others; a umask cannot widen what mkdir made.
    if (((await stat(folder)).mode & 0o077) !== 0 && process.platform !== 'win32')
      await chmod(folder, OWNER_ONLY);
    return null;
  } catch (problem) {
    return fail('storage', `The folder ${folder} cannot be made or used: ${reasonOf(problem)}.`, {
      kept: 'Nothing was changed.',
      hint: 'Make it writable for you, or set HOLDPOINT_HOME to a folder that is.',
    }).error;
  }
}

/** The reason of a file system error in words a person knows, without path or stack. */
export function reasonOf(problem: unknown): string {
  const code = problem instanceof Error && 'code' in problem ? String(problem.code) : '';
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'EROFS':
      return 'the disk is read-only';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full';
    case 'ENOTDIR':
    case 'EEXIST':
      return 'something that is not a folder is in its place';
    case 'ENOENT':
      return 'its parent does not exist';
    default:
      return code === '' ? 'unknown reason' : code;
  }
}
