/** Puts the chosen theme on the document; `system` follows the machine. */
import { useEffect } from 'react';
import type { Settings } from '../../electron/contract/settings.ts';

export function useTheme(theme: Settings['theme']): void {
  useEffect(() => {
    const light = matchMedia('(prefers-color-scheme: light)');
    const apply = (): void => {
      const resolved = theme === 'system' ? (light.matches ? 'light' : 'dark') : theme;
      document.documentElement.dataset['theme'] = resolved;
    };
    apply();
    light.addEventListener('change', apply);
    return () => {
      light.removeEventListener('change', apply);
    };
  }, [theme]);
}
