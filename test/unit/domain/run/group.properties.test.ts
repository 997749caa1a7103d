/** What must hold of steps on groups whatever hosts do and people ask for, in any order. */
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { FanOut, RunStep } from '../../../../electron/contract/steps.ts';
import { checkConsistency } from '../../../../electron/domain/evidence/consistency.ts';
import { attachable, attachRecord } from '../../../../electron/domain/run/attach.ts';
import { memberNotRun } from '../../../../electron/domain/run/conclude.ts';
import { decide } from '../../../../electron/domain/run/decide.ts';
import { replay, sawExpectationsHold } from '../../../../electron/domain/run/evolve.ts';
import {
  concludeGroup,
  fanOutOf,
  membersToProbe,
  nextMembers,
} from '../../../../electron/domain/run/group.ts';
import { attemptOf, runningOn } from '../../../../electron/domain/run/members.ts';
import { recover } from '../../../../electron/domain/run/settle.ts';
import type { StepView } from '../../../../electron/domain/run/state.ts';
import { bookOf, groupStep, intentOf, OPERATOR, Play, runStep } from './book.ts';
import { type Fate, finish, goOver, members, send, stepId, target } from './crowd.ts';

const fates: readonly Fate[] = ['well', 'well', 'well', 'well', 'badly', 'lost', 'late', 'unreached'];

const arbitraryFanOut: fc.Arbitrary<FanOut> = fc
  .record({
    order: fc.constantFrom('serial' as const, 'canary' as const, 'parallel' as const),
    limit: fc.integer({ min: 1, max: 30 }),
    onFailure: fc.constantFrom('stop' as const, 'go-on' as const),
  })
  .map((fanOut) => ({ ...fanOut, limit: fanOut.order === 'serial' ? 1 : fanOut.limit }));

function crowd(step: RunStep, names: readonly string[]): Play {
  const play = new Play(bookOf([step, runStep('after')])).start(names).connect();
  for (const name of names) play.connect(name);
  return play;
}

// Thousands of runs: on a loaded machine they take long, and that proves nothing.
vi.setConfig({ testTimeout: 180_000 });

describe('going over any group once', () => {
  const arbitraryCrowd = fc.record({
    fanOut: arbitraryFanOut,
    fate: fc.oneof(
      { weight: 1, arbitrary: fc.constant<Fate[]>(['well']) },
      {
        weight: 3,
        arbitrary: fc.array(fc.constantFrom(...fates), { minLength: 1, maxLength: 40 }),
      },
    ),
    picks: fc.array(fc.nat(40), { minLength: 1, maxLength: 20 }),
  });

  function check(
    size: number,
    { fanOut, fate, picks }: { fanOut: FanOut; fate: readonly Fate[]; picks: readonly number[] },
  ): void {
    const names = members(size);
    const play = crowd(groupStep('s', fanOut), names);
    const fateOf = (name: string): Fate => fate[names.indexOf(name) % fate.length] ?? 'well';
    let turn = 0;
    const most = goOver(play, 's', fateOf, () => picks[turn++ % picks.length] ?? 0);
    expect(most).toBeLessThanOrEqual(fanOut.limit);
    checkOrder(play, fanOut, names);
    const settled = Object.values(play.view('s').members ?? {}).map((member) => member.state);
    expect(settled).toHaveLength(size);
    const results = play.records.flatMap((record) =>
      record.type === 'target.result' ? [record.d.target as string] : [],
    );
    expect([...results].sort(), 'every member ends with exactly one result').toEqual([...names].sort());
    const all = names.every((name) => fateOf(name) === 'well');
    expect(play.status('s') === 'passed').toBe(all);
    expect(play.status('s') === 'unknown').toBe(settled.includes('unknown'));
    expect(replay(play.runbook, play.records)).toEqual(play.state);
    expect(story(play)).toEqual([]);
  }

  test('keeps to its limit, sends the canary alone, stops when it is to, and ends each member once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 25 }), arbitraryCrowd, (size, given) => {
        check(size, given);
      }),
      { numRuns: 80 },
    );
  });

  test('also with a hundred members', () => {
    fc.assert(
      fc.property(arbitraryCrowd, (given) => {
        check(100, given);
      }),
      { numRuns: 4 },
    );
  });
});

