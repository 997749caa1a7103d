/**
 * The rehearsal host: a real shell on a simulated platform, reached over SSH on loopback, so that a run can be
 * practised with every part of the app but the production system. It must never reach beyond this machine.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RehearsalFault } from '../../contract/views.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { createFaults, type Faults } from './faults.ts';
import { firstExecutable, rehearsalHome, systemPath, type Home } from './home.ts';
import { makeKeys, writeKnownHosts } from './keys.ts';
import { startPrograms } from './programs.ts';
import { startSshServer, type SshServer } from './sshServer.ts';

export interface RehearsalHost {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Pins the host key of this start. */
  readonly knownHostsFile: string;
  /** Private key of the one user, not encrypted. */
  readonly identityFile: string;
  faults(): readonly RehearsalFault[];
  setFault(id: string, on: boolean): Promise<Result<readonly RehearsalFault[]>>;
  /** Ends every connection and command and brings the platform back to its first state, faults off. */
  reset(): Promise<void>;
  /** Ends everything and removes the throw-away folder. */
  close(): Promise<void>;
}

export interface RehearsalOptions {
  /** Where the throw-away folder is made. */
  readonly dir: string;
  /** The shipped folder `assets/rehearsal`. */
  readonly assets: string;
  /** A folder that several rehearsals share, of what takes long to make and is alike in all of them. */
  readonly prepared?: string;
}

const user = 'ops';
/** How often the server looks whether a tool asked it to cut the link. */
const dropPollMs = 50;

/** Starts the host. `unsupported` on Windows, `storage` when the folder cannot be made or filled. */
export async function startRehearsalHost(options: RehearsalOptions): Promise<Result<RehearsalHost>> {
  if (process.platform === 'win32') {
    return fail('unsupported', 'The rehearsal host needs a POSIX shell, which Windows does not have.', {
      hint: 'Rehearse on Linux or macOS, or against a test system of your own.',
    });
  }
  let directory: string | undefined;
  try {
    await mkdir(options.dir, { recursive: true, mode: 0o700 });
    directory = await mkdtemp(join(options.dir, 'rehearsal-'));
    return ok(await build(directory, options));
  } catch (error) {
    if (directory !== undefined) await rm(directory, { recursive: true, force: true });
    return fail('storage', `The rehearsal host could not start: ${String(error)}.`, {
      hint: `Check that ${options.dir} can be written to and that the installation is complete.`,
    });
  }
}

async function build(directory: string, { assets, prepared }: RehearsalOptions): Promise<RehearsalHost> {
  const home = rehearsalHome(join(directory, 'home'), assets, prepared);
  await home.install();
  const keyFolder = join(directory, 'keys');
  const keys = await makeKeys(keyFolder);
  const shell = (await firstExecutable(['/bin/bash', '/usr/bin/bash', '/usr/local/bin/bash'])) ?? '/bin/sh';
  const programs = startPrograms(directory);
  const server = await startSshServer({
    hostKey: keys.host.private,
    user,
    userKey: keys.user.public,
    setting: {
      programs,
      shell,
      home: home.path,
      starter: join(home.lib, 'on-pty.sh'),
      sessions: join(directory, 'sessions'),
      env: environment(home, shell),
    },
  });
  const knownHostsFile = await writeKnownHosts(keyFolder, server.port, keys.host.public);
  const faults = createFaults(home.faults);
  const stopWatching = watchForDrop(home, server, faults);
  return {
    host: '127.0.0.1',
    port: server.port,
    user,
    knownHostsFile,
    identityFile: keys.identityFile,
    faults: () => faults.list(),
    setFault: (id, on) => faults.set(id, on),
    async reset() {
      server.dropConnections();
      await programs.killAll();
      await home.install();
      faults.forget();
    },
    async close() {
      stopWatching();
      await server.close();
      await programs.close();
    },
  };
}

/** All that a command gets: nothing of the app's own environment passes. */
function environment(home: Home, shell: string): Readonly<Record<string, string>> {
  return {
    HOME: home.path,
    USER: user,
    LOGNAME: user,
    SHELL: shell,
    PATH: [home.bin, ...systemPath].join(':'),
    TMPDIR: join(home.path, '.tmp'),
    LANG: 'C.UTF-8',
  };
}

/** Cuts the link when a tool has put down the request file. Returns the function that ends the watch. */
function watchForDrop(home: Home, server: SshServer, faults: Faults): () => void {
  let looking = false;
  const look = async (): Promise<void> => {
    // Only a tool that found the fault asks for it.
    if (looking || !faults.has('drop-connection')) return;
    looking = true;
    try {
      await rm(home.dropRequest);
      await faults.set('drop-connection', false);
      server.dropConnections();
    } catch {
      // No request, which is the rule.
    } finally {
      looking = false;
    }
  };
  const timer = setInterval(() => void look(), dropPollMs);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}
