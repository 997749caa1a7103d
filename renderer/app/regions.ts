/** F6 and Shift+F6: the focus goes round the regions of the view, in the order they stand on the screen. */

/** Moves the focus to the next (1) or previous (-1) element that carries `data-region`. */
export function cycleRegion(direction: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter(
    (each) => each.offsetParent !== null,
  );
  if (regions.length === 0) return;
  const at = regions.findIndex((each) => each.contains(document.activeElement));
  const next = regions[(at + direction + regions.length) % regions.length] ?? regions[0];
  if (next === undefined) return;
  const inner = next.querySelector<HTMLElement>('[data-autofocus], [tabindex="0"], .xterm-helper-textarea');
  (inner ?? next).focus();
}
