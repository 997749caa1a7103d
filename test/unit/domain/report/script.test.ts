import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecordBody as RecordSchema } from '../../../../electron/contract/records.ts';
import { initialsOf } from '../../../../electron/domain/report/initials.ts';
import { renderMarkdown } from '../../../../electron/domain/report/markdown.ts';
import type { Report } from '../../../../electron/domain/report/model.ts';
import { reportOf } from '../../../../electron/domain/report/report.ts';
import { planOf, recordsOf, storyInput, storyRecords } from '../../../fixtures/report/story.ts';

const CEREMONY = `runbook: 1
id: small-upgrade
title: Small ceremony
version: 1.2.0
kind: key-rotation
service: Vault
summary: Two of three open a small thing.
roles: [operator, verifier, owner, witness, custodian]
targets:
  ops: { title: Operations host }
phases:
  - id: one
    title: One
    steps:
      - id: room
        title: Confirm the room
        attest: { by: witness, checklist: [The door is closed] }
      - id: open
        title: Take two of three shares
        on: ops
        custodians:
          run: vault open
          needs: 2
          of: 3
          expect: { exit: 0 }
          probe: { run: vault status, expect: { exit: 0 } }
        risk: reversible
      - id: pause
        title: Let it settle
        hold: { kind: wait, for: 1s }
      - id: go
        title: Go on
        hold: { kind: go, signers: [owner, witness] }
      - id: last
        title: Look at it
        on: ops
        run: vault status
        expect: { exit: 0 }
        risk: read
`;

const ref = (file: string) => ({ file, bytes: 3, sha256: 'b'.repeat(64) });

/** One command at the step of custodians: a turn, or the probe when nobody is named. `exit` is what it really gave. */
function sent(attempt: number, custodian: string | undefined, exit = 0): readonly unknown[] {
  const purpose = custodian === undefined ? 'probe' : 'custodian';
  const file = `0${String(attempt)}-open`;
  return [
    {
      type: 'step.start',
      d: {
        ...{ step: 'open', attempt, purpose, target: 'ops', mode: 'pty', withheld: true },
        ...(custodian === undefined
          ? {}
          : { custodian: { role: 'custodian', name: custodian, basis: 'named' } }),
        command: ref(`outputs/${file}.cmd`),
        wire: ref(`outputs/${file}.wire`),
        recording: `recordings/${file}-ops.cast`,
        output: `outputs/${file}.out`,
      },
    },
    { type: 'step.end', d: { step: 'open', attempt, end: { how: 'exit', code: exit }, ms: 900 } },
    {
      type: 'check',
      d: {
        ...{ step: 'open', attempt, name: 'exit', expected: 'exit 0' },
        actual: `exit ${String(exit)}`,
        ok: exit === 0,
      },
    },
  ];
}

function turn(attempt: number, name: string, state: 'passed' | 'failed', exit = 0): readonly unknown[] {
  return [...sent(attempt, name, exit), { type: 'custodian.turn', d: { step: 'open', attempt, state } }];
}

function reportWith(bodies: readonly unknown[]): Report {
  const [start] = storyRecords();
  if (start === undefined) throw new Error('no start');
  const all = [{ type: start.type, d: start.d }, ...bodies].map((body) => RecordSchema.parse(body));
  return reportOf({ ...storyInput({ runbook: CEREMONY }), plan: planOf(), records: recordsOf(all) });
}

const BEGUN: readonly unknown[] = [
  {
    type: 'attest',
    d: {
      ...{ step: 'room', ok: true, by: 'Wanda Witness', role: 'witness' },
      value: { kind: 'checklist', ticked: [0] },
    },
  },
  ...turn(1, 'Clara Novak', 'passed'),
  ...turn(2, 'Erik Larsen', 'failed', 1),
  ...turn(3, 'Daniel Braun', 'passed'),
  ...sent(4, undefined),
  { type: 'step.result', d: { step: 'open', attempt: 4, state: 'passed', via: 'probe' } },
];

