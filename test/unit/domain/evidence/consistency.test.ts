import { describe, expect, it } from 'vitest';
import type { JournalRecord, RecordBody } from '../../../../electron/contract/records.ts';
import { checkConsistency } from '../../../../electron/domain/evidence/consistency.ts';

const ZERO = '0'.repeat(64);
type Loose = { type: string; d?: Record<string, unknown>; t?: number; mono?: number };

/** Records at one second's distance, between a run.start and a run.end. */
function story(bodies: readonly Loose[], result = 'success-with-deviations'): readonly string[] {
  const all: readonly Loose[] = [{ type: 'run.start', d: {} }, ...bodies, { type: 'run.end', d: { result } }];
  const records = all.map((body, index) => ({
    ...(body as unknown as RecordBody),
    _prev: ZERO,
    _seq: index,
    mono: body.mono ?? index * 1_000_000,
    t: new Date(Date.UTC(2026, 0, 1) + (body.t ?? index * 1000)).toISOString(),
  })) as unknown as readonly JournalRecord[];
  return checkConsistency(records).map((found) => found.id);
}

const start = (attempt = 1, purpose = 'run', step = 'a'): Loose => ({
  type: 'step.start',
  d: { step, attempt, purpose },
});
const end = (attempt = 1, how: object = { how: 'exit', code: 0 }, step = 'a'): Loose => ({
  type: 'step.end',
  d: { step, attempt, end: how },
});
const check = (attempt = 1, ok = true, step = 'a'): Loose => ({
  type: 'check',
  d: { step, attempt, name: 'exit', expected: '0', actual: ok ? '0' : '1', ok },
});
const result = (attempt = 1, state = 'passed', via = 'checks', step = 'a'): Loose => ({
  type: 'step.result',
  d: { step, attempt, state, via },
});
const passed = [start(), end(), check(), result()];
const lost = [start(), end(1, { how: 'lost', why: 'x' }), result(1, 'unknown', 'contact-lost')];

const twin = [
  start(1, 'dry-run'),
  end(),
  check(),
  { type: 'dry-run.result', d: { step: 'a', attempt: 1, ok: true } },
];
const turn = (attempt: number, ok = true): readonly Loose[] => [
  start(attempt, 'custodian'),
  end(attempt),
  check(attempt, ok),
  { type: 'custodian.turn', d: { step: 'a', attempt, state: 'passed' } },
];
/** From the second record on. */
const waitFor = (ms: number): Loose => ({
  type: 'wait.start',
  d: { step: 'w', ms, until: new Date(Date.UTC(2026, 0, 1) + 1000 + ms).toISOString() },
});
const waited: Loose = { type: 'wait.end', d: { step: 'w' } };

