/** How the command line shows a run: one line a step, with a sign for each state so that colour is not needed. */
import { custodiansDone } from '../domain/run/evolveTurns.ts';
import type { Attempt, RunState, StepView } from '../domain/run/state.ts';
import { ownAttempt } from '../domain/run/turn.ts';
import type { Colour, Output } from './output.ts';

const SIGNS: Readonly<Record<StepView['status']['state'], readonly [string, Colour]>> = {
  waiting: ['○', 'dim'],
  current: ['◉', 'bold'],
  running: ['◔', 'blue'],
  passed: ['✓', 'green'],
  attested: ['✓', 'blue'],
  decided: ['✓', 'blue'],
  held: ['◆', 'yellow'],
  notified: ['✉', 'blue'],
  failed: ['✗', 'red'],
  unknown: ['▲', 'magenta'],
  'not-applicable': ['–', 'dim'],
  skipped: ['»', 'yellow'],
  overridden: ['■', 'yellow'],
};

/** `✓ Dump the database  passed  0:04` and, where it did not pass, what was wanted and seen. */
export function stepLine(view: StepView, output: Output): string {
  const beside = besideLine(view, output);
  if (beside !== null) return beside;
  const [sign, colour] = SIGNS[view.status.state];
  const attempt = ownAttempt(view);
  const time = attempt?.ms === undefined ? '' : `  ${(attempt.ms / 1000).toFixed(1)} s`;
  const head = `${output.paint(colour, sign)} ${view.step.title}  ${view.status.state}${time}`;
  if (view.status.state !== 'failed' && view.status.state !== 'unknown') return head;
  const reason = view.status.reason === undefined ? [] : [`    ${view.status.reason}`];
  return [head, ...reason, ...wrongChecks(attempt), ...memberLines(view)].join('\n');
}

/** What came of a twin or of one custodian's turn, after which the step still has its turn; null when neither was last. */
function besideLine(view: StepView, output: Output): string | null {
  const last = view.attempts.at(-1);
  if (view.status.state !== 'current' || last === undefined) return null;
  if (last.purpose === 'dry-run') {
    const [sign, colour] = SIGNS[last.dryRun?.ok === true ? 'passed' : 'failed'];
    const what = last.dryRun?.ok === true ? 'as expected' : 'not as expected';
    return [`${output.paint(colour, sign)} ${view.step.title}  dry run ${what}`, ...wrongChecks(last)].join(
      '\n',
    );
  }
  const turn = view.turns?.find(({ attempt }) => attempt === last.n);
  if (turn === undefined || turn.state === 'running' || view.step.kind !== 'custodians') return null;
  const [sign, colour] = SIGNS[turn.state];
  const so = `${String(custodiansDone(view).length)} of ${String(view.step.needs)}`;
  const head = `${output.paint(colour, sign)} ${view.step.title}  ${turn.name} ${turn.state}, ${so} done`;
  return [head, ...(turn.reason === undefined ? [] : [`    ${turn.reason}`]), ...wrongChecks(last)].join(
    '\n',
  );
}

function wrongChecks(attempt: Attempt | undefined): readonly string[] {
  return (attempt?.checks ?? [])
    .filter((check) => !check.ok)
    .map((check) => `    ${check.name}: wanted ${check.expected}, saw ${check.actual}`);
}

/** Members of a group that did not pass, one line each, after how many did. */
function memberLines(view: StepView): readonly string[] {
  const members = Object.entries(view.members ?? {});
  if (members.length === 0) return [];
  const passed = members.filter(([, member]) => member.state === 'passed').length;
  const others = members
    .filter(([, member]) => member.state !== 'passed')
    .map(([name, { state, reason }]) => `    ${name}: ${state}${reason === undefined ? '' : `: ${reason}`}`);
  return [`    ${String(passed)} of ${String(members.length)} passed`, ...others];
}

/** What the operator should know of the hosts of a step before its command is sent, one line each. */
export function hostWarnings(view: StepView, state: RunState): readonly string[] {
  const { step } = view;
  if (!('on' in step)) return [];
  const hosts = view.members === undefined ? [step.on] : Object.keys(view.members);
  return hosts
    .filter((host) => Object.hasOwn(state.targets, host) && state.targets[host]?.stateLost === true)
    .map(
      (host) =>
        `${host}: directory and variables of earlier steps are gone; the next command starts in a new shell.`,
    );
}

/** `step 3 of 24` */
export function placeOf(view: StepView, state: RunState): string {
  return `step ${String(view.index + 1)} of ${String(state.steps.length)}`;
}