const handsAt = (report: Report, id: string) =>
  report.script?.phases
    .flatMap(({ rows }) => rows)
    .find((row) => row.id === id)
    ?.entries.map((entry) => [entry.initials, entry.role, entry.said, entry.ok]);

describe('the annotated script', () => {
  it('is there for a ceremony alone', () => {
    expect(reportOf(storyInput()).script).toBeNull();
    expect(reportWith([]).script?.purpose).toBe('Two of three open a small thing.');
  });

  it('says who did each step and when, also who did not pass', () => {
    const report = reportWith([
      ...BEGUN,
      { type: 'wait.start', d: { step: 'pause', ms: 1000, until: '2026-11-21T02:03:31.000Z' } },
      { type: 'wait.end', d: { step: 'pause' } },
      {
        type: 'hold.pass',
        d: {
          ...{ step: 'go', seenHead: '0'.repeat(64) },
          signers: [
            { role: 'owner', name: 'Owen Owner', basis: 'named' },
            { role: 'witness', name: 'wanda  WITNESS', basis: 'named' },
          ],
        },
      },
      { type: 'note', d: { text: 'A bag was torn while it was opened.', by: 'Alice Example' } },
    ]);
    expect(handsAt(report, 'room')).toEqual([['WW', 'witness', 'attested', true]]);
    expect(handsAt(report, 'open')).toEqual([
      ['CN', 'custodian', 'passed', true],
      ['EL', 'custodian', 'did not pass', false],
      ['DB', 'custodian', 'passed', true],
      ['AE', 'operator', 'seen by the probe: enough have passed', true],
    ]);
    expect(handsAt(report, 'pause')).toEqual([[undefined, undefined, 'the time was over', true]]);
    expect(handsAt(report, 'go')?.map(([initials]) => initials)).toEqual(['OO', 'WW']);
    expect(report.script?.people.map(({ initials, roles, basis }) => [initials, roles, basis])).toEqual([
      ['AE', ['operator'], 'signed'],
      ['WW', ['witness'], 'named'],
      ['CN', ['custodian'], 'named'],
      ['EL', ['custodian'], 'named'],
      ['DB', ['custodian'], 'named'],
      ['OO', ['owner'], 'named'],
    ]);
    expect(report.script?.exceptions.map(({ kind, initials, step }) => [kind, initials, step])).toEqual([
      ['failure', 'EL', 2],
      ['note', 'AE', undefined],
    ]);
    for (const phase of report.script?.phases ?? [])
      for (const { entries } of phase.rows)
        for (const { at } of entries) expect(at).toMatch(/^2026-11-21T02:03:\d\d\.000Z$/);
  });

  it('leaves what nobody did blank', () => {
    const report = reportWith(BEGUN);
    expect(handsAt(report, 'last')).toEqual([]);
    expect(renderMarkdown(report)).toContain('| 5 | Look at it (· not reached) |   |   |');
  });

  it('believes no record that calls a turn or a step passed against what was seen', () => {
    const report = reportWith([
      ...BEGUN.slice(0, 1),
      ...turn(1, 'Clara Novak', 'passed', 1),
      ...sent(2, undefined),
      { type: 'step.result', d: { step: 'open', attempt: 2, state: 'passed', via: 'probe' } },
    ]);
    expect(handsAt(report, 'open')).toEqual([['CN', 'custodian', 'did not pass', false]]);
  });
});

describe('initials', () => {
  it('are those of the names, and longer where two would have the same', () => {
    expect(initialsOf(['Clara Novak', 'Erik van der Berg', 'Ada'])).toEqual(['CN', 'EVDB', 'Ad']);
    expect(initialsOf(['Clara Novak', 'Cyril Novotny'])).toEqual(['ClN', 'CyN']);
    expect(initialsOf(['wanda@example.com', 'Łucja Żak', '***'])).toEqual(['Wa', 'ŁŻ', '?']);
  });

  it('are never shared, whatever people are called', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 12 }), { maxLength: 8 }), (names) => {
        const initials = initialsOf(names);
        expect(initials).toHaveLength(names.length);
        expect(new Set(initials).size).toBe(names.length);
      }),
    );
  });
});
