/** How the command line shows a run: one line a step, with a sign for each state so that colour is not needed. */
import type { RunState, StepView } from '../domain/run/state.ts';
import type { Colour, Output } from './output.ts';

const SIGNS: Readonly<Record<StepView['status']['state'], readonly [string, Colour]>> = {
  waiting: ['○', 'dim'],
  current: ['◉', 'bold'],
  running: ['◔', 'blue'],
  passed: ['✓', 'green'],
  attested: ['✓', 'blue'],
  decided: ['✓', 'blue'],
  held: ['◆', 'yellow'],
  failed: ['✗', 'red'],
  unknown: ['▲', 'magenta'],
  'not-applicable': ['–', 'dim'],
  skipped: ['»', 'yellow'],
  overridden: ['■', 'yellow'],
};

/** `✓ Dump the database  passed  0:04` and, where it did not pass, what was wanted and seen. */
export function stepLine(view: StepView, output: Output): string {
  const [sign, colour] = SIGNS[view.status.state];
  const attempt = view.attempts.at(-1);
  const time = attempt?.ms === undefined ? '' : `  ${(attempt.ms / 1000).toFixed(1)} s`;
  const head = `${output.paint(colour, sign)} ${view.step.title}  ${view.status.state}${time}`;
  if (view.status.state !== 'failed' && view.status.state !== 'unknown') return head;
  const reason = view.status.reason === undefined ? [] : [`    ${view.status.reason}`];
  const wrong = (attempt?.checks ?? [])
    .filter((check) => !check.ok)
    .map((check) => `    ${check.name}: wanted ${check.expected}, saw ${check.actual}`);
  return [head, ...reason, ...wrong, ...memberLines(view)].join('\n');
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
