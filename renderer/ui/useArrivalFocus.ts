/** Takes the focus when nobody has it, so that Tab goes on from here and a screen reader says where one is. */
import { useEffect, type RefObject } from 'react';

/** On mount, focuses `inner` in the element (or the element itself), unless something on the page has the focus. */
export function useArrivalFocus(ref: RefObject<HTMLElement | null>, inner?: string): void {
  useEffect(() => {
    if (document.activeElement !== document.body) return;
    const element =
      inner === undefined ? ref.current : (ref.current?.querySelector<HTMLElement>(inner) ?? ref.current);
    element?.focus({ preventScroll: true });
  }, [ref, inner]);
}
