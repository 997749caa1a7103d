/** Entry of the host process (an Electron utilityProcess): puts the host together from this desktop's parts. */
import os from 'node:os';
import process from 'node:process';
import type {} from 'electron';
import type { Result } from '../contract/result.ts';
import { createHost } from '../host/app.ts';
import type { Host } from '../host/host.ts';
import type { SecretBox } from '../host/ports.ts';
import type { PdfPrinter } from '../host/reports/pdfPrinter.ts';
import { defaultSettings, personHere } from '../host/settings/defaults.ts';
import { ensurePaths, resolvePaths } from '../host/settings/paths.ts';
import { openDesktopSettings } from './electronStoreSettings.ts';
import type { HostStart } from './hostMessages.ts';
import { serveShell } from './hostService.ts';
import { logProblem } from './log.ts';

/** Put in by the build; absent when run from source. */
declare const __HOLDPOINT_BUILD__: string | undefined;

async function composeHost(start: HostStart, secrets: SecretBox, pdf: PdfPrinter): Promise<Result<Host>> {
  const { env, platform } = process;
  const paths = await ensurePaths(resolvePaths(env, platform, os.homedir(), start.appDir, start.portableDir));
  if (!paths.ok) return paths;
  const settings = await openDesktopSettings(paths.value.config, defaultSettings(personHere(env)));
  return createHost({
    shell: 'desktop',
    version: start.version,
    build: typeof __HOLDPOINT_BUILD__ === 'string' ? __HOLDPOINT_BUILD__ : 'source',
    appDir: start.appDir,
    paths: paths.value,
    settings: settings.store,
    secrets,
    pdf,
    notices: [...start.notices, ...settings.notices],
    log: logProblem,
  });
}

serveShell(process.parentPort, composeHost, (code) => {
  process.exit(code);
});
