/** Rule document.promise. */
import type { DocumentRule, DocumentUnderLint, Hit, Place } from '../rule.ts';
import { hitsOf } from '../text/outline.ts';

export const documentPromise: DocumentRule = {
  id: 'document.promise',
  scope: 'document',
  severity: 'warning',
  title: 'Promises need a measure',
  why: '“100 %”, “automatically” and “production-certified” cannot be checked. An auditor asks for the measurement behind them.',
  remedy: 'Say what is measured, how, and what value passes.',
  bad: `# Criteria

- Data integrity 100% validated`,
  good: `# Criteria

- Row counts and checksums of all 42 tables are the same on both sides`,
  badLine: 3,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  return [
    ...hitsOf(doc, /\b100\s?%/, (match) => `${match[0]} of what, and who counts it?`),
    ...hitsOf(
      doc,
      /\bproduction-(?:certified|proven|grade)\b/i,
      (match) => `“${match[0]}”: by whom, when, against what?`,
    ),
    ...hitsOf(
      doc,
      /\b(?:be\s+)?(?:restored|regenerated|renewed|recovered|repaired)\s+automatically\b/i,
      (match) => `“${match[0]}”: what shows that it happened?`,
    ),
    ...hitsOf(doc, /\|\s*Automatic\b/i, () => 'Automatic: what shows that it happened?', ['row']),
    ...hitsOf(
      doc,
      /^#\s*Automatic\b[^\n]*|\n#\s*Automatic\b[^\n]*/i,
      () => 'Automatic: what shows that it is enough?',
      ['code'],
    ).map(({ at, message }) => ({
      at: at.column > 0 ? (lineOf(doc, at.line) ?? at) : at,
      message,
    })),
    ...hitsOf(
      doc,
      /\b(?:seamless(?:ly)?|zero[- ]downtime|guaranteed)\b/i,
      (match) => `“${match[0]}”: what is measured?`,
    ),
  ];
}

/** The comment may stand in a later line of its block. */
function lineOf(doc: DocumentUnderLint, from: number): Place | null {
  for (let line = from; line < from + 400 && line <= doc.lines.length; line++) {
    if (/^\s*#\s*Automatic\b/i.test(doc.lines[line - 1] ?? '')) return { line, column: 1 };
  }
  return null;
}
