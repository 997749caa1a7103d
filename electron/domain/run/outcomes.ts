/** Judges what people say of an outcome that is open, or of a command that runs. Pure; see decide.ts. */
import type { IntentOf } from '../../contract/intents.ts';
import type { RecordBody } from '../../contract/records.ts';
import { assertNever, ok, type Result } from '../../contract/result.ts';
import { escapeText } from '../evidence/jcs.ts';
import { attachable } from './attach.ts';
import { memberOf, membersByState, retryPlan } from './members.ts';
import { recordText } from './recordText.ts';
import { refuse, type Refusal, turnOf } from './refusal.ts';
import type { RunState, StepView } from './state.ts';

type Bodies = readonly RecordBody[];

export function overrideOutcome(state: RunState, intent: IntentOf<'override'>, by: string): Result<Bodies> {
  const turn = turnOf(state, intent.step);
  if (!turn.ok) return turn;
  const { step, status } = turn.value;
  if (status.state !== 'failed' && status.state !== 'unknown') {
    return refuse(`Only a failed or unknown outcome can be overridden; ${step.title} is ${status.state}.`);
  }
  return ok([{ type: 'step.override', d: { step: step.id, reason: escapeText(intent.reason), by } }]);
}

export function retry(state: RunState, intent: IntentOf<'retry'>, by: string): Result<Bodies> {
  const turn = turnOf(state, intent.step);
  if (!turn.ok) return turn;
  const { step, status } = turn.value;
  if (status.state !== 'failed' && status.state !== 'unknown') {
    return refuse(`${step.title} is ${status.state}: there is nothing to retry.`);
  }
  const barred =
    turn.value.members === undefined ? barredFromRetry(turn.value) : barredFromMembers(turn.value);
  if (barred !== null) return barred;
  return ok([{ type: 'step.retry', d: { step: step.id, reason: escapeText(intent.reason), by } }]);
}

function barredFromRetry(view: StepView): Refusal | null {
  const { step } = view;
  if (step.kind !== 'run' && step.kind !== 'transfer') return null;
  if (attachable(view).length > 0) return stillGoingOn(step.title);
  switch (step.rerun) {
    case 'safe':
      return null;
    case 'check-first': {
      const last = view.attempts.find((attempt) => attempt.n === view.latest);
      const probed = last?.purpose === 'probe' && last.end?.how === 'exit';
      return probed
        ? null
        : refuse(
            `${step.title} may be sent again only after its probe has shown where it stands.`,
            'Run the probe.',
          );
    }
    case 'never':
      return neverTwice(step.title);
    default:
      return assertNever(step.rerun);
  }
}

/** A group may be gone over again when there is a member it goes to. */
function barredFromMembers(view: StepView): Refusal | null {
  const plan = retryPlan(view);
  if (plan.goes.length > 0) return null;
  if (plan.barred.some(({ why }) => why === 'attach-first')) return stillGoingOn(view.step.title);
  return plan.barred.some(({ why }) => why === 'probe-first')
    ? refuse(
        `${view.step.title} may be sent again only after its probe has shown where it stands.`,
        'Run the probe.',
      )
    : neverTwice(view.step.title);
}

/** Nothing is started a second time beside a command that may still be at work. */
function stillGoingOn(title: string): Refusal {
  return refuse(
    `The command of ${title} may still go on on the host.`,
    'Take it up again; or look, and declare it failed first.',
  );
}

function neverTwice(title: string): Refusal {
  return refuse(
    `The runbook says that ${title} is never sent twice.`,
    'Override it with a reason, start the rollback, or abort.',
  );
}

/** A person looked and says that it failed: the step, and each member whose outcome is not known. */
export function declareFailed(
  state: RunState,
  intent: IntentOf<'declare-failed'>,
  by: string,
): Result<Bodies> {
  const turn = turnOf(state, intent.step);
  if (!turn.ok) return turn;
  const view = turn.value;
  const { step, status } = view;
  if (status.state !== 'unknown' && !isStuck(view)) {
    return refuse(`${step.title} is ${status.state}, not unknown.`);
  }
  const reason = recordText(`${by}: ${intent.reason}`, 4000);
  const members = membersByState(view).unknown.map((target): RecordBody => {
    const attempt = memberOf(view, target)?.attempt;
    const own = attempt === undefined ? {} : { attempt };
    return { type: 'target.result', d: { step: step.id, target, ...own, state: 'failed', reason } };
  });
  return ok([
    ...members,
    {
      type: 'step.result',
      d: { step: step.id, attempt: Math.max(1, view.latest), state: 'failed', via: 'person', reason },
    },
  ]);
}

/** Custodians who cannot go on: a turn did not pass, and whether its part was taken is for a person to find out. */
function isStuck({ step, status, turns = [] }: StepView): boolean {
  const open = turns.some((turn) => turn.state !== 'passed' && turn.state !== 'running');
  return step.kind === 'custodians' && status.state === 'current' && open;
}

/** A signal for the command that runs; on a group for one member, or for all that run, and then no further one starts. */
export function signal(state: RunState, intent: IntentOf<'signal'>, by: string): Result<Bodies> {
  const turn = turnOf(state, intent.step);
  if (!turn.ok) return turn;
  const view = turn.value;
  const { step, status } = view;
  if (status.state !== 'running') return refuse(`${step.title} is not running.`);
  const member = intent.target === undefined ? undefined : memberOf(view, intent.target);
  if (intent.target !== undefined && view.members !== undefined && member?.state !== 'running') {
    return refuse(`${step.title} is not running on ${intent.target}.`);
  }
  return ok([
    {
      type: 'step.signal',
      d: {
        step: step.id,
        attempt: Math.max(1, member?.attempt ?? view.latest),
        signal: intent.signal,
        by,
        ...(member === undefined || intent.target === undefined ? {} : { target: intent.target }),
      },
    },
  ]);
}
