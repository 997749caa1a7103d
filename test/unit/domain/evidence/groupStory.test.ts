/** Groups, detached commands, observed hosts and transfers: what of their story can be true, and what cannot. */
import { describe, expect, it } from 'vitest';
import type { JournalRecord, RecordBody } from '../../../../electron/contract/records.ts';
import { checkConsistency } from '../../../../electron/domain/evidence/consistency.ts';

const ZERO = '0'.repeat(64);
type Loose = { readonly type: string; readonly d?: Record<string, unknown> };

function story(bodies: readonly Loose[], result = 'success', groups: object = { web: ['w1', 'w2'] }) {
  const all: readonly Loose[] = [
    { type: 'run.start', d: { groups } },
    ...bodies,
    { type: 'run.end', d: { result } },
  ];
  const records = all.map((body, index) => ({
    ...(body as unknown as RecordBody),
    _prev: ZERO,
    _seq: index,
    mono: index * 1_000_000,
    t: new Date(Date.UTC(2026, 0, 1) + index * 1000).toISOString(),
  })) as unknown as readonly JournalRecord[];
  return checkConsistency(records).map((found) => found.id);
}

const start = (attempt: number, target: string, more: object = { group: 'web' }): Loose => ({
  type: 'step.start',
  d: { step: 'a', attempt, purpose: 'run', target, mode: 'exec', ...more },
});
const end = (attempt: number, how: object = { how: 'exit', code: 0 }): Loose => ({
  type: 'step.end',
  d: { step: 'a', attempt, end: how },
});
const check = (attempt: number, ok = true): Loose => ({
  type: 'check',
  d: { step: 'a', attempt, name: 'exit', expected: '0', actual: ok ? '0' : '1', ok },
});
const member = (target: string, state: string, attempt?: number): Loose => ({
  type: 'target.result',
  d: { step: 'a', target, state, ...(attempt === undefined ? {} : { attempt }) },
});
const result = (attempt: number, state: string, via: string): Loose => ({
  type: 'step.result',
  d: { step: 'a', attempt, state, via },
});
const attach = (attempt: number): Loose => ({ type: 'step.attach', d: { step: 'a', attempt, fromByte: 9 } });
const connect = (target: string, shell: string): Loose => ({ type: 'host.connect', d: { target, shell } });
const stepWord = (type: string): Loose => ({ type, d: { step: 'a' } });

const well = (attempt: number, target: string): readonly Loose[] => [
  start(attempt, target),
  end(attempt),
  check(attempt),
  member(target, 'passed', attempt),
];
const badly = (attempt: number, target: string): readonly Loose[] => [
  start(attempt, target),
  end(attempt, { how: 'exit', code: 1 }),
  check(attempt, false),
  member(target, 'failed', attempt),
];
const DEVIATED = 'success-with-deviations';
const detached = { mode: 'detached' };
const alone = (attempt: number, more: object = {}) => start(attempt, 'ops', more);
const lostDetached = [alone(1, detached), result(1, 'unknown', 'contact-lost')];
const endedAlone = [end(1), check(1), result(1, 'passed', 'checks')];

