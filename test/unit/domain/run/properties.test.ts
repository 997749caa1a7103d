/** What must hold of a run whatever people ask for and whatever hosts do, in any order. */
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { CommandEnd, RecordBody } from '../../../../electron/contract/records.ts';
import type { Runbook } from '../../../../electron/contract/runbook.ts';
import type { RunStep, Step } from '../../../../electron/contract/steps.ts';
import { checkConsistency } from '../../../../electron/domain/evidence/consistency.ts';
import { conclude } from '../../../../electron/domain/run/conclude.ts';
import { admitCommand, type CommandIntent, startCommand } from '../../../../electron/domain/run/commands.ts';
import { decide, hasDeviations } from '../../../../electron/domain/run/decide.ts';
import { tickWait } from '../../../../electron/domain/run/measure.ts';
import { holdWord } from '../../../../electron/domain/run/people.ts';
import { recover } from '../../../../electron/domain/run/settle.ts';
import { isDone, replay, sawExpectationsHold } from '../../../../electron/domain/run/evolve.ts';
import type { RunState, StepView } from '../../../../electron/domain/run/state.ts';
import {
  attestStep,
  bookOf,
  custodiansStep,
  decideStep,
  holdStep,
  intentOf,
  notifyStep,
  observeStep,
  OPERATOR,
  Play,
  prepared,
  runStep,
  SHA,
  waitStep,
  when,
} from './book.ts';

const arbitraryStep = (index: number): fc.Arbitrary<Step> => {
  const id = `s${String(index)}`;
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .record({
          rerun: fc.constantFrom('safe' as const, 'check-first' as const, 'never' as const),
          probe: fc.boolean(),
          twin: fc.boolean(),
          when: fc.constantFrom(undefined, undefined, 'yes', 'no', 'broken'),
        })
        .map(({ rerun, probe, twin, when: condition }) =>
          runStep(id, {
            rerun,
            twin,
            probe: probe || rerun === 'check-first',
            ...(condition === undefined ? {} : { when: condition }),
          }),
        ),
    },
    { weight: 1, arbitrary: fc.constant(observeStep(id)) },
    { weight: 1, arbitrary: fc.constant(holdStep(id)) },
    { weight: 1, arbitrary: fc.constant(decideStep(id)) },
    { weight: 1, arbitrary: fc.constant(waitStep(id)) },
    { weight: 1, arbitrary: fc.constant(notifyStep(id)) },
    { weight: 1, arbitrary: fc.constant(custodiansStep(id)) },
    {
      weight: 1,
      arbitrary: fc.constant(
        attestStep(id, { kind: 'number', label: 'n', min: 1, max: 5 }, { capture: `c${String(index)}` }),
      ),
    },
  );
};

const arbitraryBook: fc.Arbitrary<Runbook> = fc
  .integer({ min: 1, max: 5 })
  .chain((n) =>
    fc.tuple(fc.tuple(...Array.from({ length: n }, (_, index) => arbitraryStep(index))), fc.boolean()),
  )
  .map(([steps, identity]) => bookOf(steps, identity));

const kinds = [
  'run',
  'run',
  'run',
  'run',
  'probe',
  'probe',
  'dry-run',
  'custodian',
  'custodian',
  'custodian',
  'tick',
  'tick',
  'notified',
  'attest',
  'attest-wrong',
  'decide',
  'pass-hold',
  'skip',
  'override',
  'retry',
  'retry',
  'declare-failed',
  'signal',
  'note',
  'stop',
  'continue',
  'abort',
  'finish',
  'finish',
  'start-rollback',
  'end-well',
  'end-well',
  'end-well',
  'end-badly',
  'end-lost',
  'end-late',
  'connect',
  'connect',
  'prove',
  'prove',
  'refute',
  'drop',
  'crash',
  'type',
] as const;
type Kind = (typeof kinds)[number];

/** What takes a run on: without more of these hardly any would get beyond its first step. */
const onward = [
  'run',
  'dry-run',
  'custodian',
  'probe',
  'tick',
  'notified',
  'attest',
  'decide',
  'pass-hold',
  'end-well',
  'end-well',
  'end-well',
  'connect',
  'prove',
] as const satisfies readonly Kind[];

