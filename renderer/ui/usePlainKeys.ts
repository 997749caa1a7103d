/**
 * Plain keys of a view (no Ctrl, Alt or Meta), wherever the focus is: never in a text field, a list of choices, a menu
 * or a dialog, and never one that somebody has taken already.
 */
import { useEffect, useEffectEvent } from 'react';

const OWN_KEYS =
  'input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable=true], [role=dialog], [role=alertdialog], [role=menu], [role=listbox], .xterm';

/** `act` says whether it took the key; then nobody else gets it. */
export function usePlainKeys(act: (event: KeyboardEvent) => boolean): void {
  const latest = useEffectEvent(act);
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return;
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.target instanceof Element && event.target.closest(OWN_KEYS) !== null) return;
      if (document.querySelector('[role=dialog], [role=alertdialog]') !== null) return;
      if (latest(event)) event.preventDefault();
    };
    document.addEventListener('keydown', listen);
    return () => {
      document.removeEventListener('keydown', listen);
    };
  }, []);
}
