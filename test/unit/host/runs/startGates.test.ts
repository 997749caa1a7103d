/** What keeps a real run from starting because of its runbook, in the words a person reads; rehearsals start all the same. */
import { describe, expect, test } from 'vitest';
import type { Policy } from '../../../../electron/contract/plan.ts';
import type { Diagnostic } from '../../../../electron/contract/runbook.ts';
import { type LoadedRunbook, parseBytes } from '../../../../electron/host/library/loaded.ts';
import {
  askGates,
  createStartGates,
  gateProblems,
  type Release,
} from '../../../../electron/host/runs/startGates.ts';
import { runbookText } from '../../../fixtures/runs/desk.ts';

const VENDOR = `      - { id: pause, title: Pause the jobs, run: mvctl pause, risk: reversible, expect: { exit: 0 }, vendor-confirm: Pauses the jobs., when: 'variant.way == "long" && (step["look"].state == "passed" || param.mode == "full")' }`;
const STEPS = `      - { id: look, run: hostname, risk: read, expect: { stdout: { contains: a } } }\n${VENDOR}`;
const HEAD = `variants: { way: { title: Way, options: { long: Long, short: Short } } }
parameters: { mode: { title: Mode, type: name } }`;

function entryOf(text: string): LoadedRunbook {
  const entry = parseBytes(new TextEncoder().encode(text), 'gated.runbook.yaml', { rehearsal: false });
  if (!('runbook' in entry)) throw new Error(JSON.stringify(entry.diagnostics));
  return entry;
}
const vendor = entryOf(runbookText('gated', STEPS, HEAD));
const plain = entryOf(
  runbookText('gated', '      - { id: a, run: echo a, risk: read, expect: { exit: 0 } }'),
);

const policy: Policy = { signatures: ['seal', 'operator'] };
const release: Release = {
  principal: 'author@example.com',
  fingerprint: 'SHA256:x',
  sha256: 'a'.repeat(64) as Release['sha256'],
};
const request = (way: string, mode = '', rehearsal = false) => ({
  rehearsal,
  variants: { way },
  parameters: { mode },
});
const free = { errors: [], release: null };
const error = (n: number): Diagnostic => ({
  severity: 'error',
  rule: 'shell.pipefail',
  message: `Wrong ${String(n)}.`,
  file: 'gated.runbook.yaml',
  line: n,
  column: 1,
  hint: 'Mend it.',
});
const messages = (...given: Parameters<typeof gateProblems>) =>
  gateProblems(...given).map(({ message }) => message);

describe('a product command that nobody has confirmed', () => {
  test('stops the run where the choices may lead to it', () => {
    const [said, ...more] = gateProblems(vendor, request('long'), policy, free);
    expect(more).toEqual([]);
    expect(said?.field).toBe('runbook');
    expect(said?.message).toContain('Pause the jobs');
    expect(said?.message).toContain('overlay');
    expect(messages(vendor, request('long', 'full'), policy, free)).toHaveLength(1);
  });
  test('does not where they rule it out, nor in a rehearsal', () => {
    expect(messages(vendor, request('short'), policy, free)).toEqual([]);
    expect(
      messages(vendor, request('long', '', true), policy, { errors: [error(1)], release: null }),
    ).toEqual([]);
  });
  test('is in the way only as long as it is open', () => {
    const filled = STEPS.replace(
      'vendor-confirm: Pauses the jobs.',
      'vendor-confirm: Pauses the jobs., filled: { site: prague, by: Jana, on: "2026-11-01" }',
    );
    expect(messages(entryOf(runbookText('gated', filled, HEAD)), request('long'), policy, free)).toEqual([]);
  });
});

describe('errors of the linter', () => {
  test('are told with their rule and how to mend them, a handful at a time', () => {
    expect(messages(plain, request('long'), policy, { errors: [error(1)], release: null })).toEqual([
      'The runbook has an error: Wrong 1. [shell.pipefail] Mend it.',
    ]);
    const many = messages(plain, request('long'), policy, {
      errors: [1, 2, 3, 4, 5, 6, 7].map(error),
      release: null,
    });
    expect(many).toHaveLength(6);
    expect(many[5]).toContain('2 more errors');
  });
  test('are found in what would be run; warnings stop nothing', async () => {
    const gates = createStartGates({ ids: () => Promise.resolve(new Set(['gated'])) });
    const bad = entryOf(
      runbookText(
        'gated',
        '      - { id: a, run: curl -k https://a.example/x, risk: read, expect: { exit: 0 } }',
      ),
    );
    const { errors, release: none } = await askGates(gates, bad);
    expect(errors.map(({ rule }) => rule)).toContain('tls.insecure');
    expect(errors.every(({ severity }) => severity === 'error')).toBe(true);
    expect(none).toBeNull();
    expect(await gates.lint(bad)).toBe(await gates.lint(bad));
  });
});

describe('where the site runs only signed runbooks', () => {
  const strict: Policy = { ...policy, runbooks: 'signed' };
  test('one from no package is refused, one from a package is not', async () => {
    expect(messages(plain, request('long'), strict, free)[0]).toContain('signed package');
    const gates = createStartGates({
      ids: () => Promise.resolve(new Set()),
      lint: () => Promise.resolve([]),
      signedBy: () => Promise.resolve(release),
    });
    expect(gateProblems(plain, request('long'), strict, await askGates(gates, plain))).toEqual([]);
  });
});
