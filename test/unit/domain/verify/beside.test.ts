/** The verifier on what people do at steps: an honest story gives no finding, each lie the one that is named. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { JournalRecord } from '../../../../electron/contract/records.ts';
import { parseRunbook } from '../../../../electron/domain/runbook/parse.ts';
import { checkRunbookStory } from '../../../../electron/domain/verify/checks/runbookStory.ts';
import { checkDiffs } from '../../../../electron/domain/verify/checks/diffs.ts';
import type { Context } from '../../../../electron/domain/verify/context.ts';
import { Report } from '../../../../electron/domain/verify/report.ts';
import { fillMessage } from '../../../../electron/domain/run/message.ts';
import { stepsOf } from '../../../../electron/domain/runbook/describe.ts';
import { unifiedDiff } from '../../../../electron/domain/report/unifiedDiff.ts';

const BOOK = `runbook: 1
id: small
title: Small
version: 1.0.0
kind: maintenance
service: Test
summary: For tests.
roles: [operator, custodian]
parameters:
  ttl: { title: Time to live, type: duration, required: true }
targets:
  ops: { title: Host }
phases:
  - id: one
    title: One
    steps:
      - id: look
        title: Look at it
        on: ops
        run: date -u
        risk: read
        timeout: 10s
        expect: { exit: 0 }
        capture: { t_ok: { from: stdout } }
        dry-run: { run: 'true', expect: { exit: 0 } }
      - id: pause
        title: Wait
        hold: { kind: wait, for: ["\${ttl}", 1m] }
      - id: tell
        title: Tell them
        notify: { channel: email, to: "desk@example.com", body: "Waited \${ttl}." }
      - id: rto
        title: Take the time
        measure: { from: "2026-11-22T02:00:00Z", to: "\${t_ok}", below: 15m }
        capture: rto_s
      - id: shares
        title: Give the shares
        on: ops
        risk: disruptive
        custodians: { run: rekey, needs: 2, of: 3, probe: { run: status, expect: { exit: 0 } } }
`;
const parsed = parseRunbook(BOOK, 'small.runbook.yaml');
if (parsed.runbook === null) throw new Error(JSON.stringify(parsed.diagnostics));
const runbook = parsed.runbook;

const sha = (text: string) => createHash('sha256').update(text).digest('hex');
interface Draft {
  readonly type: string;
  readonly d: Record<string, unknown>;
}
const ref = (text: string, file: string) => ({ file, bytes: text.length, sha256: sha(text) });

function start(step: string, attempt: number, purpose: string, command: string, custodian?: string): Draft {
  return {
    type: 'step.start',
    d: {
      ...{ step, attempt, purpose, target: 'ops', mode: 'pty', recording: 'r', output: 'o' },
      command: ref(command, 'outputs/x.cmd'),
      wire: ref(command, 'outputs/x.wire'),
      ...(custodian === undefined
        ? {}
        : { custodian: { role: 'custodian', name: custodian, basis: 'named' } }),
    },
  };
}
const done = (step: string, attempt: number): readonly Draft[] => [
  { type: 'step.end', d: { step, attempt, end: { how: 'exit', code: 0 }, ms: 1 } },
  { type: 'check', d: { step, attempt, name: 'exit', expected: '0', actual: '0', ok: true } },
];
const passed = (step: string, attempt: number, via: string): Draft => ({
  type: 'step.result',
  d: { step, attempt, state: 'passed', via },
});

const notifyStep = stepsOf(runbook).find(({ step }) => step.id === 'tell')?.step;
if (notifyStep?.kind !== 'notify') throw new Error('no message');
const message = fillMessage(notifyStep, { ttl: '30m' });
if (!message.ok) throw new Error(message.error.message);
const MESSAGE = message.value.text;

const HONEST: readonly Draft[] = [
  {
    type: 'run.start',
    d: { runId: 'r', rehearsal: true, operator: { name: 'Alice Meyer', principal: 'alice@example.com' } },
  },
  start('look', 1, 'dry-run', 'true'),
  ...done('look', 1),
  { type: 'dry-run.result', d: { step: 'look', attempt: 1, ok: true } },
  start('look', 2, 'run', 'date -u'),
  ...done('look', 2),
  { type: 'capture', d: { step: 'look', name: 't_ok', value: '2026-11-22T02:14:00Z' } },
  passed('look', 2, 'checks'),
  {
    type: 'wait.start',
    d: { step: 'pause', ms: 1_860_000, until: new Date(Date.UTC(2026, 0, 1, 0, 31, 9)).toISOString() },
  },
  { type: 'wait.end', d: { step: 'pause' } },
  {
    type: 'notify',
    d: {
      step: 'tell',
      message: ref(MESSAGE, 'messages/00010-tell.txt'),
      channel: 'email',
      to: 'desk@example.com',
      by: 'Alice Meyer',
      role: 'operator',
    },
  },
  { type: 'capture', d: { step: 'rto', name: 'rto_s', value: '840' } },
  {
    type: 'measure',
    d: {
      step: 'rto',
      from: '2026-11-22T02:00:00.000Z',
      to: '2026-11-22T02:14:00.000Z',
      ms: 840_000,
      limitMs: 900_000,
      ok: true,
    },
  },
  start('shares', 1, 'custodian', 'rekey', 'Carla'),
  ...done('shares', 1),
  { type: 'custodian.turn', d: { step: 'shares', attempt: 1, state: 'passed' } },
  start('shares', 2, 'custodian', 'rekey', 'Cyril'),
  ...done('shares', 2),
  { type: 'custodian.turn', d: { step: 'shares', attempt: 2, state: 'passed' } },
  start('shares', 3, 'probe', 'status'),
  ...done('shares', 3),
  passed('shares', 3, 'probe'),
];

/** One record a second, but for the wait, which really lasts. */
function contextOf(drafts: readonly Draft[], files: Readonly<Record<string, string>> = {}): Context {
  let at = Date.UTC(2026, 0, 1);
  const records = drafts.map(({ type, d }, n) => {
    at += type === 'wait.end' ? 1_900_000 : 1000;
    return { type, d, _prev: '0'.repeat(64), _seq: n, mono: n, t: new Date(at).toISOString() };
  }) as unknown as readonly JournalRecord[];
  return {
    runbook,
    reading: { records, count: records.length, head: '0'.repeat(64), problems: [] },
    plan: {
      parameters: { ttl: '30m' },
      variants: {},
      operator: { name: 'Alice Meyer', principal: 'alice@example.com' },
    },
    run: { result: 'success' },
    report: new Report(),
    container: { platform: { sha256: (bytes: Uint8Array) => createHash('sha256').update(bytes).digest() } },
    reader: { text: (path: string) => Promise.resolve(files[path] ?? null) },
  } as unknown as Context;
}

