/** Settings file of the browser shell and the CLI. The desktop shell's is the same file, opened by electron-store. */
import Conf from 'conf';
import type { Settings } from '../../contract/settings.ts';
import {
  type ConfLike,
  type OpenedSettings,
  openSettings,
  SETTINGS_MODE,
  SETTINGS_NAME,
} from './settingsStore.ts';

/** Opens `settings.json` in this folder with mode 0600. Throws when the file is not JSON or cannot be read. */
export function openConf(directory: string): ConfLike {
  return new Conf<Record<string, unknown>>({
    cwd: directory,
    configName: SETTINGS_NAME,
    configFileMode: SETTINGS_MODE,
    accessPropertiesByDotNotation: false,
    clearInvalidConfig: false,
  });
}

/** The settings in this folder, with what a person must be told about them. */
export function openConfSettings(directory: string, defaults: Settings): Promise<OpenedSettings> {
  return openSettings({ directory, defaults, open: openConf });
}