interface Move {
  readonly kind: Kind;
  /** 0: the step that has the turn; above: any step. */
  readonly at: number;
}
const arbitraryMove: fc.Arbitrary<Move> = fc.record({
  kind: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...onward) },
    { weight: 2, arbitrary: fc.constantFrom(...kinds) },
  ),
  at: fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 5 }) },
  ),
});
/** Short ones shrink well; only long ones come through whole runbooks. */
const arbitraryMoves = fc.oneof(
  { weight: 2, arbitrary: fc.array(arbitraryMove, { maxLength: 60 }) },
  { weight: 1, arbitrary: fc.array(arbitraryMove, { minLength: 30, maxLength: 60, size: 'max' }) },
);

const ops = 'ops' as RunStep['on'];

function viewFor(state: RunState, at: number): StepView | undefined {
  return at === 0
    ? state.steps.find((view) => view.step.id === state.current)
    : state.steps[(at - 1) % state.steps.length];
}

/** What the host does for a move; the records it would append, or none when it is refused. */
function recordsFor(play: Play, move: Move): readonly RecordBody[] {
  const { state } = play;
  const step = viewFor(state, move.at)?.step ?? state.steps[0]?.step;
  if (step === undefined) return [];
  const ask = (value: Record<string, unknown>): readonly RecordBody[] => {
    const decided = decide(state, intentOf(value), { by: OPERATOR, head: play.head });
    return decided.ok ? decided.value : [];
  };
  switch (move.kind) {
    case 'run':
    case 'probe': {
      const intent = { kind: move.kind, step: step.id, seen: SHA } as const;
      const admitted = admitCommand(state, intent, when);
      if (!admitted.ok) return [];
      const purpose =
        move.kind === 'probe' ? 'probe' : admitted.value.step.kind === 'observe' ? 'observe' : 'run';
      const started = startCommand(
        state,
        admitted.value,
        prepared(purpose, state.starts + 1),
        { seen: SHA },
        new Date(0),
      );
      return started.ok ? [started.value] : [];
    }
    case 'dry-run':
    case 'custodian': {
      const name = ['Carla', 'Cyril', 'cARLA'][state.starts % 3] ?? '';
      const more = move.kind === 'custodian' ? { name } : {};
      const intent = intentOf({ kind: move.kind, step: step.id, seen: SHA, ...more }) as CommandIntent;
      const admitted = admitCommand(state, intent, when);
      if (!admitted.ok) return [];
      const made = prepared(move.kind, state.starts + 1);
      const said = { seen: SHA, custodian: name };
      const started = startCommand(state, admitted.value, made, said, new Date(0));
      return started.ok ? [started.value] : [];
    }
    case 'tick': {
      const due = tickWait(state, {}, play.now);
      return due.ok ? due.value : [];
    }
    case 'notified': {
      const message = { ref: { file: 'messages/00001-m.txt', bytes: 1, sha256: SHA }, to: 'desk' };
      const intent = intentOf({ kind: 'notified', step: step.id, seen: SHA });
      const decided = decide(state, intent, { by: OPERATOR, head: play.head, message });
      return decided.ok ? decided.value : [];
    }
    case 'attest':
    case 'attest-wrong':
      return ask({
        kind: 'attest',
        step: step.id,
        value: { kind: 'number', number: move.kind === 'attest' ? '3' : '9' },
      });
    case 'decide':
      return ask({ kind: 'decide', step: step.id, choice: 'left' });
    case 'pass-hold':
      return ask({ kind: 'pass-hold', step: step.id, names: ['Bob', 'Carla'], word: holdWord('go') });
    case 'signal':
      return ask({ kind: 'signal', step: step.id, signal: 'INT' });
    case 'start-rollback':
      return ask({ kind: 'start-rollback', runbook: 'book-back', runId: '20261121T020311Z-000000' });
    case 'note':
      return ask({ kind: 'note', text: 'note' });
    case 'skip':
    case 'override':
    case 'retry':
    case 'declare-failed':
    case 'stop':
    case 'continue':
    case 'abort':
    case 'finish':
      return ask({ kind: move.kind, step: step.id, reason: 'because' });
    case 'end-well':
      return ended(state, { how: 'exit', code: 0 }, true);
    case 'end-badly':
      return ended(state, { how: 'exit', code: 1 }, false);
    case 'end-lost':
      return ended(state, { how: 'lost', why: 'gone' }, false);
    case 'end-late':
      return ended(state, { how: 'timeout', afterMs: 5 }, false);
    case 'connect':
    case 'prove':
    case 'refute':
    case 'drop':
    case 'crash':
    case 'type':
      return hostFact(state, move.kind);
  }
}

