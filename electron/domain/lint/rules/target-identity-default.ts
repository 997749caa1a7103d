/** Rule target.identity-default. */
import type { Hit, RunbookRule, RunbookUnderLint } from '../rule.ts';
import { bookOf, fieldsOf, hitIn, listOf } from '../steps.ts';

export const targetIdentityDefault: RunbookRule = {
  id: 'target.identity-default',
  scope: 'runbook',
  severity: 'warning',
  title: 'What proves a target is not given by the runbook',
  why: 'A runbook goes to every site. A value it brings along fits one of them, and is passed over in the form of all others.',
  remedy:
    'Take the default away. An overlay of the site gives the value, or the operator does, from the inventory.',
  bad: `targets:
  ops:
    title: Host with kubectl
    identity: [{ run: kubectl config current-context, equals: '\${context}' }]
parameters:
  context: { title: Context of kubectl, type: text, required: true, default: prod-cz-1, max-length: 60 }`,
  good: `targets:
  ops:
    title: Host with kubectl
    identity: [{ run: kubectl config current-context, equals: '\${context}' }]
parameters:
  context: { title: Context of kubectl, type: text, required: true, max-length: 60 }`,
  badLine: 6,
  check,
};

const REFERENCE = /\$\{([a-z][a-z0-9_]*)\}/g;

function check(book: RunbookUnderLint): readonly Hit[] {
  const { targets, parameters } = bookOf(book);
  const proving = new Set(
    Object.values(fieldsOf(targets))
      .flatMap((target) => listOf(fieldsOf(target)['identity']))
      .flatMap((proof) => Object.entries(fieldsOf(proof)))
      .filter(([name]) => name !== 'run' && name !== 'title')
      .flatMap(([, value]) => [...JSON.stringify(value).matchAll(REFERENCE)].map(([, name]) => name)),
  );
  return Object.entries(fieldsOf(parameters))
    .filter(([name, spec]) => proving.has(name) && isShipped(fieldsOf(spec)))
    .map(([name]) =>
      hitIn(
        book,
        ['parameters', name, 'default'],
        `"${name}" proves which system this is, and the runbook brings a value for it along.`,
        { key: true },
      ),
    );
}

/** Not from an overlay, which is the site's own. */
function isShipped(spec: Readonly<Record<string, unknown>>): boolean {
  return Object.hasOwn(spec, 'default') && !Object.hasOwn(spec, 'site');
}
