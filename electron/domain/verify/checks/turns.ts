/**
 * Whether each step had its turn: nothing happens at a step before the ones in front of it have an outcome, no hold is
 * passed over, and only a condition that was really false takes a step out of the run.
 */
import type { JournalRecord, RecordOf } from '../../../contract/records.ts';
import type { Step } from '../../../contract/runbook.ts';
import { escapeText } from '../../evidence/jcs.ts';
import { stepsBehind } from '../../run/holdGuards.ts';
import { scopeOf } from '../../run/scope.ts';
import type { RunState } from '../../run/state.ts';
import { evaluateCondition } from '../../runbook/condition.ts';
import { type Context, placeOf } from '../context.ts';

/** What happens at a step only while it has the turn. */
const IN_TURN = [
  'step.start',
  'attest',
  'decision',
  'hold.sign',
  'hold.pass',
  'step.skip',
  'step.override',
  'step.retry',
  'step.na',
] as const;
type InTurn = JournalRecord & RecordOf<(typeof IN_TURN)[number]>;

/** `state`: what the records before this one give with the runbook. */
export function checkTurn(context: Context, record: JournalRecord, step: Step, state: RunState): void {
  const { plan, report } = context;
  if (record.type === 'hold.request') checkBehind(context, record, state);
  if (!isInTurn(record)) return;
  const place = placeOf(record);
  if (state.current !== step.id) {
    const turn = state.current === null ? 'no step has the turn' : `${state.current} has the turn`;
    report.add('runbook.order', place, `${record.type} of ${step.id} while ${turn}`);
  }
  const past = record.type === 'step.skip' || record.type === 'step.override' || record.type === 'step.retry';
  if (past && step.kind === 'hold')
    report.add(
      'runbook.kind',
      place,
      `${step.id}: a hold is passed by people, a record ${record.type} is not`,
    );
  if (record.type !== 'step.na') return;
  const applies = step.when === undefined ? undefined : evaluateCondition(step.when, scopeOf(state, plan));
  if (escapeText(step.when ?? '') === record.d.when && applies?.ok === true && !applies.value) return;
  report.add('runbook.order', place, `${step.id} is said not to apply, the runbook does not say so`);
}

/** Whoever signs a hold is told of each command behind it, or that it is not known yet. */
function checkBehind(
  { plan, report }: Context,
  record: JournalRecord & RecordOf<'hold.request'>,
  state: RunState,
): void {
  const { step, guards, unguarded = [] } = record.d;
  const hold = state.steps.find((view) => view.step.id === step);
  if (hold === undefined) return;
  const named = new Set<string>([...guards.map((guard) => guard.step), ...unguarded]);
  const evaluate = (when: string, at: RunState) => evaluateCondition(when, scopeOf(at, plan));
  for (const { step: behind } of stepsBehind(state, hold, evaluate)) {
    if (named.has(behind.id)) continue;
    report.add('hold.guards', placeOf(record), `${step}: its signers were not told of ${behind.id}`);
  }
}

function isInTurn(record: JournalRecord): record is InTurn {
  return IN_TURN.some((type) => type === record.type);
}
