/**
 * Begins and ends the waits of a run: both are records, and what ends one is the clock. It never shortens a wait, and
 * none is lost when the app goes away, because the time stands in the journal.
 */
import { Instant } from '../../contract/ids.ts';
import type { Plan } from '../../contract/plan.ts';
import type { RecordBody } from '../../contract/records.ts';
import { type Failure, fail, type Result } from '../../contract/result.ts';
import { tickWait } from '../../domain/run/measure.ts';
import { valuesOf } from '../../domain/run/scope.ts';
import type { RunState } from '../../domain/run/state.ts';
import type { Clock } from '../ports.ts';

/** Looked at again this often at the most: a clock that is set does not keep a wait open for long. */
const LOOK_AGAIN_MS = 5_000;

export interface WaitOptions {
  readonly plan: Plan;
  readonly clock: Clock;
  readonly state: () => RunState;
  readonly serially: <T>(work: () => Promise<T>) => Promise<T>;
  readonly append: (bodies: readonly RecordBody[]) => Promise<Result<null>>;
  /** Has a clock that was set go on record. */
  readonly lookAtClock: () => Promise<Result<null>>;
  /** A wait could not be begun or ended; it is tried again. */
  readonly onProblem: (failure: Failure) => void;
}

export interface Waits {
  /** Something went on record: a wait may have got its turn. */
  recorded(): void;
  close(): void;
}

export function createWaits({
  plan,
  clock,
  state,
  serially,
  append,
  lookAtClock,
  onProblem,
}: WaitOptions): Waits {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let closed = false;
  let told: string | undefined;

  /** Milliseconds until there may be something to do; null when no wait has the turn. */
  function due(): number | null {
    const now = state();
    const view = now.steps.find((each) => each.step.id === now.current);
    if (view?.step.kind !== 'wait' || view.status.state !== 'current' || now.end !== null) return null;
    if (view.wait === undefined) return 0;
    const left = Date.parse(view.wait.until) - clock.now().getTime();
    return now.stopped === null ? Math.min(Math.max(left, 0), LOOK_AGAIN_MS) : LOOK_AGAIN_MS;
  }

  async function tick(): Promise<void> {
    await serially(async () => {
      if (closed) return;
      const done = await beginOrEnd();
      tell(done.ok ? null : done.error);
    });
  }

  async function beginOrEnd(): Promise<Result<null>> {
    // A wait that is over by a clock that was set is not over: whether it was set is on record first.
    const looked = await lookAtClock();
    if (!looked.ok) return looked;
    const now = Instant.parse(clock.now().toISOString());
    const bodies = tickWait(state(), valuesOf(state(), plan), now);
    if (!bodies.ok) return bodies;
    return bodies.value.length === 0 ? looked : append(bodies.value);
  }

  /** What keeps a wait from beginning or ending is said once, and again when it is something else. */
  function tell(failure: Failure | null): void {
    if (failure?.message === told) return;
    told = failure?.message;
    if (failure !== null) onProblem(failure);
  }

  function arm(least = 0): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const ms = closed ? null : due();
    if (ms === null) return;
    timer = setTimeout(
      () => {
        timer = null;
        // What could not be put on record is tried again.
        void tick()
          .catch((error: unknown) => {
            tell(fail('internal', error instanceof Error ? error.message : String(error)).error);
          })
          .finally(() => {
            arm(1_000);
          });
      },
      Math.max(ms, least),
    );
  }

  return {
    recorded() {
      arm();
    },
    close() {
      closed = true;
      arm();
    },
  };
}
