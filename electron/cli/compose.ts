/** Puts the host together for the command line, from the environment and the options. */
import { dirname, join, resolve } from 'node:path';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Settings } from '../contract/settings.ts';
import { ok, type Result } from '../contract/result.ts';
import { createHost } from '../host/app.ts';
import type { Host } from '../host/host.ts';
import type { Paths } from '../host/ports.ts';
import { createKeepAwake } from '../host/power/keepAwake.ts';
import { openConfSettings } from '../host/settings/confSettings.ts';
import { defaultSettings, personHere } from '../host/settings/defaults.ts';
import { createFileSecretBox } from '../host/settings/fileSecretBox.ts';
import { ensurePaths, resolvePaths } from '../host/settings/paths.ts';
import type { Output } from './output.ts';
import { BUILD, VERSION } from './version.ts';

export interface ComposeOptions {
  readonly knownHosts?: readonly string[];
  readonly identityFiles?: readonly string[];
  /** In place of the person's OpenSSH configuration: a file, or `none`. */
  readonly sshConfig?: string;
  /** In place of the setting of this name. */
  readonly sshEngine?: Settings['sshEngine'];
  /** More folders with runbooks, before the usual ones. */
  readonly runbooks?: readonly string[];
}

export interface Composed {
  readonly host: Host;
  readonly paths: Paths;
}

/** Folder of the installed app: the parent of `dist`. */
export function appFolder(): string {
  return resolve(dirname(fileURLToPath(import.meta.url)), '..');
}

/** A host over the folders of this environment. Notices go to the output. */
export async function compose(output: Output, options: ComposeOptions = {}): Promise<Result<Composed>> {
  const appDir = appFolder();
  const resolved = resolvePaths(process.env, process.platform, os.homedir(), appDir);
  const paths = await ensurePaths({
    ...resolved,
    runbooks: [...(options.runbooks ?? []), ...resolved.runbooks],
  });
  if (!paths.ok) return paths;
  const settings = await openConfSettings(paths.value.config, defaultSettings(personHere(process.env)));
  for (const notice of settings.notices) output.note(`holdpoint: ${notice.message} ${notice.kept ?? ''}`);
  const host = await createHost({
    shell: 'browser',
    version: VERSION,
    build: BUILD,
    appDir,
    paths: paths.value,
    settings: settings.store,
    secrets: createFileSecretBox(),
    notices: settings.notices,
    ...(options.knownHosts === undefined ? {} : { knownHosts: options.knownHosts }),
    ...(options.identityFiles === undefined ? {} : { identityFiles: options.identityFiles }),
    ...(options.sshConfig === undefined ? {} : { sshConfig: configFile(options.sshConfig) }),
    ...(options.sshEngine === undefined ? {} : { sshEngine: options.sshEngine }),
    keepAwake: createKeepAwake(),
    log: (what, problem) => {
      output.note(`holdpoint: ${what}: ${problem instanceof Error ? problem.message : String(problem)}`);
    },
  });
  return host.ok ? ok({ host: host.value, paths: paths.value }) : host;
}

function configFile(given: string): string {
  return given === 'none' ? given : resolve(given);
}

/** Folder of the built page. */
export function rendererFolder(): string {
  return join(appFolder(), 'dist', 'renderer');
}
