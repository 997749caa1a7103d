/** What a verifier has seen of one attempt or of one member of a group, and what of it does not carry a `passed`. */
import type { Check, CommandEnd, RecordOf } from '../../contract/records.ts';

export interface AttemptSeen {
  readonly n: number;
  readonly purpose: RecordOf<'step.start'>['d']['purpose'];
  readonly target: string;
  readonly mode: RecordOf<'step.start'>['d']['mode'];
  /** The host had no POSIX shell when it started. */
  readonly observed: boolean;
  readonly checks: Check[];
  end?: CommandEnd;
  /** An outcome of the step, or of the member, rests on it. */
  settled: boolean;
  /** Digest of the file that it fetched. */
  fetched?: string | undefined;
  /** The app went away after it had started. */
  interrupted: boolean;
}

export type Outcome = 'done' | 'skipped' | 'overridden' | 'failed' | 'unknown';

export interface MemberSeen {
  readonly state: RecordOf<'target.result'>['d']['state'];
  readonly attempt: number | undefined;
}

export interface StepSeen {
  readonly attempts: AttemptSeen[];
  /** Results of the members of a group, the last of each. */
  readonly members: Map<string, MemberSeen>;
  /** Hosts that the command went to since somebody last decided that it may go. */
  readonly sent: Set<string>;
  group?: string;
  /** Number of the attempt that was started or taken up last, and the same for each host. */
  latest: number;
  readonly latestOn: Map<string, number>;
  outcome?: Outcome;
  /** A hold: how many commands of the run had been started when it was passed. */
  heldAt?: number;
  /** A hold: when the signatures that were asked for last expire. */
  goodUntil?: string;
}

export function freshStep(): StepSeen {
  return { attempts: [], members: new Map(), sent: new Set(), latest: 0, latestOn: new Map() };
}

/** Contact was kept to the end, there are checks, and each of them holds. */
export function held(attempt: AttemptSeen): boolean {
  return (
    attempt.end?.how === 'exit' && attempt.checks.length > 0 && attempt.checks.every((check) => check.ok)
  );
}

/** Why an attempt does not carry `passed`; empty when it does. */
export function whyNotHeld(attempt: AttemptSeen): readonly string[] {
  const why: string[] = [];
  if (attempt.checks.length === 0) why.push('no check is on record');
  for (const check of attempt.checks.filter((c) => !c.ok)) why.push(`its check “${check.name}” did not hold`);
  if (attempt.end?.how !== 'exit')
    why.push(`its command ended by ${attempt.end?.how ?? 'nothing that was seen'}`);
  else why.push(...exitProblems(attempt.checks, attempt.end.code));
  return why;
}

/** The same with the way the outcome is said to have come about. */
export function whyNotPassed(
  via: RecordOf<'step.result'>['d']['via'],
  attempt: AttemptSeen | undefined,
): readonly string[] {
  if (attempt === undefined) return ['nothing was run'];
  const why: string[] = [];
  if (via !== 'checks' && via !== 'probe') why.push(`its outcome came from ${via}`);
  const beside = attempt.purpose === 'dry-run' || attempt.purpose === 'custodian';
  if (beside || (via === 'probe') !== (attempt.purpose === 'probe'))
    why.push('the kind of attempt does not fit');
  return [...why, ...whyNotHeld(attempt)];
}

/** Checks of the exit status are those whose name says so and whose actual value is a number. */
function exitProblems(checks: readonly Check[], code: number): readonly string[] {
  const onExit = checks.filter((check) => /^exit\b/i.test(check.name) && /^-?\d+$/.test(check.actual));
  return onExit
    .filter((check) => check.actual !== String(code))
    .map((check) => `its check “${check.name}” says ${check.actual}, the command ended with ${String(code)}`);
}
