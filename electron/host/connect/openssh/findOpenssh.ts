/**
 * Looks for the system's ssh and says whether this app can work with it. Runs `ssh -V` and nothing else; must never
 * look into a configuration or connect.
 */
import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { cleanLine } from '../serverText.ts';

export type FoundOpenssh =
  | {
      readonly suitable: true;
      readonly path: string;
      readonly version: string;
      /** Major and minor number as one: 9.2 is 902. */
      readonly release: number;
    }
  /** `path` and `version` as far as they are known. `reason`: a sentence for a person. */
  | {
      readonly suitable: false;
      readonly path?: string;
      readonly version?: string;
      readonly reason: string;
    };

/** SSH_ASKPASS_REQUIRE came with it: without it a prompt could not be answered by this app. */
const oldest = 804;
const usualFolders = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin', '/bin'];

export interface Surroundings {
  readonly path: string;
  readonly platform: NodeJS.Platform;
}

/** The first `ssh` on the search path, or in the usual folders. Never rejects. */
export async function findOpenssh(
  around: Surroundings = { path: process.env['PATH'] ?? '', platform: process.platform },
): Promise<FoundOpenssh> {
  if (around.platform === 'win32') {
    return {
      suitable: false,
      reason:
        'The ssh of Windows cannot share a connection (no ControlMaster), so the built-in client is used.',
    };
  }
  const folders = [...around.path.split(delimiter).filter(isAbsolute), ...usualFolders];
  const path = await firstExecutable(folders, 'ssh');
  if (path === undefined) return { suitable: false, reason: 'No ssh program is installed on this computer.' };
  for (const needed of ['/bin/sh', await firstExecutable(folders, 'mkfifo')]) {
    if (needed !== undefined && (await isExecutable(needed))) continue;
    return {
      suitable: false,
      path,
      reason: 'This computer has no /bin/sh or no mkfifo, which prompts need.',
    };
  }
  const said = await versionText(path);
  const found = /OpenSSH_(\d+)\.(\d+)\S*/.exec(said);
  if (found === null) {
    const words = said === '' ? 'nothing' : cleanLine(said, 60);
    return { suitable: false, path, reason: `${path} is not OpenSSH: "ssh -V" says ${words}.` };
  }
  const version = cleanLine(found[0].replace(/,$/, ''), 40);
  const release = Number(found[1]) * 100 + Number(found[2]);
  if (release < oldest) {
    const needs = `${String(Math.floor(oldest / 100))}.${String(oldest % 100)}`;
    return {
      suitable: false,
      path,
      version,
      reason: `${path} is ${version}; ${needs} or later is needed to answer its questions in this app.`,
    };
  }
  return { suitable: true, path, version, release };
}

async function firstExecutable(folders: readonly string[], name: string): Promise<string | undefined> {
  for (const folder of folders) {
    const path = join(folder, name);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** OpenSSH prints its version on standard error. */
function versionText(path: string): Promise<string> {
  return new Promise((resolve) => {
    execFile(path, ['-V'], { timeout: 5000, env: { LC_ALL: 'C' } }, (_error, stdout, stderr) => {
      resolve(`${stderr}${stdout}`.trim());
    });
  });
}
