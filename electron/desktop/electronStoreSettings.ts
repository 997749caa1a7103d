/** Settings file of the desktop shell, by electron-store: the same file, name and mode as the other shells use. */
import Store from 'electron-store';
import type { Settings } from '../contract/settings.ts';
import {
  type ConfLike,
  type OpenedSettings,
  openSettings,
  SETTINGS_MODE,
  SETTINGS_NAME,
} from '../host/settings/settingsStore.ts';

/** Opens `settings.json` in this folder (absolute). Throws when the file is not JSON or cannot be read. */
export function openElectronStore(directory: string): ConfLike {
  return new Store<Record<string, unknown>>({
    cwd: directory,
    name: SETTINGS_NAME,
    configFileMode: SETTINGS_MODE,
    accessPropertiesByDotNotation: false,
    clearInvalidConfig: false,
  });
}

/** The settings in this folder, with what a person must be told about them. */
export function openDesktopSettings(directory: string, defaults: Settings): Promise<OpenedSettings> {
  return openSettings({ directory, defaults, open: openElectronStore });
}