describe('stories that can be true', () => {
  it.each<[string, readonly Loose[], string?]>([
    ['a plain success', passed, 'success'],
    [
      'a hold that is signed anew before anything was sent',
      [
        { type: 'hold.request', d: { step: 'h' } },
        { type: 'hold.pass', d: { step: 'h', seenHead: '0'.repeat(64) } },
        { type: 'hold.request', d: { step: 'h' } },
        { type: 'hold.pass', d: { step: 'h', seenHead: '0'.repeat(64) } },
        ...passed,
      ],
      'success',
    ],
    [
      'an observe step that held at its third probe',
      [
        start(1, 'observe'),
        { type: 'observe.try', d: { step: 'a', attempt: 1, n: 1 } },
        { type: 'observe.try', d: { step: 'a', attempt: 1, n: 2 } },
        end(),
        check(),
        result(),
      ],
      'success',
    ],
    [
      'a lost step that its probe settles',
      [...lost, start(2, 'probe'), end(2), check(2), result(2, 'passed', 'probe')],
    ],
    ['a twin before its step', [...twin, start(2), end(2), check(2), result(2)], 'success'],
    ['a wait that lasted', [waitFor(2000), { type: 'note', d: {} }, waited], 'success'],
    [
      'a wait over a clock that was set forward',
      [
        waitFor(2000),
        { type: 'clock.step', d: { byMs: 60_000 }, t: 62_000 },
        { type: 'wait.end', d: { step: 'w' }, t: 63_500 },
        { type: 'clock.step', d: { byMs: -60_000 } },
      ],
      'aborted',
    ],
    [
      'a custodian’s turn, then the probe',
      [...turn(1), start(2, 'probe'), end(2), check(2), result(2, 'passed', 'probe')],
      'success',
    ],
    ['a lost step that a person overrides', [...lost, { type: 'step.override', d: { step: 'a' } }]],
    [
      'a lost step declared failed, retried and passed',
      [
        ...lost,
        result(1, 'failed', 'person'),
        { type: 'step.retry', d: { step: 'a' } },
        start(2),
        end(2),
        check(2),
        result(2),
      ],
    ],
    [
      'a timeout that stays unknown',
      [start(), end(1, { how: 'timeout', afterMs: 5 }), result(1, 'unknown', 'checks')],
      'aborted',
    ],
    [
      'a failed attestation, retried',
      [
        { type: 'attest', d: { step: 'a', ok: false } },
        { type: 'step.retry', d: { step: 'a' } },
        { type: 'attest', d: { step: 'a', ok: true } },
      ],
    ],
    [
      'a failed step skipped',
      [
        start(),
        end(1, { how: 'exit', code: 1 }),
        check(1, false),
        result(1, 'failed'),
        { type: 'step.skip', d: { step: 'a' } },
      ],
    ],
    [
      'a crash in the middle of a step',
      [start(), { type: 'run.recovered', mono: 0 }, result(1, 'unknown', 'recovered')],
      'crashed',
    ],
    [
      'a suspended laptop and a clock set right',
      [
        { type: 'clock.step', d: {}, t: 3_600_000, mono: 1_000_000 },
        { type: 'note', t: 3_601_000, mono: 2_000_000 },
        { type: 'clock.step', d: {}, t: 3000, mono: 3_000_000 },
      ],
      'aborted',
    ],
    ['a hold that was seen', [{ type: 'hold.pass', d: { step: 'h', seenHead: ZERO } }], 'success'],
  ])('%s', (_name, bodies, outcome) => {
    expect(story(bodies, outcome)).toEqual([]);
  });
});

it('takes a clock that wavers around the right time for what it is', () => {
  expect(
    story(
      [
        { type: 'note', t: -900 },
        { type: 'note', t: 3900 },
      ],
      'aborted',
    ),
  ).toEqual([]);
});