type FactKind = Extract<Kind, 'connect' | 'prove' | 'refute' | 'drop' | 'crash' | 'type'>;

function hostFact(state: RunState, kind: FactKind): readonly RecordBody[] {
  if (state.end !== null) return [];
  const target = state.targets['ops'];
  switch (kind) {
    case 'connect':
      return target?.connected === true
        ? []
        : [
            {
              type: 'host.connect',
              d: {
                target: ops,
                address: 'a@b',
                hostKey: { type: 't', fingerprint: 'f' },
                pin: 'known',
                auth: 'a',
                kex: 'k',
                cipher: 'c',
                shell: 'sh',
                server: 's',
              },
            },
          ];
    case 'prove':
    case 'refute':
      return target?.identity === 'none-declared'
        ? []
        : [{ type: 'host.identity', d: { target: ops, ok: kind === 'prove', checks: [] } }];
    case 'drop':
      return [{ type: 'net.lost', d: { target: ops, why: 'gone' } }];
    case 'crash':
      return state.runId === null ? [] : recover(state, { boot: 'b' });
    case 'type':
      return [{ type: 'deviation', d: { target: ops, recording: 'recordings/shell.cast', fromByte: 1 } }];
  }
}

function ended(state: RunState, end: CommandEnd, held: boolean): readonly RecordBody[] {
  const running = state.steps.find((view) => view.status.state === 'running');
  const last = running?.attempts.at(-1);
  if (running === undefined || last === undefined) return [];
  return conclude({
    step: running.step.id,
    attempt: last.n,
    purpose: last.purpose,
    end,
    ms: 5,
    files: {},
    checks: [{ name: 'ends', expected: '0', actual: held ? '0' : '1', ok: held }],
    captures: { ok: true, value: {} },
  });
}

function play(
  book: Runbook,
  moves: readonly Move[],
  look: (before: RunState, after: Play, move: Move) => void,
): Play {
  const run = new Play(book).start();
  for (const move of moves) {
    const before = run.state;
    run.append(recordsFor(run, move));
    look(before, run, move);
  }
  return run;
}

const TURN = ['current', 'running', 'failed', 'unknown'];

function checkTurn(state: RunState): void {
  const open = state.steps.filter((view) => TURN.includes(view.status.state));
  if (state.end !== null) {
    expect(state.current).toBeNull();
    return;
  }
  if (state.steps.every((view) => isDone(view.status))) {
    expect(state.current).toBeNull();
    expect(open).toEqual([]);
    return;
  }
  expect(open.map((view) => view.step.id)).toEqual([state.current]);
}

// Thousands of runs: on a loaded machine they take long, and that proves nothing.
vi.setConfig({ testTimeout: 180_000 });

