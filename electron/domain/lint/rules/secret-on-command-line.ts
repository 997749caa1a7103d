/** Rule secret.on-command-line. */
import type { ReaderRule } from '../rule.ts';

export const secretOnCommandLine: ReaderRule = {
  id: 'secret.on-command-line',
  scope: 'reader',
  severity: 'error',
  title: 'A secret parameter does not go into a command',
  why: 'Arguments are seen by every user of the host, and what is sent is on record.',
  remedy: 'Hand it over with `stdin:` (mode exec).',
  bad: `parameters:
  pass: { title: Password, type: secret }
phases:
  - id: look
    title: Look
    budget: 5m
    steps:
      - id: check
        title: Log in
        run: login-check \${pass}
        expect: { exit: 0 }
        risk: read
        timeout: 30s
        planned: 5s`,
  good: `parameters:
  pass: { title: Password, type: secret }
phases:
  - id: look
    title: Look
    budget: 5m
    steps:
      - id: check
        title: Log in
        run: login-check
        stdin: \${pass}
        mode: exec
        expect: { exit: 0 }
        risk: read
        timeout: 30s
        planned: 5s`,
  badLine: 10,
};
