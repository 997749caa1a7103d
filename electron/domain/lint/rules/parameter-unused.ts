/** Rule parameter.unused. */
import type { Hit, RunbookRule, RunbookUnderLint } from '../rule.ts';
import { bookOf, fieldsOf, hitIn, scopePattern } from '../steps.ts';

export const parameterUnused: RunbookRule = {
  id: 'parameter.unused',
  scope: 'runbook',
  severity: 'warning',
  title: 'A parameter must be used',
  why: 'Somebody looks its value up before each run, for nothing; or the step that should use it has a fixed value.',
  remedy: 'Use it, or remove it.',
  bad: `parameters:
  region: { title: Region, type: name, required: true, default: prague }`,
  good: `parameters:
  host_name: { title: Name of the host, type: name, required: true, default: db1 }
phases:
  - id: look
    title: Look
    budget: 5m
    steps:
      - id: check
        title: Check the name of the host
        run: hostname -f
        mode: exec
        expect: { stdout: { equals: "\${host_name}" } }
        risk: read
        timeout: 30s
        planned: 5s`,
  badLine: 2,
  check,
};

function check(book: RunbookUnderLint): readonly Hit[] {
  const fields = bookOf(book);
  const all = JSON.stringify({ ...fields, parameters: undefined });
  return Object.keys(fieldsOf(fields['parameters']))
    .filter(
      (name) =>
        !all.includes(`\${${name}}`) &&
        !all.includes(`\${raw:${name}}`) &&
        !new RegExp(scopePattern('param', name)).test(all),
    )
    .map((name) => hitIn(book, ['parameters', name], `Nothing uses "${name}".`, { key: true }));
}