function findings(drafts: readonly Draft[]): readonly string[] {
  const context = contextOf(drafts);
  checkRunbookStory(context);
  return context.report.findings.map(({ id }) => id);
}

/** The honest story with each record of a type changed. */
const changed = (type: string, change: (d: Record<string, unknown>) => Record<string, unknown>, nth = 0) => {
  let n = -1;
  return HONEST.map((draft) => {
    if (draft.type !== type) return draft;
    n += 1;
    return n === nth ? { type, d: { ...draft.d, ...change(draft.d) } } : draft;
  });
};
const without = (...numbers: readonly number[]) => HONEST.filter((_, n) => !numbers.includes(n));

test('an honest story gives no finding', () => {
  expect(findings(HONEST)).toEqual([]);
});

test.each<[string, readonly Draft[], string]>([
  [
    'another text of a message',
    changed('notify', () => ({ message: ref('other', 'messages/00010-tell.txt') })),
    'notify.message',
  ],
  ['a message to somebody else', changed('notify', () => ({ to: 'mallory@example.com' })), 'notify.message'],
  ['a message by another channel', changed('notify', () => ({ channel: 'chat' })), 'notify.message'],
  [
    'a message that somebody else sent as the operator',
    changed('notify', () => ({ by: 'Mallory' })),
    'notify.message',
  ],
  ['a wait that is shorter than its durations', changed('wait.start', () => ({ ms: 1000 })), 'wait.length'],
  [
    'a time taken from a later instant',
    changed('measure', () => ({ from: '2026-11-22T02:05:00.000Z', ms: 540_000 })),
    'measure.instants',
  ],
  [
    'a time held against a longer limit',
    changed('measure', () => ({ limitMs: 9_000_000 })),
    'measure.instants',
  ],
  [
    'another number of seconds than the time that was taken',
    changed('capture', () => ({ value: '60' }), 1),
    'measure.instants',
  ],
  [
    'one custodian twice',
    changed('step.start', () => ({ custodian: { role: 'custodian', name: 'CARLA', basis: 'named' } }), 3),
    'custodian.person',
  ],
  [
    'the operator as a custodian',
    changed(
      'step.start',
      () => ({ custodian: { role: 'custodian', name: 'alice@example.com', basis: 'named' } }),
      3,
    ),
    'custodian.person',
  ],
  ['a turn of nobody', changed('step.start', () => ({ custodian: undefined }), 3), 'custodian.person'],
  ['a pass after one turn of two', without(19, 20, 21, 22), 'custodian.turns'],
  [
    'another command for a custodian',
    changed('step.start', () => ({ command: ref('cat share', 'outputs/x.cmd') }), 2),
    'runbook.command',
  ],
  [
    'another command for the twin',
    changed('step.start', () => ({ command: ref('rm -rf /', 'outputs/x.cmd') }), 0),
    'runbook.command',
  ],
  [
    'another probe after the turns',
    changed('step.start', () => ({ command: ref('true', 'outputs/x.cmd') }), 4),
    'runbook.command',
  ],
  ['a message at a wait', changed('notify', () => ({ step: 'pause' })), 'runbook.kind'],
  [
    'custodians who are skipped',
    [...HONEST.slice(0, 15), { type: 'step.skip', d: { step: 'shares', reason: 'x', by: 'Alice Meyer' } }],
    'runbook.kind',
  ],
  ['a wait that never had its turn', without(10, 11), 'runbook.order'],
  ['a message that was never sent', without(12), 'runbook.missing-step'],
])('%s', (_what, drafts, id) => {
  expect(findings(drafts)).toContain(id);
});

const fetched = (step: string, file: string): Draft => ({
  type: 'file.transfer',
  d: {
    step,
    attempt: 1,
    target: 'ops',
    direction: 'fetch',
    path: '/x',
    file: { file, bytes: 1, sha256: sha(step) },
  },
});

test.each([
  ['the difference that they give', (text: string) => text, []],
  ['another difference than they give', (text: string) => `${text}+more\n`, ['transfer.diff']],
])('of two fetched files %s', async (_what, change, ids) => {
  const files = { 'files/a/f': 'one\ntwo\n', 'files/b/f': 'one\nthree\n' };
  const made = unifiedDiff(files['files/a/f'], files['files/b/f'], 'files/a/f', 'files/b/f');
  const diff = ref(change(made?.text ?? ''), 'files/b/f.diff');
  const d = { step: 'b', attempt: 1, before: 'a', changed: true, added: 1, removed: 1, diff };
  const context = contextOf(
    [fetched('a', 'files/a/f'), fetched('b', 'files/b/f'), { type: 'file.diff', d }],
    files,
  );
  await checkDiffs(context);
  expect(context.report.findings.map((finding) => finding.id)).toEqual(ids);
});