describe('stories that can be true', () => {
  it.each<[string, readonly Loose[], string?]>([
    ['every member passed', [...well(1, 'w1'), ...well(2, 'w2'), result(2, 'passed', 'targets')]],
    [
      'two at once, ends the other way round',
      [
        start(1, 'w1'),
        start(2, 'w2'),
        end(2),
        check(2),
        member('w2', 'passed', 2),
        { type: 'step.signal', d: { step: 'a', attempt: 2 } },
        end(1),
        check(1),
        member('w1', 'passed', 1),
        result(2, 'passed', 'targets'),
      ],
    ],
    [
      'a failure, and the other not run',
      [...badly(1, 'w1'), member('w2', 'not-run'), result(1, 'failed', 'targets')],
      'failed',
    ],
    [
      'a retry of the one that failed',
      [
        ...badly(1, 'w1'),
        ...well(2, 'w2'),
        result(2, 'failed', 'targets'),
        stepWord('step.retry'),
        ...well(3, 'w1'),
        result(3, 'passed', 'targets'),
      ],
      DEVIATED,
    ],
    [
      'a crash with one member in flight, whose probe settles it',
      [
        ...well(1, 'w1'),
        start(2, 'w2'),
        { type: 'run.recovered' },
        member('w2', 'unknown', 2),
        result(2, 'unknown', 'targets'),
        start(3, 'w2', { group: 'web', purpose: 'probe' }),
        end(3),
        check(3),
        member('w2', 'passed', 3),
        result(3, 'passed', 'targets'),
      ],
      DEVIATED,
    ],
    [
      'an unknown member declared failed',
      [
        ...well(1, 'w1'),
        start(2, 'w2'),
        end(2, { how: 'lost', why: 'x' }),
        member('w2', 'unknown', 2),
        result(2, 'unknown', 'targets'),
        member('w2', 'failed', 2),
        result(2, 'failed', 'person'),
      ],
      'failed',
    ],
    [
      'nobody could be reached',
      [member('w1', 'not-run'), member('w2', 'not-run'), result(1, 'failed', 'targets')],
      'failed',
    ],
    ['a detached command taken up twice', [...lostDetached, attach(1), attach(1), ...endedAlone]],
    [
      'a detached command taken up after a crash',
      [
        alone(1, detached),
        { type: 'run.recovered' },
        result(1, 'unknown', 'recovered'),
        attach(1),
        ...endedAlone,
      ],
      DEVIATED,
    ],
    [
      'a member taken up while the other runs',
      [
        start(1, 'w1', { group: 'web', mode: 'detached' }),
        member('w1', 'unknown', 1),
        start(2, 'w2', { group: 'web', mode: 'detached' }),
        attach(1),
        end(1),
        check(1),
        member('w1', 'passed', 1),
        end(2),
        check(2),
        member('w2', 'passed', 2),
        result(2, 'passed', 'targets'),
      ],
    ],
    [
      'an observed host, overridden',
      [
        connect('ops', 'none'),
        alone(1),
        end(1),
        check(1),
        result(1, 'unknown', 'observed'),
        stepWord('step.override'),
      ],
      DEVIATED,
    ],
    [
      'a host that has a shell again',
      [connect('ops', 'none'), connect('ops', 'bash'), alone(1), ...endedAlone],
    ],
    [
      'a file fetched',
      [
        alone(1),
        end(1),
        {
          type: 'file.transfer',
          d: {
            step: 'a',
            attempt: 1,
            target: 'ops',
            direction: 'fetch',
            path: '/x',
            file: { file: 'files/01-a/x' },
          },
        },
        check(1),
        result(1, 'passed', 'checks'),
      ],
    ],
    [
      'a gap and a shell that said something',
      [{ type: 'desk.gap', d: { ms: 4000 } }, { type: 'shell.observed' }],
    ],
  ])('%s', (_name, bodies, outcome) => {
    expect(story(bodies, outcome)).toEqual([]);
  });
});

