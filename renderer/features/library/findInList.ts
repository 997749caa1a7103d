/** Ctrl+F beside a list: the next words typed take the place of the last ones. */
export function findInList(): void {
  const field = document.querySelector<HTMLInputElement>('.library__filter input');
  field?.focus();
  field?.select();
}
