/**
 * Whether each step had its turn: nothing happens at a step before the ones in front of it have an outcome, no hold is
 * passed over, and only a condition that was really false takes a step out of the run.
 */
import type { JournalRecord, RecordOf } from '../../../contract/records.ts';
import type { Sha256 } from '../../../contract/ids.ts';
import type { Step } from '../../../contract/steps.ts';
import { escapeText } from '../../evidence/jcs.ts';
import { boundBehind, purposeOfStep } from '../../run/holdGuards.ts';
import { scopeOf, valuesOf } from '../../run/scope.ts';
import type { RunState } from '../../run/state.ts';
import { evaluateCondition } from '../../runbook/condition.ts';
import { toHex, utf8 } from '../../signatures/bytes.ts';
import { type Context, placeOf } from '../context.ts';
import { commandText } from '../../runbook/commandText.ts';

/** What happens at a step only while it has the turn. */
const IN_TURN = [
  'step.start',
  'attest',
  'decision',
  'hold.sign',
  'hold.pass',
  'wait.start',
  'wait.end',
  'notify',
  'measure',
  'custodian.turn',
  'dry-run.result',
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
  if (record.type === 'step.skip' && step.kind === 'custodians')
    report.add('runbook.kind', place, `${step.id}: a step of custodians cannot be skipped`);
  if (record.type !== 'step.na') return;
  const applies = step.when === undefined ? undefined : evaluateCondition(step.when, scopeOf(state, plan));
  if (escapeText(step.when ?? '') === record.d.when && applies?.ok === true && !applies.value) return;
  report.add('runbook.order', place, `${step.id} is said not to apply, the runbook does not say so`);
}

/**
 * Whoever signs a hold is told of each command behind it as the runbook gives it on each of its hosts. Only a command
 * whose values nobody could know by then may stand there unbound.
 */
function checkBehind(
  { container, plan, report }: Context,
  record: JournalRecord & RecordOf<'hold.request'>,
  state: RunState,
): void {
  const { step, guards, unguarded = [] } = record.d;
  const hold = state.steps.find((view) => view.step.id === step);
  if (hold === undefined) return;
  const evaluate = (when: string, at: RunState) => evaluateCondition(when, scopeOf(at, plan));
  const values = valuesOf(state, plan);
  const should = boundBehind(state, hold, evaluate, ({ step: behind }) => {
    const text = commandText(behind, purposeOfStep(behind.kind), values);
    return text === null ? null : (toHex(container.platform.sha256(utf8(text))) as Sha256);
  });
  const missing = (what: string) => {
    report.add('hold.guards', placeOf(record), `${step}: its signers were not told of ${what}`);
  };
  const named = (id: string) =>
    guards.some((guard) => guard.step === id) || unguarded.some((one) => one === id);
  for (const id of should.unguarded) if (!named(id)) missing(id);
  for (const guard of should.guards) {
    const bound = guards.some(
      (one) =>
        one.step === guard.step && one.target === guard.target && one.commandSha256 === guard.commandSha256,
    );
    if (bound) continue;
    missing(
      named(guard.step)
        ? `the command of ${guard.step} on ${guard.target}, which was known by then`
        : guard.step,
    );
  }
}

function isInTurn(record: JournalRecord): record is InTurn {
  return IN_TURN.some((type) => type === record.type);
}
