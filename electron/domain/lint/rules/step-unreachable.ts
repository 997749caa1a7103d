/** Rule step.unreachable. */
import type { Hit, RunbookRule, RunbookUnderLint } from '../rule.ts';
import { hitIn, stepsOf, textOf } from '../steps.ts';

export const stepUnreachable: RunbookRule = {
  id: 'step.unreachable',
  scope: 'runbook',
  severity: 'error',
  title: 'A step must be reachable',
  why: 'Its condition can never hold, so it is never done, and nobody notices.',
  remedy: 'Compare with an option that exists, or remove the step.',
  bad: `variants:
  site: { title: Site, options: { connected: With a registry, offline: Without one }, default: offline }
phases:
  - id: look
    title: Look
    budget: 5m
    steps:
      - id: check
        title: Check the name of the host
        when: variant.site == "connected" && variant.site == "offline"
        run: hostname -f
        mode: exec
        expect: { stdout: { equals: db1 } }
        risk: read
        timeout: 30s
        planned: 5s`,
  good: `variants:
  site: { title: Site, options: { connected: With a registry, offline: Without one }, default: offline }
phases:
  - id: look
    title: Look
    budget: 5m
    steps:
      - id: check
        title: Check the name of the host
        when: variant.site == "connected"
        run: hostname -f
        mode: exec
        expect: { stdout: { equals: db1 } }
        risk: read
        timeout: 30s
        planned: 5s`,
  badLine: 10,
  check,
};

function check(book: RunbookUnderLint): readonly Hit[] {
  return stepsOf(book).flatMap((step) => {
    const when = textOf(step.fields['when']);
    if (when === undefined || when.includes('||') || when.includes('!(') || when.includes('?')) return [];
    const said = [...when.matchAll(/\b((?:variant|choice)\.\w+)\s*==\s*(?:"([^"]*)"|'([^']*)')/g)];
    const values = new Map<string, string>();
    for (const [, name = '', double, single] of said) {
      const value = double ?? single ?? '';
      const other = values.get(name);
      if (other !== undefined && other !== value) {
        return [hitIn(book, [...step.path, 'when'], `${name} cannot be "${other}" and "${value}" at once.`)];
      }
      values.set(name, value);
    }
    return when.trim() === 'false'
      ? [hitIn(book, [...step.path, 'when'], 'The condition is always false.')]
      : [];
  });
}
