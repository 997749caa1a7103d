/**
 * What happens at steps besides their commands, against the runbook: messages say what it gives, waits last as long, times
 * are taken between the instants that were captured, custodians are enough and different people.
 */
import type { JournalRecord, RecordOf } from '../../../contract/records.ts';
import type { Step } from '../../../contract/steps.ts';
import { custodiansDone } from '../../run/evolveTurns.ts';
import { takeTime, waitLength } from '../../run/measure.ts';
import { fillMessage } from '../../run/message.ts';
import { namesOperator, samePerson } from '../../run/people.ts';
import { recordText } from '../../run/recordText.ts';
import { valuesOf } from '../../run/scope.ts';
import type { RunState, StepView } from '../../run/state.ts';
import { toHex, utf8 } from '../../signatures/bytes.ts';
import { type Context, placeOf } from '../context.ts';

/** `state`: what the records before this one give with the runbook. */
export function checkBesides(context: Context, record: JournalRecord, step: Step, state: RunState): void {
  const view = state.steps.find((one) => one.step.id === step.id);
  if (view === undefined) return;
  if (record.type === 'notify') checkMessage(context, record, step, state);
  if (record.type === 'wait.start') checkWait(context, record, step, state);
  if (record.type === 'measure') checkMeasure(context, record, step, state);
  if (record.type === 'step.start' && record.d.purpose === 'custodian') checkCustodian(context, record, view);
  if (record.type === 'step.result') checkPassed(context, record, view);
  if (record.type !== 'file.diff' || (step.kind === 'transfer' && step.before === record.d.before)) return;
  const message = `its file is compared with one of ${record.d.before}, the runbook does not ask for that`;
  context.report.add('transfer.file', placeOf(record), `${step.id}: ${message}`);
}

function checkMessage(
  { container, plan, report }: Context,
  record: JournalRecord & RecordOf<'notify'>,
  step: Step,
  state: RunState,
): void {
  if (step.kind !== 'notify') return;
  const { message, channel, to, by, role } = record.d;
  const wrong = (what: string) => {
    report.add('notify.message', placeOf(record), `${step.id}: ${what}`);
  };
  const filled = fillMessage(step, valuesOf(state, plan));
  if (!filled.ok) wrong('a message was sent whose values were not known');
  else {
    if (toHex(container.platform.sha256(utf8(filled.value.text))) !== message.sha256)
      wrong(`${message.file} is not what the runbook gives with the values known by then`);
    if (recordText(filled.value.to, 1000) !== to) wrong('it went to somebody else than the runbook says');
  }
  if (channel !== step.channel) wrong(`it was sent by ${channel}, the runbook says ${step.channel}`);
  if (role !== step.by || namesOperator(by, plan.operator) !== (step.by === 'operator'))
    wrong(`${by} sent it as ${role}, the runbook asks for the ${step.by}`);
}

function checkWait(
  { plan, report }: Context,
  record: JournalRecord & RecordOf<'wait.start'>,
  step: Step,
  state: RunState,
): void {
  if (step.kind !== 'wait') return;
  const ms = waitLength(step, valuesOf(state, plan));
  if (ms.ok && ms.value === record.d.ms) return;
  const should = ms.ok ? `${String(ms.value)} ms` : 'no time that was known';
  report.add(
    'wait.length',
    placeOf(record),
    `${step.id} waits ${String(record.d.ms)} ms, the runbook gives ${should}`,
  );
}

/** The same records as the engine would have made, from what was captured before. */
function checkMeasure(
  { plan, report }: Context,
  record: JournalRecord & RecordOf<'measure'>,
  step: Step,
  state: RunState,
): void {
  if (step.kind !== 'measure') return;
  const wrong = (what: string) => {
    report.add('measure.instants', placeOf(record), `${step.id}: ${what}`);
  };
  const taken = takeTime(step, valuesOf(state, plan));
  if (!taken.ok) {
    wrong('a time was taken between instants that were not known');
    return;
  }
  for (const body of taken.value) {
    if (body.type === 'capture' && state.captures[body.d.name] !== body.d.value)
      wrong(`${body.d.name} is not the time in seconds that the instants give`);
    if (body.type !== 'measure') continue;
    const { from, to, limitMs, ok } = body.d;
    if (from !== record.d.from || to !== record.d.to) wrong(`the captured instants are ${from} and ${to}`);
    if (limitMs !== record.d.limitMs || ok !== record.d.ok) wrong('its limit says otherwise');
  }
}

/** Each turn is of another person, who is not the operator. */
function checkCustodian(
  { plan, report }: Context,
  record: JournalRecord & RecordOf<'step.start'>,
  view: StepView,
): void {
  const { custodian, step } = record.d;
  const wrong = (what: string) => {
    report.add('custodian.person', placeOf(record), `${step}: ${what}`);
  };
  if (custodian?.role !== 'custodian') {
    wrong('a turn of nobody who is named as a custodian');
    return;
  }
  if (namesOperator(custodian.name, plan.operator)) wrong('the operator has a turn as a custodian');
  if (custodiansDone(view).some((name) => samePerson(name, custodian.name)))
    wrong(`${custodian.name} has a second turn`);
}

function checkPassed(
  { report }: Context,
  record: JournalRecord & RecordOf<'step.result'>,
  view: StepView,
): void {
  if (record.d.state !== 'passed') return;
  const { step } = view;
  if (step.kind === 'custodians' && custodiansDone(view).length < step.needs) {
    const done = `${String(custodiansDone(view).length)} of ${String(step.needs)}`;
    const message = `${step.id} is called passed after the turns of ${done} custodians`;
    report.add('custodian.turns', placeOf(record), message);
  }
  if (step.kind !== 'transfer' || step.change === undefined) return;
  const diff = view.attempts.find(({ n }) => n === record.d.attempt)?.diff;
  if (diff?.changed === (step.change === 'changed')) return;
  report.add(
    'transfer.file',
    placeOf(record),
    `${step.id} is called passed, and no record says that its file is ${step.change}`,
  );
}
