/** Drives one run to its end as a client of the host. Whoever answers (a script, a person) is behind `Person`. */
import type { HostEvent } from '../contract/calls.ts';
import type { CommandPreview, MessagePreview, RunSnapshot } from '../contract/views.ts';
import type { Intent } from '../contract/intents.ts';
import type { RunId } from '../contract/ids.ts';
import { type Failure, fail, ok, type Result } from '../contract/result.ts';
import { evolve, replay } from '../domain/run/evolve.ts';
import { custodiansDone } from '../domain/run/evolveTurns.ts';
import type { RunState, StepView } from '../domain/run/state.ts';
import type { Client } from './client.ts';

/** What to do at the step that has the turn. `leave` lets go of the run without ending it. */
export type Move = { readonly kind: 'intent'; readonly intent: Intent } | { readonly kind: 'leave' };

export interface Person {
  /** Called with the step that has the turn, whenever it needs somebody. */
  move(
    view: StepView,
    state: RunState,
    preview: CommandPreview | null,
    message?: MessagePreview | null,
  ): Promise<Result<Move>>;
  /** A wait has the turn; null when it is `over`. Without it nobody is asked. */
  wait?(view: StepView, over: AbortSignal): Promise<Result<Move | null>>;
  /** Called when a move was refused; false gives up. */
  refused(failure: Failure, view: StepView): Promise<boolean>;
  /** A command is under way. The returned function is called at its end. */
  watch(snapshot: RunSnapshot, view: StepView): Promise<() => void>;
  /** A step's outcome is on record. */
  saw(view: StepView): void;
}

/** Goes on until the run has ended or is let go of; returns its last state. */
export async function driveRun(client: Client, runId: RunId, person: Person): Promise<Result<RunState>> {
  const opened = await client.call('run.open', { runId });
  if (!opened.ok) return opened;
  const run = followRun(client, opened.value);
  try {
    for (;;) {
      const state = run.state();
      if (state.end !== null) return ok(state);
      const view = state.steps.find((candidate) => candidate.step.id === state.current);
      const next =
        view === undefined
          ? await client.call('run.intent', { runId, intent: { kind: 'finish' } })
          : await turn(client, runId, person, run, view);
      if (!next.ok) return next;
      if (next.value === 'leave') return ok(run.state());
    }
  } finally {
    run.stop();
  }
}

async function turn(
  client: Client,
  runId: RunId,
  person: Person,
  run: Followed,
  view: StepView,
): Promise<Result<'leave' | null>> {
  if (view.status.state === 'running') {
    await settled(person, run, view);
    return ok(null);
  }
  if (view.step.kind === 'wait' && view.status.state === 'current')
    return throughWait(client, runId, person, run, view);
  const shown = await whatIsShown(client, runId, view);
  const move = await person.move(view, run.state(), shown.command, shown.message);
  if (!move.ok) return move;
  if (move.value.kind === 'leave') return ok('leave');
  const done = await client.call('run.intent', { runId, intent: move.value.intent });
  if (!done.ok) {
    return (await person.refused(done.error, view)) ? ok(null) : done;
  }
  // A group is gone over after the answer: its step has begun when its first member has.
  if (move.value.intent.kind === 'run' && view.members !== undefined) {
    await run.until(() => {
      const { steps, stopped, end } = run.state();
      return steps[view.index]?.status.state !== 'current' || stopped !== null || end !== null;
    });
  }
  await settled(person, run, view);
  return ok(null);
}

/** The command or the message of a step as it stands now; for custodians the probe once enough of them are done. */
async function whatIsShown(client: Client, runId: RunId, { step, turns }: StepView) {
  if (step.kind === 'notify') {
    const message = await client.call('run.message', { runId, step: step.id });
    return { command: null, message: message.ok ? message.value : null };
  }
  const { kind } = step;
  if (kind !== 'run' && kind !== 'observe' && kind !== 'transfer' && kind !== 'custodians')
    return { command: null, message: null };
  const enough =
    kind === 'custodians' && custodiansDone(turns === undefined ? {} : { turns }).length >= step.needs;
  const of = kind === 'custodians' ? { of: enough ? ('probe' as const) : ('custodian' as const) } : {};
  const command = await client.call('run.preview', { runId, step: step.id, ...of });
  return { command: command.ok ? command.value : null, message: null };
}

/** The host ends a wait by itself; meanwhile whoever is there may skip it, give the run up or let go of it. */
async function throughWait(
  client: Client,
  runId: RunId,
  person: Person,
  run: Followed,
  view: StepView,
): Promise<Result<'leave' | null>> {
  const now = () => run.state().steps[view.index] ?? view;
  await run.until(
    () => now().wait !== undefined || now().status.state !== 'current' || run.state().end !== null,
  );
  const over = new AbortController();
  const waited = run
    .until(() => now().status.state !== 'current' || run.state().end !== null)
    .then(() => {
      over.abort();
    });
  const move = person.wait === undefined ? (await waited, ok(null)) : await person.wait(now(), over.signal);
  if (!move.ok) return move;
  if (move.value === null) await waited;
  else if (move.value.kind === 'leave') return ok('leave');
  else {
    const done = await client.call('run.intent', { runId, intent: move.value.intent });
    if (!done.ok && !over.signal.aborted) return (await person.refused(done.error, view)) ? ok(null) : done;
  }
  person.saw(now());
  return ok(null);
}

/** Waits while the step runs, then tells what came of it. */
async function settled(person: Person, run: Followed, view: StepView): Promise<void> {
  const now = () => run.state().steps[view.index] ?? view;
  if (now().status.state === 'running') {
    const unwatch = await person.watch(run.snapshot, now());
    await run.until(() => now().status.state !== 'running');
    unwatch();
  }
  person.saw(now());
}

interface Followed {
  readonly snapshot: RunSnapshot;
  state(): RunState;
  until(condition: () => boolean): Promise<void>;
  stop(): void;
}

/** Folds a run's records as they come. */
function followRun(client: Client, snapshot: RunSnapshot): Followed {
  let state = replay(snapshot.runbook, snapshot.records);
  const waiting = new Set<() => void>();
  const stop = client.onEvent((event: HostEvent) => {
    if (event.type !== 'run.records' || event.runId !== snapshot.plan.runId) return;
    for (const record of event.records) {
      if (record._seq >= state.seq) state = evolve(state, record);
    }
    for (const check of waiting) check();
  });
  return {
    snapshot,
    state: () => state,
    until: (condition) =>
      new Promise((resolve) => {
        const check = () => {
          if (!condition()) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    stop,
  };
}

/** A failure for a step that the script does not answer. */
export function unanswered(view: StepView): Result<never> {
  return fail('bad-request', `The answers have nothing for ${view.step.id} (${view.step.title}).`, {
    kept: 'The run is kept and can be resumed.',
    hint: `Add it under steps: ${view.step.id}.`,
  });
}
