/** Rule step.title-verb. */
import type { Hit, RunbookRule, RunbookUnderLint } from '../rule.ts';
import { hitIn, stepsOf, textOf } from '../steps.ts';

export const stepTitleVerb: RunbookRule = {
  id: 'step.title-verb',
  scope: 'runbook',
  severity: 'warning',
  title: 'A title begins with a verb',
  why: '“Backup” can mean that there is one, that one is taken, or that one is looked at.',
  remedy: 'Say what is done: “Take the backup”.',
  bad: `- id: check
  title: Verification of the host
  run: hostname -f
  mode: exec
  expect: { stdout: { equals: db1 } }
  risk: read
  timeout: 30s
  planned: 5s`,
  good: `- id: check
  title: Verify the host
  run: hostname -f
  mode: exec
  expect: { stdout: { equals: db1 } }
  risk: read
  timeout: 30s
  planned: 5s`,
  badLine: 2,
  check,
};

function check(book: RunbookUnderLint): readonly Hit[] {
  return stepsOf(book).flatMap(({ path, fields }) => {
    const title = textOf(fields['title']);
    if (title === undefined || 'hold' in fields || 'decide' in fields) return [];
    const first = title.split(/[\s:,]/)[0]?.toLowerCase() ?? '';
    return NO_VERB.test(first) && !VERBS.has(first)
      ? [hitIn(book, [...path, 'title'], `“${title.slice(0, 60)}” does not say what is done.`)]
      : [];
  });
}

/** The ends of words that name things, and words that begin a name. */
const NO_VERB =
  /^(?:the|a|an|all|new|old|our|\w{4,}(?:tion|ment|ness|ity|ance|ence|ing|als?|ware)|database|health|backup|pods?|status|images?|keys?|certificates?|secrets?)$/;
const VERBS = new Set([
  'bring',
  'ping',
  'mention',
  'question',
  'position',
  'station',
  'condition',
  'audition',
  'implement',
  'document',
  'supplement',
  'experiment',
  'balance',
  'advance',
  'reference',
  'sequence',
  'influence',
  'fence',
  'evidence',
  'silence',
  'string',
  'ring',
  'seal',
  'reveal',
  'heal',
  'deal',
  'appeal',
  'unseal',
  'signal',
  'total',
  'function',
  'comment',
  'partition',
  'provision',
  'caution',
  'image',
]);
