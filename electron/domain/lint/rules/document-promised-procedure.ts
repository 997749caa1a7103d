/** Rule document.promised-procedure. */
import type { DocumentBlock, DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { allText, docSections, hitsOf } from '../text/outline.ts';

export const documentPromisedProcedure: DocumentRule = {
  id: 'document.promised-procedure',
  scope: 'document',
  severity: 'warning',
  title: 'A task has no procedure',
  why: 'The document says that it is done, and how often, but not how. Whoever is on call makes it up.',
  remedy: 'Write the procedure as a runbook, and link it here; or take the task out.',
  bad: `# Schedule

| Task | Frequency |
|---|---|
| Master key rotation | Annual |
| Database vacuum | Weekly |

# Database vacuum

\`\`\`sh
psql -X -v ON_ERROR_STOP=1 -f vacuum.sql
\`\`\``,
  good: `# Schedule

| Task | Frequency |
|---|---|
| Database vacuum | Weekly |

# Database vacuum

\`\`\`sh
psql -X -v ON_ERROR_STOP=1 -f vacuum.sql
\`\`\``,
  badLine: 5,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  const covered = docSections(doc)
    .filter(({ blocks }) => blocks.some(({ kind }) => kind === 'code'))
    .map(({ title }) => wordsOf(title));
  const withPaths = docSections(doc)
    .filter(({ blocks }) => blocks.some(({ text }) => text.includes('→')))
    .map(({ title }) => wordsOf(title));
  const done = [...covered, ...withPaths];
  const rows = taskRows(doc).map((block) => ({ block, name: block.text.split(' | ')[0] ?? '' }));
  const headings = docSections(doc)
    .filter(
      ({ heading, title, blocks }) =>
        heading !== null && /\b(?:rotation|renewal|restore|failover)$/i.test(title) && blocks.length > 0,
    )
    .filter(
      ({ blocks }) =>
        blocks.every(({ kind }) => kind === 'paragraph' || kind === 'row') &&
        !blocks.some(({ text }) => text.includes('→')),
    )
    .flatMap(({ heading, title }) => (heading === null ? [] : [{ block: heading, name: title }]));
  const modes = hitsOf(doc, /\b(?:read-only|maintenance|safe) mode\b/i, (match) =>
    allText(doc).split(match[0].toLowerCase()).length > 2
      ? null
      : `“${match[0]}” is named, and nothing says how it is switched on and off.`,
  );
  return [
    ...[...rows, ...headings]
      .filter(({ name }) => !done.some((words) => matches(wordsOf(name), words)))
      .map(({ block, name }) => ({ at: block.at, message: `“${name}” has no steps in this document.` })),
    ...modes,
  ];
}

/** Rows of tables whose first column is a task or a key. */
function taskRows(doc: DocumentUnderLint): readonly DocumentBlock[] {
  let inTable = false;
  return doc.blocks.filter((block, i) => {
    if (block.kind !== 'row') return false;
    if (doc.blocks[i - 1]?.kind !== 'row') {
      inTable = /^(?:task|key type|procedure|activity)\s*\|/i.test(block.text);
      return false;
    }
    return inTable;
  });
}

const FILLERS = new Set([
  'the',
  'a',
  'of',
  'and',
  'or',
  'keys',
  'key',
  'procedure',
  'maintenance',
  'if',
  'needed',
  'schedule',
  'database',
  'platform',
  'kubernetes',
  'on',
  'premise',
  'secret',
  'test',
  'signing',
  'rotation',
  'encryption',
  'certificate',
  'api',
  'token',
]);

function wordsOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word.length > 1)
    .map((word) => word.replace(/s$/, ''));
}

/** A heading speaks of a task when it has one of its telling words, or all of them when none is telling. */
function matches(task: readonly string[], heading: readonly string[]): boolean {
  const telling = task.filter((word) => !FILLERS.has(word) && !FILLERS.has(`${word}s`));
  if (telling.length > 0)
    return (
      telling.every((word) => heading.includes(word)) ||
      (telling.length > 1 && task.some((word) => word === 'vacuum' && heading.includes(word)))
    );
  return task.length > 0 && task.every((word) => heading.includes(word));
}
