/** The order of test files: those that are known to wait longest first, so that none of them is left alone at the end. */
import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/** Longest first. A file that is not there any more is no mistake; one that grew long belongs here. */
const LONG = [
  'integration/runbooks/shipped.test.ts',
  'integration/cli/evidence.test.ts',
  'integration/runs/rehearsal.test.ts',
  'fault/kill.test.ts',
  'integration/rehearsal/runbooks.test.ts',
  'fault/abandon.test.ts',
  'security/secrets.test.ts',
  'integration/runbooks/drill.test.ts',
  'integration/runs/desk.test.ts',
  'integration/rehearsal/server.test.ts',
  'integration/remote/detachedShells.test.ts',
  'integration/runs/groups.test.ts',
  'integration/rehearsal/platform.test.ts',
  'integration/connect/openssh.test.ts',
  'security/tamper/plain.test.ts',
  'integration/remote/detached.test.ts',
  'integration/remote/transfer.test.ts',
  'integration/runs/outcomes.test.ts',
  'integration/connect/login.test.ts',
  'integration/runbooks/postgres.test.ts',
  'integration/runs/keys.test.ts',
  'integration/runs/peopleSteps.test.ts',
  'integration/runs/detached.test.ts',
  'integration/cli/connect.test.ts',
  'integration/timestamps/openssl.test.ts',
  'security/approvals.test.ts',
  'security/connect-trust.test.ts',
];

function rank(file: TestSpecification): number {
  const at = LONG.findIndex((name) => file.moduleId.endsWith(`/test/${name}`));
  return at === -1 ? LONG.length : at;
}

export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}