describe('stories that cannot', () => {
  it.each<[string, readonly Loose[], string, string]>([
    [
      'a probe called a run',
      [...lost, start(2, 'probe'), end(2), check(2), result(2, 'passed', 'checks')],
      'success-with-deviations',
      'step.unproven',
    ],
    [
      'an unknown step passed by recovery',
      [start(), { type: 'run.recovered' }, result(1, 'passed', 'recovered')],
      'success-with-deviations',
      'step.unproven',
    ],
    [
      'a step passed although contact was lost',
      [start(), end(), check(), result(1, 'passed', 'contact-lost')],
      'success',
      'step.unproven',
    ],
    [
      'a hold whose signatures are asked for again after something was sent',
      [
        { type: 'hold.pass', d: { step: 'h', seenHead: '0'.repeat(64) } },
        ...passed,
        { type: 'hold.request', d: { step: 'h' } },
        { type: 'hold.pass', d: { step: 'h', seenHead: '0'.repeat(64) } },
      ],
      'success',
      'step.pairing',
    ],
    [
      'a step ended by a signal and passed',
      [start(), end(1, { how: 'signal', signal: 'KILL' }), check(), result()],
      'success',
      'step.unproven',
    ],
    [
      'a step ended by time and passed',
      [start(), end(1, { how: 'timeout', afterMs: 1 }), check(), result()],
      'success',
      'step.unproven',
    ],
    [
      'two steps at once',
      [start(), start(1, 'run', 'b'), end(1, { how: 'exit', code: 0 }, 'b'), end()],
      'aborted',
      'step.pairing',
    ],
    ['a second result for one attempt', [...passed, result()], 'success', 'step.pairing'],
    ['a check after the result', [...passed, check()], 'success', 'step.pairing'],
    [
      'a step that starts again after it passed',
      [...passed, start(2), end(2), check(2), result(2)],
      'success-with-deviations',
      'step.pairing',
    ],
    [
      'a second sending after an override',
      [...lost, { type: 'step.override', d: { step: 'a' } }, start(2), end(2), check(2), result(2)],
      'success-with-deviations',
      'step.sent-twice',
    ],
    [
      'an override of a passed step',
      [...passed, { type: 'step.override', d: { step: 'a' } }],
      'success-with-deviations',
      'step.pairing',
    ],
    [
      'a retry of a passed step',
      [...passed, { type: 'step.retry', d: { step: 'a' } }],
      'success-with-deviations',
      'step.pairing',
    ],
    [
      'a twin that passes its step',
      [start(1, 'dry-run'), end(), check(), result()],
      'success',
      'step.unproven',
    ],
    ['a turn that is called passed and was not', turn(1, false), 'aborted', 'step.unproven'],
    [
      'a turn of a command that was no turn',
      [start(), end(), check(), turn(1)[3] ?? waited],
      'aborted',
      'step.pairing',
    ],
    [
      'success after a turn that failed',
      [
        start(1, 'custodian'),
        end(),
        check(1, false),
        { type: 'custodian.turn', d: { step: 'a', attempt: 1, state: 'failed' } },
      ],
      'success',
      'run.result',
    ],
    ['a wait that is over too early', [waitFor(5000), waited], 'success', 'step.unproven'],
    [
      'a wait that is over by a clock that was set',
      [
        waitFor(60_000),
        { type: 'clock.step', d: { byMs: 70_000 }, t: 72_000 },
        { type: 'wait.end', d: { step: 'w' }, t: 72_000 },
      ],
      'aborted',
      'step.unproven',
    ],
    ['a wait that never began', [waited], 'success', 'step.unproven'],
    [
      'a time that its instants do not give',
      [
        {
          type: 'measure',
          d: {
            step: 'm',
            from: '2026-01-01T00:00:00.000Z',
            to: '2026-01-01T00:20:00.000Z',
            ms: 60_000,
            limitMs: 900_000,
            ok: true,
          },
        },
      ],
      'success',
      'step.unproven',
    ],
    [
      'a difference of a file that was not fetched',
      [
        start(),
        { type: 'file.diff', d: { step: 'a', attempt: 1, before: 'b', changed: true, added: 1, removed: 0 } },
        end(),
        check(),
        result(),
      ],
      'success',
      'transfer.file',
    ],
    ['an end in the middle of a step', [start()], 'aborted', 'step.pairing'],
    ['success with a skipped step', [{ type: 'step.skip', d: { step: 'a' } }], 'success', 'run.result'],
    ['success with an unknown step', lost, 'success-with-deviations', 'run.result'],
    ['success with a deviation', [...passed, { type: 'deviation', d: {} }], 'success', 'run.result'],
    ['success after a crash', [...passed, { type: 'run.recovered' }], 'success', 'run.result'],
    [
      'success after a rollback was started',
      [...passed, { type: 'rollback.start', d: {} }],
      'success-with-deviations',
      'run.result',
    ],
    ['a crash that nobody came back from', passed, 'crashed', 'run.result'],
    [
      'a hold over another journal',
      [{ type: 'hold.pass', d: { step: 'h', seenHead: 'f'.repeat(64) } }],
      'success',
      'hold.head',
    ],
    ['an end before the end', [{ type: 'run.end', d: { result: 'success' } }], 'success', 'run.boundaries'],
    [
      'a wall clock that creeps away, a second and a half at a time',
      [
        { type: 'note', t: 2500 },
        { type: 'note', t: 5000 },
      ],
      'aborted',
      'clock.jump',
    ],
    ['a wall clock that jumps', [{ type: 'note', t: 9_000_000 }], 'success', 'clock.jump'],
    [
      'a monotonic clock that goes back',
      [{ type: 'note' }, { type: 'note', mono: 0 }],
      'success',
      'clock.monotonic',
    ],
  ])('%s', (_name, bodies, outcome, id) => {
    expect(story(bodies, outcome)).toContain(id);
  });
});
