/** Collects what the checks find. A finding is never dropped, only bounded in number per kind. */
import type { CheckFinding } from '../../contract/views.ts';
import { type FindingId, levelOf } from './findings.ts';

/** A damaged file can break in thousands of places; the first ones tell the story. */
const MAX_PER_ID = 50;

export type Finding = CheckFinding & { readonly id: FindingId };

export class Report {
  readonly #findings: Finding[] = [];
  readonly #counts = new Map<FindingId, number>();

  /** `place`: a path in the bundle, with `:line` where it is a line of it. */
  add(id: FindingId, place: string, message: string): void {
    this.#keep({ id, level: levelOf(id), place: printable(place), message: printable(message) });
  }

  /** All findings of another report, behind those that are here. */
  append(other: Report): void {
    for (const finding of other.findings) this.#keep(finding);
  }

  #keep(finding: Finding): void {
    const count = (this.#counts.get(finding.id) ?? 0) + 1;
    this.#counts.set(finding.id, count);
    if (count <= MAX_PER_ID) this.#findings.push(finding);
  }

  get findings(): readonly Finding[] {
    return this.#findings;
  }

  has(...levels: readonly CheckFinding['level'][]): boolean {
    return this.#findings.some((finding) => levels.includes(finding.level));
  }
}

/** Text from a bundle is an attacker's until proven otherwise: nothing of it may steer a terminal or a page. */
export function printable(text: string, most = 600): string {
  const safe = text
    .slice(0, most + 100)
    .replace(
      /[^\x20-\x7e\u2019\u201c\u201d\u2026]/g,
      (c) => `<U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}>`,
    );
  return safe.length > most ? `${safe.slice(0, most)}…` : safe;
}