/** From the records alone: what was started when. */
function checkOrder(play: Play, fanOut: FanOut, names: readonly string[]): void {
  let running = 0;
  let passed = 0;
  let bad = 0;
  for (const record of play.records) {
    if (record.type === 'step.start') {
      running += 1;
      if (fanOut.order === 'canary' && passed === 0) {
        expect(running, 'the canary runs alone').toBe(1);
        expect(bad, 'and nothing follows one that did not pass').toBe(0);
      }
      if (fanOut.onFailure === 'stop') expect(bad, 'nothing is started after a failure').toBe(0);
    }
    if (record.type !== 'target.result') continue;
    if (record.d.attempt !== undefined) running -= 1;
    if (record.d.state === 'passed') passed += 1;
    else bad += 1;
  }
  const started = play.view('s').attempts.map((attempt) => attempt.target as string);
  expect(started, 'members are started in their order').toEqual(
    names.filter((name) => started.includes(name)),
  );
}

const moves = [
  'start',
  'start',
  'start',
  'start',
  'start',
  'start',
  'probe',
  'probe',
  'well',
  'well',
  'well',
  'badly',
  'lost',
  'adrift',
  'unreached',
  'well',
  'well',
  'conclude',
  'conclude',
  'conclude',
  'attach',
  'attach',
  'signal',
  'signal-one',
  'stop',
  'continue',
  'retry',
  'retry',
  'declare-failed',
  'override',
  'crash',
  'forge-member',
  'forge-step',
] as const;
type Move = { readonly kind: (typeof moves)[number]; readonly at: number };

const forging: readonly Move['kind'][] = ['forge-member', 'forge-step'];

function carryOut(play: Play, { kind, at }: Move): void {
  const view = play.view('s');
  const running = Object.entries(view.members ?? {}).flatMap(([name, { state }]) =>
    state === 'running' ? [name] : [],
  );
  const one = running[at % Math.max(1, running.length)];
  const ask = (value: Record<string, unknown>) => {
    const intent = intentOf({ step: 's', reason: 'because', ...value });
    const decided = decide(play.state, intent, { by: OPERATOR, head: play.head });
    if (decided.ok) play.append(decided.value);
  };
  switch (kind) {
    case 'start': {
      const next = play.state.stopped === null ? nextMembers(view, fanOutOf(view.step)).start : [];
      const member = next[at % Math.max(1, next.length)];
      const open = view.status.state === 'current' || view.status.state === 'running';
      if (member !== undefined && open) send(play, 's', member);
      return;
    }
    case 'unreached': {
      const [member] = nextMembers(view, fanOutOf(view.step)).start;
      const open = view.status.state === 'current' || view.status.state === 'running';
      if (member !== undefined && open) play.append([memberNotRun(stepId('s'), member, 'not reached')]);
      return;
    }
    case 'probe': {
      const todo = membersToProbe(view);
      const member = todo[at % Math.max(1, todo.length)];
      if (member !== undefined && running.length === 0) send(play, 's', member, 'probe');
      return;
    }
    case 'well':
    case 'badly':
    case 'lost':
    case 'adrift': {
      if (one === undefined) return;
      const attempt = runningOn(view, one);
      const detached = attempt?.mode === 'detached';
      finish(play, 's', one, kind === 'adrift' && !detached ? 'lost' : kind);
      return;
    }
    case 'conclude':
      if (view.status.state !== 'running') return;
      if (at > 1 && !nextMembers(view, fanOutOf(view.step)).done) return;
      play.append(concludeGroup(view));
      return;
    case 'attach': {
      const open = attachable(view);
      const attempt = open[at % Math.max(1, open.length)];
      if (attempt === undefined) return;
      const record = attachRecord(play.state, { kind: 'attach', step: stepId('s') }, attempt.n, at);
      if (record.ok) play.append([record.value]);
      return;
    }
    case 'signal':
      ask({ kind: 'signal', signal: 'INT' });
      return;
    case 'signal-one':
      ask({ kind: 'signal', signal: 'INT', target: one ?? 'web-001' });
      return;
    case 'crash':
      if (play.state.end === null) play.append(recover(play.state, { boot: 'b' }));
      return;
    case 'forge-member': {
      const name = Object.keys(view.members ?? {})[at % Math.max(1, Object.keys(view.members ?? {}).length)];
      if (name === undefined) return;
      const attempt = (at % 4) + 1;
      play.add({
        type: 'target.result',
        d: { step: stepId('s'), target: target(name), attempt, state: 'passed' },
      });
      return;
    }
    case 'forge-step':
      play.add({
        type: 'step.result',
        d: { step: stepId('s'), attempt: Math.max(1, view.latest), state: 'passed', via: 'targets' },
      });
      return;
    case 'continue':
    case 'declare-failed':
    case 'override':
    case 'retry':
    case 'stop':
      ask({ kind });
  }
}

