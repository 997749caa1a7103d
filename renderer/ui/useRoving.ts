/** Arrow keys, J and K, Home and End in a list of buttons; one of them is in the tab order. */
import type { KeyboardEvent, RefObject } from 'react';

const steps: Readonly<Record<string, number>> = { ArrowDown: 1, j: 1, J: 1, ArrowUp: -1, k: -1, K: -1 };

/**
 * Key handler of a list whose items carry `data-item` inside `list`. `onMove` gets the index that is focused next.
 */
export function useRoving(
  list: RefObject<HTMLElement | null>,
  onMove: (index: number) => void,
): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const items = [...(list.current?.querySelectorAll<HTMLElement>('[data-item]') ?? [])];
    const at = items.findIndex((item) => item === document.activeElement);
    const to = at === -1 ? null : destination(event.key, at, items.length);
    if (to === null) return;
    event.preventDefault();
    items[to]?.focus();
    onMove(to);
  };
}

function destination(key: string, at: number, count: number): number | null {
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  const by = steps[key];
  return by === undefined ? null : Math.min(count - 1, Math.max(0, at + by));
}