describe('any run', () => {
  test('has exactly one step with the turn, passes nothing unseen and sends nothing twice by itself', () => {
    fc.assert(
      fc.property(arbitraryBook, arbitraryMoves, (book, moves) => {
        const run = play(book, moves, (before, { state }) => {
          checkTurn(state);
          for (const [index, view] of state.steps.entries()) {
            checkLeaving(before.steps[index], view, state);
            if (view.status.state !== 'passed') continue;
            checkPassed(view, state.seq);
          }
        });
        checkSendings(run);
        expect(replay(book, run.records)).toEqual(run.state);
        expect(checkConsistency(endedRecords(run))).toEqual([]);
        if (run.state.end?.result === 'success') {
          const fine = ['passed', 'attested', 'decided', 'held', 'notified', 'not-applicable'];
          expect(run.state.steps.every((view) => fine.includes(view.status.state))).toBe(true);
          expect(hasDeviations(run.state)).toBe(false);
        }
      }),
      { numRuns: 800 },
    );
  });

  test('gets somewhere with these moves: passed, unknown and successful runs all come up', () => {
    // The property above says nothing otherwise. One fixed sample, so that chance has no part in it.
    const reached = { passed: 0, success: 0, unknown: 0, waited: 0, notified: 0, turns: 0, tried: 0 };
    for (const [book, moves] of fc.sample(fc.tuple(arbitraryBook, arbitraryMoves), {
      seed: 20261121,
      numRuns: 1000,
    })) {
      const { state } = play(book, moves, (_, { state: now }) => {
        if (now.steps.some((view) => view.status.state === 'unknown')) reached.unknown += 1;
        if (now.steps.some((view) => view.status.state === 'passed')) reached.passed += 1;
        if (now.steps.some((view) => view.status.state === 'notified')) reached.notified += 1;
        if (now.steps.some(({ attempts }) => attempts.some(({ dryRun }) => dryRun?.ok === true)))
          reached.tried += 1;
        const kinds = now.steps.flatMap((view) => (view.status.state === 'passed' ? [view.step.kind] : []));
        if (kinds.includes('wait')) reached.waited += 1;
        if (now.steps.some(({ turns }) => turns?.some((turn) => turn.state === 'passed') === true))
          reached.turns += 1;
      });
      if (state.end?.result === 'success') reached.success += 1;
    }
    expect(Math.min(...Object.values(reached)), JSON.stringify(reached)).toBeGreaterThan(0);
  });

  test('is closed for ever by run.end', () => {
    fc.assert(
      fc.property(
        arbitraryBook,
        arbitraryMoves,
        fc.integer({ min: 0, max: 60 }),
        arbitraryMoves,
        (book, moves, at, after) => {
          const run = play(book, [...moves.slice(0, at), { kind: 'abort', at: 0 }], () => undefined);
          fc.pre(run.state.end !== null);
          const records = run.records.length;
          for (const move of after) expect(recordsFor(run, move)).toEqual([]);
          expect(run.records.at(-1)?.type).toBe('run.end');
          expect(run.records).toHaveLength(records);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('that is stopped sends nothing and decides nothing until it is continued', () => {
    const allowed = ['continue', 'note', 'abort', 'signal', 'start-rollback', 'declare-failed'];
    fc.assert(
      fc.property(arbitraryBook, arbitraryMoves, arbitraryMoves, (book, before, after) => {
        const run = play(book, before, () => undefined);
        run.append(recordsFor(run, { kind: 'stop', at: 0 }));
        fc.pre(run.state.stopped !== null);
        for (const move of after) {
          const records = recordsFor(run, move);
          const fact = [
            'end-well',
            'end-badly',
            'end-lost',
            'end-late',
            'connect',
            'prove',
            'refute',
            'drop',
            'crash',
            'type',
            // A wait that has its turn begins by itself; it never ends while the run is stopped.
            'tick',
          ];
          if (!allowed.includes(move.kind) && !fact.includes(move.kind))
            expect(records, move.kind).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('that the app comes back to has exactly its step in flight unknown', () => {
    fc.assert(
      fc.property(arbitraryBook, arbitraryMoves, (book, moves) => {
        const run = play(book, moves, () => undefined);
        fc.pre(run.state.end === null);
        const before = run.state;
        run.append(recover(before, { boot: 'b' }));
        for (const [index, view] of run.state.steps.entries()) {
          const was = before.steps[index]?.status.state;
          // A twin changes nothing, and of custodians the turn is what is not known.
          const beside = ['dry-run', 'custodian'].includes(
            before.steps[index]?.attempts.at(-1)?.purpose ?? '',
          );
          expect(view.status.state).toBe(was === 'running' ? (beside ? 'current' : 'unknown') : was);
          if (was === 'running' && view.step.kind === 'custodians' && beside)
            expect(view.turns?.at(-1)?.state).toBe('unknown');
        }
        expect(Object.values(run.state.targets).some((target) => target.connected)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  test('never believes a forged result', () => {
    fc.assert(
      fc.property(
        arbitraryBook,
        arbitraryMoves,
        fc.nat(4),
        fc.integer({ min: 1, max: 4 }),
        (book, moves, at, attempt) => {
          const run = play(book, moves, () => undefined);
          const view = run.state.steps[at % run.state.steps.length];
          fc.pre(view !== undefined && run.state.end === null && view.status.state !== 'passed');
          const last = view.attempts.at(-1);
          const carried = last?.n === attempt && carries(view);
          run.add({
            type: 'step.result',
            d: { step: view.step.id, attempt, state: 'passed', via: 'checks' },
          });
          expect(run.status(view.step.id) === 'passed').toBe(carried);
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** Whether the last attempt lets the step pass: no twin and no single custodian's turn ever does. */
function carries(view: StepView): boolean {
  const last = view.attempts.at(-1);
  if (last === undefined || !sawExpectationsHold(last)) return false;
  if (view.step.kind !== 'custodians') return last.purpose !== 'dry-run';
  const names = (view.turns ?? []).flatMap(({ state, name }) =>
    state === 'passed' ? [name.toLowerCase()] : [],
  );
  return last.purpose === 'probe' && new Set(names).size >= view.step.needs;
}

/** `seq`: of the record after the one that was folded last; there is one a second. */
function checkPassed(view: StepView, seq: number): void {
  if (view.step.kind !== 'wait') {
    expect(carries(view)).toBe(true);
    return;
  }
  const now = Date.UTC(2026, 10, 21, 2, 0, seq - 1);
  expect(now).toBeGreaterThanOrEqual(Date.parse(view.wait?.at ?? '') + 3000);
}

/** How a step may leave `unknown`, and that nothing but a decision sends it again. */
function checkLeaving(before: StepView | undefined, after: StepView, state: RunState): void {
  if (before?.status.state !== 'unknown' || after.status.state === 'unknown') return;
  const last = before.attempts.at(-1);
  const allowed: readonly string[] = ['running', 'failed', 'overridden', 'current'];
  expect(allowed, `${after.step.id}; run ended: ${String(state.end !== null)}`).toContain(after.status.state);
  if (after.status.state === 'running') expect(after.attempts.at(-1)?.purpose).toBe('probe');
  if (after.status.state !== 'current') return;
  expect(after.status.retry).toBeDefined();
  if (after.step.kind !== 'run') return;
  expect(after.step.rerun).not.toBe('never');
  if (after.step.rerun === 'check-first') {
    expect(last?.purpose).toBe('probe');
    expect(last?.end?.how).toBe('exit');
  }
}

/** Each sending but the first has a decision of its own before it, and a step with `never` has one at the most. */
function checkSendings(run: Play): void {
  for (const { step } of run.state.steps) {
    let allowed = 1;
    let sent = 0;
    for (const record of run.records) {
      if (record.type === 'step.retry' && record.d.step === step.id) allowed = sent + 1;
      if (record.type !== 'step.start' || record.d.step !== step.id) continue;
      if (record.d.purpose !== 'run' && record.d.purpose !== 'observe') continue;
      sent += 1;
      expect(sent).toBeLessThanOrEqual(allowed);
    }
    if (step.kind === 'run' && step.rerun === 'never') expect(sent).toBeLessThanOrEqual(1);
  }
}

/** The same records, closed in the only way that is always open: what the verifier looks at has an end. */
function endedRecords(run: Play): Play['records'] {
  if (run.state.end !== null) return run.records;
  const copy = new Play(run.runbook);
  for (const { type, d } of run.records) copy.add({ type, d } as RecordBody);
  copy.append([...recover(copy.state, { boot: 'b' })]);
  const aborted = decide(copy.state, { kind: 'abort', reason: 'over' }, { by: OPERATOR, head: copy.head });
  if (!aborted.ok) throw new Error(aborted.error.message);
  copy.append(aborted.value);
  return copy.records;
}

describe('what was seen', () => {
  test('always fits the record, whatever a host sends', () => {
    const weird = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 3000 }),
      fc.string({ maxLength: 6000 }),
      fc.constant('\u{1f600}\u0000'.repeat(900)),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.record({ how: fc.constant('exit' as const), code: fc.integer() }),
          fc.record({ how: fc.constant('signal' as const), signal: weird }),
          fc.record({ how: fc.constant('lost' as const), why: weird }),
          fc.record({ how: fc.constant('timeout' as const), afterMs: fc.nat() }),
        ),
        fc.array(fc.record({ name: weird, expected: weird, actual: weird, ok: fc.boolean() }), {
          maxLength: 3,
        }),
        fc.oneof(
          weird.map((value) => ({ ok: true as const, value: { found: value } })),
          weird.map((error) => ({ ok: false as const, error })),
        ),
        fc.constantFrom('run' as const, 'observe' as const, 'probe' as const),
        (end, checks, captures, purpose) => {
          const run = new Play(bookOf([runStep('s0')])).start().connect();
          const bodies = conclude({
            step: 's0' as Step['id'],
            attempt: 1,
            purpose,
            end,
            ms: 1,
            files: {},
            checks,
            captures,
          });
          for (const body of bodies) run.add(body);
          const result = bodies.at(-1);
          const all =
            end.how === 'exit' && checks.length > 0 && checks.every((check) => check.ok) && captures.ok;
          expect(result?.type === 'step.result' && result.d.state === 'passed').toBe(all);
        },
      ),
      { numRuns: 400 },
    );
  });
});
