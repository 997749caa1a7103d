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
