/** `holdpoint test` over runbooks of its own: what is as the test says passes, anything else is told with its place. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Output } from '../../../electron/cli/output.ts';
import { testCommand } from '../../../electron/cli/testCommand.ts';
import { APP_DIR } from '../../fixtures/runs/desk.ts';

const RUNBOOK = `runbook: 1
id: small
title: Small
version: 1.0.0
kind: maintenance
service: Test
summary: For tests.
roles: [operator, verifier, owner, custodian]
parameters:
  pause: { title: How long to wait, type: duration, default: 1s }
  server: { title: Name of the host, type: host, default: ops-1.vault.example.com }
targets:
  ops:
    title: Host
    identity: [{ title: Name of the host, run: hostname -f, equals: "\${server}" }]
phases:
  - id: one
    title: One
    steps:
      - id: dump
        title: Dump the database
        on: ops
        run: test ! -e ~/.platform/faults/dump-fails
        risk: reversible
        rerun: safe
        timeout: 10m
        expect: { exit: 0 }
        dry-run: { run: "test -d ~", expect: { exit: 0 } }
      - id: pause
        title: Wait for the tokens to expire
        hold: { kind: wait, for: "\${pause}" }
      - id: look
        title: Look at it
        attest: { by: verifier, number: { label: Rows, min: 3 } }
        verify: independent
      - id: way
        title: Decide how to go on
        decide: { question: Which way?, options: { on: Go on, back: { title: Go back, reason: true } }, capture: way }
      - id: tell
        title: Tell everybody
        notify: { channel: chat, to: "#ops", body: "Waited \${pause}." }
      - id: shares
        title: Give the shares
        on: ops
        risk: reversible
        custodians:
          run: "printf 'Share: '; read -r share; echo \\"$share\\" >> given"
          needs: 2
          of: 3
          probe: { run: wc -l < given, expect: { stdout: { number: { at-least: 2 } } } }
      - id: go
        title: Go
        hold: { kind: go, signers: [operator, owner, owner] }
`;

const GOOD = `test: 1
runbook: small
cases:
  - name: completes
    answers: { way: back }
    result: success
    steps: { dump: passed, pause: passed, tell: notified, shares: passed, go: held, look-second-check: attested }
  - name: the dump dies half-way
    faults: [dump-fails]
    result: failed
    steps: { dump: failed, pause: waiting }
  - name: the dump is made again
    faults: [dump-fails]
    then: { dump: retry }
    result: success-with-deviations
    steps: { dump: passed }
  - name: the wrong server is refused
    parameters: { server: db-9.example.com }
    result: aborted
    identity: { ops: refuted }
    steps: { dump: current }
`;

const BAD = `test: 1
runbook: small
cases:
  - name: is said to fail
    result: failed
    steps: { dump: failed }
  - name: is the right server after all
    identity: { ops: refuted }
    result: success
  - name: is refused unawares
    parameters: { server: db-9.example.com }
    result: aborted
  - name: knows other names
    variants: { colour: red }
    identity: { opps: refuted }
    result: success
    steps: { dmup: passed }
`;

interface Told {
  readonly lines: string[];
  readonly code: number;
}

async function holdpointTest(text: string, only?: string, path = '.'): Promise<Told> {
  const dir = await mkdtemp(join(tmpdir(), 'holdpoint-tests-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  await mkdir(join(dir, 'tests'));
  await writeFile(join(dir, 'small.runbook.yaml'), RUNBOOK);
  await writeFile(join(dir, 'tests', 'small.test.yaml'), text);
  const lines: string[] = [];
  const output: Output = {
    json: false,
    line: (line) => lines.push(line.replace(dir, '')),
    data: () => undefined,
    note: () => undefined,
    failure: (failure) => {
      lines.push(failure.message);
      return 3;
    },
    paint: (_colour, painted) => painted,
  };
  const code = await testCommand(
    [join(dir, path)],
    { appDir: APP_DIR, ...(only === undefined ? {} : { only }) },
    output,
  );
  return { lines, code };
}

test('cases that come out as they say are told one a line, and the exit code is 0', async () => {
  const { lines, code } = await holdpointTest(GOOD);
  expect(lines.map((line) => line.replace(/[0-9.]+ s\)/, 'time)'))).toEqual([
    '/tests/small.test.yaml:4:11 ok: completes (success, time)',
    '/tests/small.test.yaml:8:11 ok: the dump dies half-way (failed, time)',
    '/tests/small.test.yaml:12:11 ok: the dump is made again (success-with-deviations, time)',
    '/tests/small.test.yaml:17:11 ok: the wrong server is refused (aborted, time)',
  ]);
  expect(code).toBe(0);
});

test('a case that comes out otherwise, and names nobody knows, are told with their place', async () => {
  const { lines, code } = await holdpointTest(BAD, undefined, 'small.runbook.yaml');
  expect(code).toBe(1);
  expect(lines[0]).toMatch(
    /^\/tests\/small\.test\.yaml:5:13 error: is said to fail: the run ended as success, the test says failed \[test\.case\]/,
  );
  expect(lines[1]).toMatch(/:6:20 error: is said to fail: dump is passed, the test says failed/);
  expect(lines[2]).toMatch(
    /:8:22 error: is the right server after all: the identity of ops is proven, the test says refuted/,
  );
  expect(lines[3]).toContain(
    'is refused unawares: dump: Dump the database: ops has not proven to be the right host',
  );
  expect(lines[3]).toMatch(/Name of the host: .*: wanted .*db-9\.example\.com.*, saw ops-1\./);
  expect(lines.slice(4).join('\n')).toContain('There is no target "opps"');
  expect(lines.slice(2).join('\n')).toMatch(/There is no step "dmup": did you mean "dump"/);
  expect(lines.slice(2).join('\n')).toContain('There is no variant "colour"');
});
