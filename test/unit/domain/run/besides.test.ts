/** Waits, turns of custodians, twins and times that are taken, as records fold them: a claim alone passes nothing. */
import { describe, expect, test } from 'vitest';
import type { Instant, VarName } from '../../../../electron/contract/ids.ts';
import type { RecordBody } from '../../../../electron/contract/records.ts';
import type { MeasureStep, Step } from '../../../../electron/contract/steps.ts';
import { admitCommand } from '../../../../electron/domain/run/commands.ts';
import { decide } from '../../../../electron/domain/run/decide.ts';
import { custodiansDone } from '../../../../electron/domain/run/evolveTurns.ts';
import { boundBehind } from '../../../../electron/domain/run/holdGuards.ts';
import {
  parseInstant,
  takeTime,
  tickWait,
  waitLength,
  watchTimes,
} from '../../../../electron/domain/run/measure.ts';
import { parseTemplate } from '../../../../electron/domain/runbook/template.ts';
import {
  attestStep,
  bookOf,
  custodiansStep,
  holdStep,
  intentOf,
  notifyStep,
  OPERATOR,
  Play,
  prepared,
  refusal,
  runStep,
  SHA,
  waitStep,
  when,
} from './book.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 21, 2, 0, second)).toISOString() as Instant;
const step = (id: string) => id as Step['id'];
const begun = (ms: number, until: Instant): RecordBody => ({
  type: 'wait.start',
  d: { step: step('w'), ms, until },
});
const over: RecordBody = { type: 'wait.end', d: { step: step('w') } };
const note: RecordBody = { type: 'note', d: { text: 'note', by: OPERATOR } };

/** One record a second; the wait begins at second 1. */
function waiting(ms: number, ...more: readonly RecordBody[]): Play {
  const run = new Play(bookOf([waitStep('w', '3s'), runStep('next')])).start();
  run.append([begun(ms, at(1 + ms / 1000))]);
  for (const body of more) run.append([body]);
  return run;
}

describe('a wait', () => {
  test('is over when its time is, and the next step has its turn', () => {
    expect(waiting(3000, note, note, over).status('w')).toBe('passed');
    expect(waiting(3000, note, note, over).state.current).toBe('next');
  });

  test('is not over a second before, whatever the record says', () => {
    expect(waiting(3000, note, over).status('w')).toBe('failed');
  });

  test('lasts its whole time whatever end the record names', () => {
    const run = new Play(bookOf([waitStep('w')])).start();
    run.append([begun(3000, at(1))]);
    expect(run.view('w').wait?.until).toBe(at(4));
    run.append([over]);
    expect(run.status('w')).toBe('failed');
  });

  test('moves with a clock that was set, either way', () => {
    expect(waiting(3000, { type: 'clock.step', d: { byMs: 60_000 } }).view('w').wait?.until).toBe(at(64));
    expect(waiting(9000, { type: 'clock.step', d: { byMs: -4000 } }).view('w').wait?.until).toBe(at(6));
  });

  test('counts the time that the computer slept', () => {
    const slept = waiting(
      3000,
      { type: 'clock.step', d: { byMs: 60_000 } },
      { type: 'desk.gap', d: { ms: 59_000 } },
    );
    expect(slept.view('w').wait?.until).toBe(at(4));
    const other = waiting(
      3000,
      { type: 'clock.step', d: { byMs: 60_000 } },
      { type: 'desk.gap', d: { ms: 30_000 } },
    );
    expect(other.view('w').wait?.until).toBe(at(64));
  });

  test('begins by itself, ends by itself, and neither while the run is stopped', () => {
    const run = new Play(bookOf([waitStep('w')])).start();
    const first = tickWait(run.state, {}, at(1));
    expect(first).toEqual({ ok: true, value: [begun(3000, at(4))] });
    run.append([begun(3000, at(4))]);
    expect(tickWait(run.state, {}, at(3))).toEqual({ ok: true, value: [] });
    expect(tickWait(run.state, {}, at(4))).toEqual({ ok: true, value: [over] });
    run.append([{ type: 'run.stop', d: { reason: 'look', by: OPERATOR } }]);
    expect(tickWait(run.state, {}, at(9))).toEqual({ ok: true, value: [] });
  });

  test('adds its times up, and is refused when one is none or all together are too long', () => {
    const w = (...times: string[]) =>
      ({ ...waitStep('w'), for: times.map(templateOf) }) as Parameters<typeof waitLength>[0];
    expect(waitLength(w('1m', '${ttl}'), { ttl: '30s' })).toEqual({ ok: true, value: 90_000 });
    expect(refusal(waitLength(w('${ttl}'), { ttl: 'soon' }))).toContain('not a duration');
    expect(refusal(waitLength(w('${ttl}'), {}))).toContain('ttl');
    expect(refusal(waitLength(w('20d', '20d'), {}))).toContain('31 days');
  });

  test('a watch takes its times from parameters too, and is refused when one of them has no value', () => {
    const watch = { title: 'See', every: templateOf('2s'), for: templateOf('${settle}') };
    expect(watchTimes(watch, { settle: '5m' })).toEqual({
      ok: true,
      value: { everyMs: 2000, forMs: 300_000 },
    });
    expect(refusal(watchTimes(watch, {}))).toContain('settle');
  });
});

