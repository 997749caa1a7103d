/**
 * The throw-away home of the rehearsal: simulated tools, the platform's state and the operator's files. Copies what
 * is shipped; must never write outside the folder it was given.
 */
import { access, chmod, copyFile, cp, mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { constants } from 'node:fs';
import { join } from 'node:path';

/** Searched after the simulated tools. */
export const systemPath = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin', '/opt/homebrew/bin'];

/** Tools that stand in only where the system has none of that name. */
const onlyWhenMissing = new Set(['jq', 'sha256sum']);

export interface Home {
  readonly path: string;
  readonly bin: string;
  /** Executables of our own that are not on the PATH. */
  readonly lib: string;
  /** One empty file for each fault that is on. */
  readonly faults: string;
  /** Where a tool asks the server to cut the link. */
  readonly dropRequest: string;
  /** Brings the home to its first state; all that was done in it is gone. */
  install(): Promise<void>;
}

/**
 * A home at `path` made from the shipped folder `assets` (`bin`, `lib`, `state`, `files`). In `prepared` the tools find
 * what other rehearsals have made and would be made alike here, and leave such things for the next.
 */
export function rehearsalHome(path: string, assets: string, prepared?: string): Home {
  const platform = join(path, '.platform');
  const home: Home = {
    path,
    bin: join(platform, 'bin'),
    lib: join(platform, 'lib'),
    faults: join(platform, 'faults'),
    dropRequest: join(platform, 'drop-request'),
    async install() {
      await mkdir(path, { recursive: true, mode: 0o700 });
      for (const entry of await readdir(path)) await rm(join(path, entry), { recursive: true, force: true });
      await cp(join(assets, 'files'), path, { recursive: true });
      await mkdir(home.bin, { recursive: true, mode: 0o700 });
      await mkdir(home.faults, { mode: 0o700 });
      await mkdir(join(path, '.tmp'), { mode: 0o700 });
      await cp(join(assets, 'state'), join(platform, 'state'), { recursive: true });
      await cp(join(assets, 'lib'), home.lib, { recursive: true });
      await installTools(join(assets, 'bin'), home.bin);
      if (prepared !== undefined) await symlink(prepared, join(platform, 'prepared'));
    },
  };
  return home;
}

/** Copies each `<name>.sh` to an executable `<name>`: an archive or a checkout may have lost the mode. */
async function installTools(from: string, to: string): Promise<void> {
  for (const file of await readdir(from)) {
    const name = file.replace(/\.sh$/, '');
    if (onlyWhenMissing.has(name) && (await onSystemPath(name))) continue;
    await copyFile(join(from, file), join(to, name));
    await chmod(join(to, name), 0o755);
  }
}

async function onSystemPath(name: string): Promise<boolean> {
  return (await firstExecutable(systemPath.map((directory) => join(directory, name)))) !== undefined;
}

/** The first of these absolute paths that can be run. */
export async function firstExecutable(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      continue;
    }
  }
  return undefined;
}
