/** Rule document.placeholder. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { hitsOf } from '../text/outline.ts';

export const documentPlaceholder: DocumentRule = {
  id: 'document.placeholder',
  scope: 'document',
  severity: 'warning',
  title: 'A placeholder stands where a value must be',
  why: 'What is pasted goes to a host that nobody owns, or a message goes out with `[DATE]` in it.',
  remedy: 'Make it a parameter that is asked for before the start.',
  bad: `# Health

Open https://vault.example.com and log in.`,
  good: `# Health

Open https://vault.mazevault.eu and log in.`,
  badLine: 3,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  return [
    ...hitsOf(
      doc,
      /\b[\w.-]*\bexample\.(?:com|org|net)\b/i,
      (match) => `${match[0]} is an example, not a host.`,
    ),
    ...codeLines(doc).flatMap(({ line, text }) => {
      const match = /\b[\w.-]*\bexample\.(?:com|org|net)\b/i.exec(text);
      return match === null
        ? []
        : [{ at: { line, column: match.index + 1 }, message: `${match[0]} is an example, not a host.` }];
    }),
    ...hitsOf(
      doc,
      /\[(?:[A-Z][A-Z _-]{2,}|(?:describe|support|any|insert|your)\b[^\]]*)\](?!\()/i,
      (match) => `${match[0]} is still to be filled in.`,
    ),
  ];
}

function codeLines(doc: DocumentUnderLint): readonly { readonly line: number; readonly text: string }[] {
  return doc.blocks
    .filter(({ kind }) => kind === 'code')
    .flatMap(({ at, text }) => text.split('\n').map((part, i) => ({ line: at.line + i, text: part })));
}
