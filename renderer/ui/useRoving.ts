/** Arrow keys, J and K, Home and End in a list of buttons; one of them is in the tab order. */
import { useCallback, useEffect, useRef, type KeyboardEvent, type RefObject } from 'react';

const steps: Readonly<Record<string, number>> = { ArrowDown: 1, j: 1, J: 1, ArrowUp: -1, k: -1, K: -1 };

export interface Roving<E extends HTMLElement> {
  readonly ref: RefObject<E | null>;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/** Items are the elements with `data-item` inside `ref`. `onMove` gets the index that is focused next. */
export function useRoving<E extends HTMLElement>(onMove: (index: number) => void): Roving<E> {
  const ref = useRef<E | null>(null);
  const latest = useRef(onMove);
  useEffect(() => {
    latest.current = onMove;
  });
  const onKeyDown = useCallback((event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const items = [...(ref.current?.querySelectorAll<HTMLElement>('[data-item]') ?? [])];
    const at = items.findIndex((item) => item === document.activeElement);
    if (at === -1) return;
    const by = steps[event.key];
    const to =
      by !== undefined ? at + by : event.key === 'Home' ? 0 : event.key === 'End' ? items.length - 1 : null;
    if (to === null) return;
    event.preventDefault();
    const index = Math.min(items.length - 1, Math.max(0, to));
    items[index]?.focus();
    latest.current(index);
  }, []);
  return { ref, onKeyDown };
}
