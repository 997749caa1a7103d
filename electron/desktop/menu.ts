/** The application menu. The terminal owns plain Ctrl and Alt keys: on Linux and Windows there is no menu to take them. */
import type { MenuItemConstructorOptions } from 'electron';

/** Menu for a platform, or null for none. On macOS every accelerator is a Command key, which no terminal uses. */
export function menuTemplate(platform: NodeJS.Platform): MenuItemConstructorOptions[] | null {
  return platform === 'darwin' ? [{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }] : null;
}
