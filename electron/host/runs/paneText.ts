/** What the pane shows of a step's outcome, in the words of the record. Screen only; never recorded. */
import type { CommandOutcome } from '../../domain/run/conclude.ts';
import type { MemberView, StepView } from '../../domain/run/state.ts';

const RESET = '\x1b[0m';

/** How a step stands, or on a group how it stands with one member. */
export type Standing = StepView['status'] | MemberView;

/** One line a check and one for the outcome, with a sign for each so that colour is not needed. */
export function resultLines(status: Standing, outcome: Pick<CommandOutcome, 'checks'>): string {
  const checks = outcome.checks.map((check) =>
    check.ok
      ? `\x1b[32m✓ ${clean(check.name)}${RESET} \x1b[90m${clean(check.actual)}${RESET}`
      : `\x1b[31m✗ ${clean(check.name)}${RESET} wanted ${clean(check.expected)}, saw ${clean(check.actual)}`,
  );
  return `${RESET}\r\n${[...checks, outcomeLine(status)].join('\r\n')}\r\n\r\n`;
}

/** What an earlier step did to its directory and variables does not hold any more. */
export function stateLostText(host: string): string {
  return warning(
    `What steps had left on ${clean(host)} (directory, variables) is gone: the next command starts in a new shell.`,
  );
}

/** Keys for a command that ended, or was not reached, before they could be sent: no other program gets them. */
export function unsentText(characters: number): string {
  const what = characters === 1 ? 'One character' : `${String(characters)} characters`;
  return warning(`${what} typed for the command did not reach it and went nowhere else.`);
}

export function notTakenUpText(why: string): string {
  return `\r\n\x1b[31mNot taken up: ${clean(why)}${RESET}\r\n`;
}

/** A key pressed without contact. */
export function unreachedText(host: string): string {
  return warning(`No contact with ${clean(host)}: what is typed goes nowhere.`);
}

/** Between two custodians: what one of them still types belongs to nobody. */
export function noShellText(): string {
  return warning(
    'Custodians take turns here: what is typed between their turns goes nowhere and is not kept.',
  );
}

function warning(text: string): string {
  return `${RESET}\r\n\x1b[33m${text}${RESET}\r\n`;
}

function outcomeLine(status: Standing): string {
  if (status.state === 'passed') return `\x1b[32mPassed${RESET}`;
  if (status.state === 'failed') return `\x1b[31mFailed${RESET}`;
  if (status.state === 'unknown') return `\x1b[35mOutcome unknown${RESET} ${clean(reasonOf(status))}`;
  return status.state;
}

function reasonOf(status: Standing): string {
  return 'reason' in status ? (status.reason ?? '') : '';
}

function clean(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ').slice(0, 200);
}
