/** Rule quoting.raw. */
import type { ReaderRule } from '../rule.ts';

export const quotingRaw: ReaderRule = {
  id: 'quoting.raw',
  scope: 'reader',
  severity: 'warning',
  title: 'Values are quoted by the app',
  why: 'A value that goes in without quotes can become another command.',
  remedy: 'Write `${name}`.',
  bad: `parameters:
  option: { title: Option, type: name, required: true, default: f }
phases:
  - id: look
    title: Look
    budget: 5m
    steps:
      - id: check
        title: Check the name of the host
        run: hostname -\${raw:option}
        expect: { exit: 0 }
        risk: read
        timeout: 30s
        planned: 5s`,
  good: `parameters:
  option: { title: Option, type: name, required: true, default: f }
phases:
  - id: look
    title: Look
    budget: 5m
    steps:
      - id: check
        title: Check the name of the host
        run: hostname -\${option}
        expect: { exit: 0 }
        risk: read
        timeout: 30s
        planned: 5s`,
  badLine: 10,
};
