/** Completes the parts of a runbook that a rule gives as its example to a whole runbook that no other rule finds fault with. */

const FRAME: Readonly<Record<string, string>> = {
  runbook: 'runbook: 1',
  id: 'id: example',
  title: 'title: Example',
  version: 'version: 1.0.0',
  kind: 'kind: maintenance',
  service: 'service: Example',
  summary: 'summary: Shows what a rule finds.',
  rollback: 'rollback: roll-back',
  roles: 'roles: [operator, verifier, owner]',
  abort: 'abort: [The service does not come back]',
  targets: 'targets:\n  ops: { title: Host, identity: [{ run: hostname -f, equals: db1 }] }',
  phases:
    'phases:\n  - id: work\n    title: Work\n    budget: 5m\n    steps:\n' +
    '      - id: look\n        title: Look at the host\n        run: hostname -f\n        mode: exec\n' +
    '        expect: { stdout: { equals: db1 } }\n        risk: read\n        timeout: 30s\n        planned: 5s',
};
const STEPS = 'phases:\n  - id: work\n    title: Work\n    budget: 15m\n    steps:';

export interface ExampleRunbook {
  readonly text: string;
  /** Line of the runbook for a line of the example; both count from 1. */
  lineOf(line: number): number;
}

/**
 * @param example keys of a runbook, each in place of that of the frame (an empty one removes it), or a list of steps
 */
export function exampleRunbook(example: string): ExampleRunbook {
  const steps = example.startsWith('- ');
  const lines = steps
    ? example.split('\n').map((line) => (line === '' ? '' : `      ${line}`))
    : example.split('\n');
  const own = steps ? ['phases'] : lines.flatMap((line) => /^([a-z][\w-]*):/.exec(line)?.slice(1, 2) ?? []);
  const head = Object.entries(FRAME).flatMap(([key, text]) => (own.includes(key) ? [] : text.split('\n')));
  const before = steps ? [...head, ...STEPS.split('\n')] : head;
  const kept = lines.map((line) => (/^[a-z][\w-]*:\s*$/.test(line) && isEmpty(lines, line) ? '' : line));
  return { text: [...before, ...kept, ''].join('\n'), lineOf: (line) => before.length + line };
}

/** A key with nothing under it. */
function isEmpty(lines: readonly string[], line: string): boolean {
  const next = lines[lines.indexOf(line) + 1];
  return next === undefined || !/^[\s-]/.test(next);
}