describe('stories that cannot', () => {
  const both = [...well(1, 'w1'), ...well(2, 'w2')];
  it.each<[string, readonly Loose[], string, string]>([
    [
      'a failed member called passed',
      [
        ...badly(1, 'w1').slice(0, 3),
        member('w1', 'passed', 1),
        ...well(2, 'w2'),
        result(2, 'passed', 'targets'),
      ],
      'success',
      'step.unproven',
    ],
    [
      'a passed member called failed',
      [
        ...well(1, 'w1').slice(0, 3),
        member('w1', 'failed', 1),
        ...well(2, 'w2'),
        result(2, 'failed', 'targets'),
      ],
      'failed',
      'target.result',
    ],
    [
      'a passed member called unknown',
      [
        ...well(1, 'w1').slice(0, 3),
        member('w1', 'unknown', 1),
        ...well(2, 'w2'),
        result(2, 'unknown', 'targets'),
      ],
      'failed',
      'target.result',
    ],
    [
      'a member that was sent called not run',
      [
        ...badly(1, 'w1').slice(0, 3),
        member('w1', 'not-run', 1),
        ...well(2, 'w2'),
        result(2, 'failed', 'targets'),
      ],
      'failed',
      'target.result',
    ],
    [
      'a member passed by the attempt of another',
      [...well(1, 'w1'), member('w2', 'passed', 1), result(1, 'passed', 'targets')],
      'success',
      'target.result',
    ],
    [
      'a member passed although nothing was run there',
      [...well(1, 'w1'), member('w2', 'passed'), result(1, 'passed', 'targets')],
      'success',
      'step.unproven',
    ],
    ['a member left out', [...well(1, 'w1'), result(1, 'passed', 'targets')], 'success', 'target.missing'],
    [
      'a result of a member left out',
      [...well(1, 'w1'), ...well(2, 'w2').slice(0, 3), result(2, 'passed', 'targets')],
      'success',
      'target.missing',
    ],
    [
      'a partial success called one',
      [...well(1, 'w1'), ...badly(2, 'w2'), result(2, 'passed', 'targets')],
      'success',
      'step.unproven',
    ],
    [
      'an unknown member, and the step failed',
      [
        ...well(1, 'w1'),
        start(2, 'w2'),
        end(2, { how: 'lost', why: 'x' }),
        member('w2', 'unknown', 2),
        result(2, 'failed', 'targets'),
      ],
      'failed',
      'target.result',
    ],
    [
      'a group passed by one member’s checks',
      [...both, result(2, 'passed', 'checks')],
      'success',
      'target.result',
    ],
    ['a group passed by word', [...both, result(2, 'passed', 'person')], 'success', 'step.unproven'],
    [
      'a second result of a member',
      [...well(1, 'w1'), member('w1', 'passed', 1), ...well(2, 'w2'), result(2, 'passed', 'targets')],
      'success',
      'target.result',
    ],
    [
      'a member’s result after the step’s',
      [...both, result(2, 'passed', 'targets'), member('w1', 'passed', 1)],
      'success',
      'target.result',
    ],
    [
      'a member sent twice without a decision',
      [...badly(1, 'w1'), ...well(2, 'w1'), ...well(3, 'w2'), result(3, 'passed', 'targets')],
      DEVIATED,
      'step.sent-twice',
    ],
    [
      'a member that passed sent again',
      [
        ...well(1, 'w1'),
        ...badly(2, 'w2'),
        result(2, 'failed', 'targets'),
        stepWord('step.retry'),
        ...well(3, 'w1'),
        ...well(4, 'w2'),
        result(4, 'passed', 'targets'),
      ],
      DEVIATED,
      'step.sent-twice',
    ],
    ['one member twice at once', [start(1, 'w1'), start(2, 'w1'), end(1), end(2)], 'aborted', 'step.pairing'],
    [
      'the step ends while a member runs',
      [...well(1, 'w1'), start(2, 'w2'), result(2, 'failed', 'targets')],
      'failed',
      'step.pairing',
    ],
    ['a host that is no member', [start(1, 'ops', { group: 'web' })], 'aborted', 'group.mismatch'],
    ['a group that the run does not have', [start(1, 'w1', { group: 'db' })], 'aborted', 'group.mismatch'],
    ['a member without its group', [start(1, 'w1', {})], 'aborted', 'group.mismatch'],
    ['a result of a host that is no member', [member('ops', 'not-run')], 'aborted', 'group.mismatch'],
    [
      'success with a member sent again',
      [
        ...badly(1, 'w1'),
        ...well(2, 'w2'),
        result(2, 'failed', 'targets'),
        stepWord('step.retry'),
        ...well(3, 'w1'),
        result(3, 'passed', 'targets'),
      ],
      'success',
      'run.result',
    ],
    [
      'a command that was not detached taken up',
      [alone(1), end(1, { how: 'lost', why: 'x' }), result(1, 'unknown', 'contact-lost'), attach(1)],
      'aborted',
      'step.attach',
    ],
    ['an attempt that does not exist taken up', [attach(1)], 'aborted', 'step.attach'],
    [
      'a detached command taken up after its end',
      [alone(1, detached), ...endedAlone, attach(1)],
      'success',
      'step.attach',
    ],
    [
      'a detached command taken up after it was declared failed',
      [...lostDetached, result(1, 'failed', 'person'), attach(1), ...endedAlone],
      'success',
      'step.attach',
    ],
    [
      'a detached command taken up after another was sent',
      [
        ...lostDetached,
        result(1, 'failed', 'person'),
        stepWord('step.retry'),
        alone(2, detached),
        result(2, 'unknown', 'contact-lost'),
        attach(1),
        ...endedAlone,
      ],
      DEVIATED,
      'step.attach',
    ],
    [
      'a lost command that was not detached, without an end',
      [alone(1), result(1, 'unknown', 'contact-lost')],
      'aborted',
      'step.pairing',
    ],
    [
      'a detached command passed without an end',
      [alone(1, detached), result(1, 'passed', 'contact-lost')],
      'success',
      'step.unproven',
    ],
    [
      'an observed step passed',
      [connect('ops', 'none'), alone(1), end(1), check(1), result(1, 'passed', 'checks')],
      'success',
      'step.observed',
    ],
    [
      'passed by observation',
      [alone(1), end(1), check(1), result(1, 'passed', 'observed')],
      'success',
      'step.observed',
    ],
    [
      'an observed member passed',
      [connect('w1', 'none'), ...both, result(2, 'passed', 'targets')],
      'success',
      'step.observed',
    ],
    [
      'a fetched file kept elsewhere',
      [
        alone(1),
        {
          type: 'file.transfer',
          d: { step: 'a', attempt: 1, target: 'ops', direction: 'fetch', file: { file: 'outputs/x.out' } },
        },
        ...endedAlone,
      ],
      'success',
      'transfer.file',
    ],
    [
      'a file moved on another host',
      [
        alone(1),
        {
          type: 'file.transfer',
          d: { step: 'a', attempt: 1, target: 'w1', direction: 'put', file: { file: '/x' } },
        },
        ...endedAlone,
      ],
      'success',
      'transfer.file',
    ],
    ['success with a replaced key', [{ type: 'host.key-replaced' }], 'success', 'run.result'],
  ])('%s', (_name, bodies, outcome, id) => {
    expect(story(bodies, outcome)).toContain(id);
  });
});

it('holds for a hundred members, and finds the one that is left out', () => {
  const names = Array.from({ length: 100 }, (_, index) => `w${String(index)}`);
  const all = names.map((name, index) => well(index + 1, name));
  const groups = { web: names };
  const done = result(100, 'passed', 'targets');
  expect(story([...all.flat(), done], 'success', groups)).toEqual([]);
  const dropped = all.map((records, index) => (index === 57 ? records.slice(0, 3) : records));
  expect(story([...dropped.flat(), done], 'success', groups)).toContain('target.missing');
});
