/** Exit codes of the `holdpoint` command, and failures on their way to one. */
import type { Failure, FailureCode } from '../contract/result.ts';

export const EXIT = { ok: 0, findings: 1, usage: 2, io: 3, verification: 4 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The exit code a failure stands for. */
export function exitFor(code: FailureCode): ExitCode {
  if (code === 'bad-request' || code === 'not-found') return EXIT.usage;
  if (code === 'storage' || code === 'network') return EXIT.io;
  return code === 'corrupt' ? EXIT.verification : EXIT.findings;
}

/** A failure in the words of the command line: what failed, what was kept, what to do. */
export function describeFailure(failure: Failure): string {
  const kept = failure.kept === undefined ? '' : `\n  kept: ${failure.kept}`;
  const hint = failure.hint === undefined ? '' : `\n  next: ${failure.hint}`;
  return `${failure.message}${kept}${hint}`;
}
