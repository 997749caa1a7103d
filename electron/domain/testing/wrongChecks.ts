/** What did not hold of checks, in the words of a test's findings. Pure. */
import type { Check } from '../../contract/records.ts';

/** Each check that did not hold, with what was wanted and what was seen. */
export function wrongChecks(checks: readonly Check[]): readonly string[] {
  return checks
    .filter((check) => !check.ok)
    .map((check) => `${check.name}: wanted ${check.expected}, saw ${check.actual.slice(0, 200)}`);
}