function templateOf(source: string) {
  const parsed = parseTemplate(source);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

const turn = (n: number, name: string): RecordBody => ({
  type: 'step.start',
  d: {
    step: step('c'),
    attempt: n,
    purpose: 'custodian',
    target: 'ops' as never,
    command: prepared('custodian', n).command,
    wire: prepared('custodian', n).wire,
    mode: 'pty',
    withheld: true,
    recording: `recordings/${String(n)}.cast`,
    output: `outputs/${String(n)}.out`,
    custodian: { role: 'custodian', name, basis: 'named' },
  },
});
const ended = (n: number, ok = true): readonly RecordBody[] => [
  { type: 'step.end', d: { step: step('c'), attempt: n, end: { how: 'exit', code: ok ? 0 : 1 }, ms: 5 } },
  { type: 'check', d: { step: step('c'), attempt: n, name: 'exit', expected: '0', actual: 'withheld', ok } },
];
const turned = (n: number, state: 'passed' | 'failed' | 'unknown'): RecordBody => ({
  type: 'custodian.turn',
  d: { step: step('c'), attempt: n, state },
});

function ceremony(): Play {
  return new Play(bookOf([custodiansStep('c')])).start().connect();
}

/** A sending of the same step for another purpose, which names no custodian. */
function sent(n: number, purpose: 'probe' | 'dry-run', of = 'c'): RecordBody {
  const { custodian: _custodian, ...d } = (turn(n, 'x') as { d: Record<string, unknown> }).d;
  return { type: 'step.start', d: { ...d, step: of, purpose, mode: 'exec' } } as unknown as RecordBody;
}

describe('custodians', () => {
  test('count once each, whatever their name is written like', () => {
    const run = ceremony();
    run.append([turn(1, 'Carla Diaz'), ...ended(1), turned(1, 'passed')]);
    run.append([turn(2, 'carla  DIAZ'), ...ended(2), turned(2, 'passed')]);
    expect(custodiansDone(run.view('c'))).toEqual(['Carla Diaz']);
    const again = intentOf({ kind: 'custodian', step: 'c', name: 'CARLA DIAZ', seen: SHA });
    expect(refusal(admitCommand(run.state, again as never, when))).toContain('another person');
    const own = intentOf({ kind: 'custodian', step: 'c', name: 'Alice@Example.com', seen: SHA });
    expect(refusal(admitCommand(run.state, own as never, when))).toContain('operator');
  });

  test('have not passed by a turn whose checks do not carry it', () => {
    const run = ceremony();
    run.append([turn(1, 'Carla'), ...ended(1, false), turned(1, 'passed')]);
    expect(run.view('c').turns?.[0]?.state).toBe('failed');
    expect(run.status('c')).toBe('current');
  });

  test('pass by the probe after enough turns, and by nothing else', () => {
    const probe = (n: number): readonly RecordBody[] => [sent(n, 'probe'), ...ended(n)];
    const result = (n: number, via: 'checks' | 'probe'): RecordBody => ({
      type: 'step.result',
      d: { step: step('c'), attempt: n, state: 'passed', via },
    });
    const few = ceremony();
    few.append([turn(1, 'Carla'), ...ended(1), turned(1, 'passed')]);
    for (const body of [...probe(2), result(2, 'probe')]) few.add(body);
    expect(few.status('c')).toBe('failed');
    const claimed = ceremony();
    claimed.append([turn(1, 'Carla'), ...ended(1), result(1, 'checks')]);
    expect(claimed.status('c')).toBe('failed');
    const enough = ceremony();
    enough.append([turn(1, 'Carla'), ...ended(1), turned(1, 'passed')]);
    enough.append([turn(2, 'Cyril'), ...ended(2), turned(2, 'passed')]);
    for (const body of [...probe(3), result(3, 'probe')]) enough.add(body);
    expect(enough.status('c')).toBe('passed');
  });

  test('who cannot go on are declared failed by a person who looked; without trouble nobody can', () => {
    const run = ceremony();
    const declare = intentOf({ kind: 'declare-failed', step: 'c', reason: 'cancelled' });
    const desk = { by: OPERATOR, head: SHA };
    expect(refusal(decide(run.state, declare, desk))).toContain('not unknown');
    run.append([turn(1, 'Carla'), ...ended(1, false), turned(1, 'unknown')]);
    const declared = decide(run.state, declare, desk);
    expect(declared.ok).toBe(true);
    if (declared.ok) run.append(declared.value);
    expect(run.status('c')).toBe('failed');
    // Their effect may be there, but their part is not: the record would claim what the fold refuses.
    const probe = intentOf({ kind: 'probe', step: 'c' });
    expect(refusal(admitCommand(run.state, probe as never, when))).toContain('2 of 2 custodians');
  });
});

test('a twin never passes its step', () => {
  const run = new Play(bookOf([runStep('s', { twin: true })])).start().connect();
  run.add(sent(1, 'dry-run', 's'));
  for (const body of ended(1)) run.add({ ...body, d: { ...body.d, step: 's' } } as RecordBody);
  run.add({ type: 'step.result', d: { step: step('s'), attempt: 1, state: 'passed', via: 'checks' } });
  expect(run.status('s')).toBe('failed');
});

describe('a time that is taken', () => {
  const rto: MeasureStep = {
    ...(waitStep('m') as { id: Step['id']; title: string; risk: 'read' }),
    kind: 'measure',
    from: templateOf('${a}'),
    to: templateOf('${b}'),
    limit: { op: 'below', ms: 900_000 },
    capture: 'rto_s' as VarName,
  };
  test.each([
    ['2026-11-22T02:00:00Z', '2026-11-22T02:14:59.999Z', true, '900'],
    ['2026-11-22T02:00:00Z', '2026-11-22T02:15:00Z', false, '900'],
    ['2026-11-22T02:15:00+01:00', '2026-11-22 02:00:00Z', true, '2700'].slice(0, 4) as [
      string,
      string,
      boolean,
      string,
    ],
    ['1795312800', '1795312800.000250', true, '0'],
  ])('from %s to %s', (a, b, within, seconds) => {
    const taken = takeTime(
      { ...rto, limit: { op: 'below', ms: within && seconds === '2700' ? 3_600_000 : 900_000 } },
      { a, b },
    );
    expect(taken.ok && taken.value.map(({ d }) => ('value' in d ? d.value : 'ok' in d && d.ok))).toEqual([
      seconds,
      within,
    ]);
  });
  test('is refused when an instant is none, and fails when it ends before it begins', () => {
    expect(refusal(takeTime(rto, { a: 'yesterday', b: '1795312800' }))).toContain('not an instant');
    const back = takeTime(rto, { a: '1795312801', b: '1795312800' });
    expect(back.ok && back.value[1]?.d).toMatchObject({ ms: -1000, ok: false });
    expect(parseInstant('1795312800.9999999')).toEqual({
      ok: true,
      value: new Date(1795312800999).toISOString(),
    });
  });
});

test('the signers of a hold are told of commands alone: no message, wait or time stands among them', () => {
  const steps = [
    holdStep('h'),
    notifyStep('n'),
    waitStep('w'),
    attestStep('a', { kind: 'checklist', items: ['x'] }),
    custodiansStep('c'),
  ];
  const run = new Play(bookOf(steps)).start().connect();
  const bound = boundBehind(run.state, run.view('h'), when, () => SHA);
  expect(bound).toEqual({ guards: [{ step: 'c', target: 'ops', commandSha256: SHA }], unguarded: [] });
});
