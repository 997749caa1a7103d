/** Collects what the checks find. A finding is never dropped, only bounded in number per kind. */
import type { CheckFinding } from '../../../contract/calls.ts';

/** A damaged file can break in thousands of places; the first ones tell the story. */
const MAX_PER_ID = 50;

export class Report {
  readonly #findings: CheckFinding[] = [];
  readonly #counts = new Map<string, number>();

  add(level: CheckFinding['level'], id: string, place: string, message: string): void {
    const count = (this.#counts.get(id) ?? 0) + 1;
    this.#counts.set(id, count);
    if (count <= MAX_PER_ID)
      this.#findings.push({ id, level, place: printable(place), message: printable(message) });
  }

  get findings(): readonly CheckFinding[] {
    return this.#findings;
  }

  has(...levels: readonly CheckFinding['level'][]): boolean {
    return this.#findings.some((finding) => levels.includes(finding.level));
  }
}

/** Text from a bundle is an attacker's until proven otherwise: nothing of it may steer a terminal or a page. */
export function printable(text: string): string {
  const safe = text.replace(
    /[^\x20-\x7e\u2019\u201c\u201d\u2026]/g,
    (c) => `<U+${c.charCodeAt(0).toString(16).toUpperCase()}>`,
  );
  return safe.length > 600 ? `${safe.slice(0, 600)}…` : safe;
}
