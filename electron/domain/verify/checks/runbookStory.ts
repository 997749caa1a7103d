/**
 * The journal against the runbook it was made from: its steps, no others, each done as its kind is done, on the target
 * it names, and with the command that its template gives.
 */
import type { JournalRecord, RecordOf } from '../../../contract/records.ts';
import { assertNever } from '../../../contract/result.ts';
import type { Runbook } from '../../../contract/runbook.ts';
import type { Step } from '../../../contract/steps.ts';
import { RUNBOOK } from '../../evidence/names.ts';
import { evolve, initialState } from '../../run/evolve.ts';
import { valuesOf } from '../../run/scope.ts';
import type { RunState } from '../../run/state.ts';
import { stepsOf } from '../../runbook/describe.ts';
import { toHex, utf8 } from '../../signatures/bytes.ts';
import { type Context, placeOf } from '../context.ts';
import { commandText } from '../../runbook/commandText.ts';
import { checkBesides } from './beside.ts';
import { checkTurn } from './turns.ts';

type At<T extends JournalRecord['type']> = JournalRecord & RecordOf<T>;

/** What settles a step, and the kinds of steps that it can settle. */
const KINDS: Partial<Readonly<Record<JournalRecord['type'], readonly Step['kind'][]>>> = {
  'step.start': ['run', 'observe', 'transfer', 'custodians'],
  'step.result': ['run', 'observe', 'transfer', 'custodians'],
  'target.result': ['run', 'observe', 'transfer'],
  'observe.try': ['observe'],
  'file.transfer': ['transfer'],
  'file.diff': ['transfer'],
  'dry-run.result': ['run'],
  'custodian.turn': ['custodians'],
  'wait.start': ['wait'],
  'wait.end': ['wait'],
  notify: ['notify'],
  measure: ['measure'],
  attest: ['attest'],
  decision: ['decide'],
  'hold.request': ['hold'],
  'hold.sign': ['hold'],
  'hold.pass': ['hold'],
};
const OUTCOMES: ReadonlySet<JournalRecord['type']> = new Set<JournalRecord['type']>([
  'step.result',
  'attest',
  'decision',
  'hold.pass',
  'wait.end',
  'notify',
  'measure',
  'step.skip',
  'step.override',
  'step.na',
]);

/** Returns how many recorded commands were found to be what the runbook gives. */
export function checkRunbookStory(context: Context): number {
  const { runbook, reading, report } = context;
  if (runbook === null) return 0;
  const steps = new Map<string, Step>(stepsOf(runbook).map(({ step }) => [step.id, step]));
  const unknown = new Set<string>();
  const settled = new Set<string>();
  for (const record of reading.records) {
    const id = stepOf(record);
    if (id === undefined) continue;
    if (OUTCOMES.has(record.type)) settled.add(id);
    const step = steps.get(id);
    if (step === undefined) {
      if (!unknown.has(id))
        report.add('runbook.unknown-step', placeOf(record), `the runbook has no step ${id}`);
      unknown.add(id);
    } else checkKind(context, record, step);
  }
  checkWhole(context, steps, settled);
  return unknown.size > 0 ? 0 : checkCommands(context, runbook, steps);
}

function stepOf(record: JournalRecord): string | undefined {
  return 'step' in record.d && typeof record.d.step === 'string' ? record.d.step : undefined;
}

function checkKind({ report }: Context, record: JournalRecord, step: Step): void {
  const kinds = KINDS[record.type];
  const wrong = (message: string) => {
    report.add('runbook.kind', placeOf(record), `${step.id}: ${message}`);
  };
  if (kinds?.includes(step.kind) === false) wrong(`a record ${record.type} at a step of kind ${step.kind}`);
  if (record.type !== 'step.start' || kinds?.includes(step.kind) === false) return;
  const { purpose, target, group } = record.d;
  if (!fits(purpose, step)) wrong(`a command for ${purpose} at a step of kind ${step.kind}`);
  const probe = step.kind === 'run' || step.kind === 'custodians' ? step.probe : undefined;
  const on = purpose === 'probe' ? probe?.on : 'on' in step ? step.on : undefined;
  if (on === undefined || (group ?? target) === on) return;
  report.add(
    'runbook.target',
    placeOf(record),
    `${step.id} ran on ${group ?? target}, the runbook says ${on}`,
  );
}

/** Whether the runbook gives a command for this purpose at the step. */
function fits(purpose: At<'step.start'>['d']['purpose'], step: Step): boolean {
  switch (purpose) {
    case 'probe':
      return step.kind === 'custodians' || (step.kind === 'run' && step.probe !== undefined);
    case 'dry-run':
      return step.kind === 'run' && step.dryRun !== undefined;
    case 'custodian':
      return step.kind === 'custodians';
    case 'observe':
      return step.kind === 'observe';
    case 'run':
      return step.kind === 'run' || step.kind === 'transfer';
    default:
      return assertNever(purpose);
  }
}

/** A run that ended well went through all of its steps. */
function checkWhole(
  { run, report }: Context,
  steps: ReadonlyMap<string, Step>,
  settled: ReadonlySet<string>,
): void {
  if (run.result !== 'success' && run.result !== 'success-with-deviations') return;
  for (const id of steps.keys()) {
    if (!settled.has(id)) report.add('runbook.missing-step', RUNBOOK, `${id} has no outcome in the journal`);
  }
}

/** Replays the journal, so that each command is rendered with the values that were known when it was sent. */
function checkCommands(context: Context, runbook: Runbook, steps: ReadonlyMap<string, Step>): number {
  let state = initialState(runbook);
  let same = 0;
  for (const record of context.reading.records) {
    const step = steps.get(stepOf(record) ?? '');
    if (step !== undefined) {
      checkTurn(context, record, step, state);
      checkBesides(context, record, step, state);
    }
    if (record.type === 'step.start' && step !== undefined && checkCommand(context, record, step, state))
      same += 1;
    const next = after(state, record);
    if (next === null) {
      const message = 'the journal cannot be told with this runbook from here on';
      context.report.add('runbook.kind', placeOf(record), message);
      return same;
    }
    state = next;
  }
  return same;
}

/** The fold is made for journals of the engine; one that was made up may break its assumptions. */
function after(state: RunState, record: JournalRecord): RunState | null {
  try {
    return evolve(state, record);
  } catch {
    return null;
  }
}

function checkCommand(
  { container, plan, report }: Context,
  record: At<'step.start'>,
  step: Step,
  state: RunState,
): boolean {
  const text = commandText(step, record.d.purpose, valuesOf(state, plan));
  const { command } = record.d;
  if (text === null) {
    const unknown = `${step.id} was sent, and the runbook gives no command for it with the values known by then`;
    report.add('runbook.command', placeOf(record), unknown);
    return false;
  }
  if (toHex(container.platform.sha256(utf8(text))) === command.sha256) return true;
  const message = `${command.file} is not what the runbook gives for ${step.id} with the values of the plan`;
  report.add('runbook.command', placeOf(record), message);
  return false;
}
