/** Rule parameter.unknown. */
import type { ReaderRule } from '../rule.ts';

export const parameterUnknown: ReaderRule = {
  id: 'parameter.unknown',
  scope: 'reader',
  severity: 'error',
  title: 'A name must be declared',
  why: 'The step would be sent with nothing in place of the name, so it is not sent at all.',
  remedy: 'Declare it under `parameters:`, or mend the name.',
  bad: `- id: check
  title: Check the name of the host
  run: hostname \${option}
  expect: { exit: 0 }
  risk: read
  timeout: 30s
  planned: 5s`,
  good: `- id: check
  title: Check the name of the host
  run: hostname -f
  expect: { exit: 0 }
  risk: read
  timeout: 30s
  planned: 5s`,
  badLine: 3,
};