/** What a view may claim: a member passed by its own last attempt, the step by all of its members. */
function checkHonest(view: StepView): void {
  const entries = Object.entries(view.members ?? {});
  for (const [name, member] of entries) {
    const own = attemptOf(view, name);
    if (member.state === 'passed') {
      expect(own !== null && sawExpectationsHold(own)).toBe(true);
    }
  }
  if (view.status.state === 'passed') {
    expect(entries.length).toBeGreaterThan(0);
    expect(entries.every(([, member]) => member.state === 'passed')).toBe(true);
  }
}

/** Each sending to a host but the first has a decision of its own before it; to one that passed there is none. */
function checkSendings(play: Play, never: boolean): void {
  for (const name of Object.keys(play.view('s').members ?? {})) {
    let sent = 0;
    let allowed = 1;
    let passed = false;
    for (const record of play.records) {
      if (record.type === 'step.retry') allowed = sent + 1;
      if (record.type === 'target.result' && record.d.target === name) passed = record.d.state === 'passed';
      if (record.type !== 'step.start' || record.d.target !== name || record.d.purpose !== 'run') continue;
      sent += 1;
      expect(passed, `${name} is sent again where it has passed`).toBe(false);
      expect(sent).toBeLessThanOrEqual(never ? 1 : allowed);
    }
  }
}

function story(play: Play): readonly string[] {
  const copy = new Play(play.runbook);
  for (const { type, d } of play.records) copy.add({ type, d } as Parameters<Play['add']>[0]);
  if (copy.state.end === null) {
    copy.append(recover(copy.state, { boot: 'b' }));
    const aborted = decide(copy.state, intentOf({ kind: 'abort', reason: 'over' }), {
      by: OPERATOR,
      head: copy.head,
    });
    if (!aborted.ok) throw new Error(aborted.error.message);
    copy.append(aborted.value);
  }
  return checkConsistency(copy.records).map(({ id, message }) => `${id}: ${message}`);
}

describe('a group step, whatever happens', () => {
  const arbitraryPlay = fc.record({
    fanOut: arbitraryFanOut,
    size: fc.integer({ min: 1, max: 5 }),
    rerun: fc.constantFrom('safe' as const, 'check-first' as const, 'never' as const),
    mode: fc.constantFrom('exec' as const, 'detached' as const),
    moves: fc.array(fc.record({ kind: fc.constantFrom(...moves), at: fc.nat(7) }), {
      maxLength: 60,
      size: 'max',
    }),
  });

  function run(
    given: { fanOut: FanOut; size: number; rerun: RunStep['rerun']; mode: RunStep['mode']; moves: Move[] },
    look: (play: Play) => void,
  ): Play {
    const { fanOut, size, rerun, mode } = given;
    const play = crowd(groupStep('s', fanOut, { rerun, mode, probe: true }), members(size));
    for (const move of given.moves) {
      carryOut(play, move);
      // The app that came back is connected again before anything else is asked of it.
      if (move.kind === 'crash') for (const name of members(size)) play.connect(name);
      look(play);
    }
    return play;
  }

  test('claims nothing that was not seen, sends nothing twice by itself, and tells a story that holds together', () => {
    fc.assert(
      fc.property(arbitraryPlay, (given) => {
        const honest = { ...given, moves: given.moves.filter(({ kind }) => !forging.includes(kind)) };
        const play = run(honest, ({ state }) => {
          for (const view of state.steps) checkHonest(view);
        });
        checkSendings(play, given.rerun === 'never');
        expect(replay(play.runbook, play.records)).toEqual(play.state);
        expect(story(play)).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  test('believes no forged result, of a member or of the step', () => {
    fc.assert(
      fc.property(arbitraryPlay, (given) => {
        run(given, ({ state }) => {
          for (const view of state.steps) checkHonest(view);
        });
      }),
      { numRuns: 400 },
    );
  });

  test('gets somewhere with these moves', () => {
    const reached = { passed: 0, unknown: 0, attached: 0, retried: 0, probed: 0 };
    for (const given of fc.sample(arbitraryPlay, { seed: 20261122, numRuns: 300 })) {
      const honest = { ...given, moves: given.moves.filter(({ kind }) => !forging.includes(kind)) };
      const play = run(honest, () => undefined);
      const view = play.view('s');
      if (view.status.state === 'passed') reached.passed += 1;
      if (play.records.some((r) => r.type === 'step.result' && r.d.state === 'unknown')) reached.unknown += 1;
      if (view.attempts.some((attempt) => attempt.attached > 0)) reached.attached += 1;
      if (play.state.retries > 0) reached.retried += 1;
      if (view.attempts.some((attempt) => attempt.purpose === 'probe')) reached.probed += 1;
    }
    expect(Math.min(...Object.values(reached)), JSON.stringify(reached)).toBeGreaterThan(5);
  });
});
