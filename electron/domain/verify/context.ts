/** What the checks of a bundle's story are given: proven content, the trust of the verifier, and where to report. */
import type { Sha256 } from '../../contract/ids.ts';
import type { Plan, Policy } from '../../contract/plan.ts';
import type { JournalRecord, RecordOf } from '../../contract/records.ts';
import type { Runbook } from '../../contract/runbook.ts';
import type { JournalReading } from '../evidence/journal.ts';
import { JOURNAL } from '../evidence/names.ts';
import type { RunFile } from '../evidence/runFile.ts';
import { samePrincipal } from '../run/people.ts';
import { equalBytes } from '../signatures/bytes.ts';
import type { ContentReader } from './content.ts';
import type { FileSeen } from './files.ts';
import type { Container } from './members.ts';
import type { Report } from './report.ts';
import type { CheckedSignature } from './signatures.ts';
import type { SignerSeen } from './signer.ts';
import type { ReadTrust } from './trust.ts';

export interface Context {
  readonly container: Container;
  readonly reader: ContentReader;
  readonly trust: ReadTrust;
  readonly report: Report;
  readonly plan: Plan;
  /** The stricter of the plan's policy and the verifier's own. */
  readonly policy: Policy;
  readonly run: RunFile;
  /** Null when plan/runbook.yaml cannot be read as a runbook. */
  readonly runbook: Runbook | null;
  readonly reading: JournalReading;
  readonly start: JournalRecord & { type: 'run.start' };
  readonly signatures: readonly CheckedSignature[];
  readonly files: readonly FileSeen[];
  readonly digests: ReadonlyMap<string, string>;
  readonly manifestSha256: Sha256;
  /** Output events of each recording. */
  readonly outputs: ReadonlyMap<string, number>;
}

/** The records of one type, in their order. */
export function recordsOf<T extends JournalRecord['type']>(
  records: readonly JournalRecord[],
  type: T,
): readonly (JournalRecord & RecordOf<T>)[] {
  return records.filter((record): record is JournalRecord & RecordOf<T> => record.type === type);
}

/** Where a record stands, as findings name it. */
export function placeOf(record: Pick<JournalRecord, '_seq'>): string {
  return `${JOURNAL}:${String(record._seq + 1)}`;
}

/** SHA-256 of each line: the state of the journal after that record. The last one is the head. */
export function headAfter({ reading }: Pick<Context, 'reading'>, seq: number): string | undefined {
  return seq === reading.count - 1 ? reading.head : reading.records[seq + 1]?._prev;
}

/**
 * Whether a signature is the operator's own: by the principal, by the key that signed the run, or by a key that is
 * listed for the operator in any role and at any time, whatever other name it has there.
 */
export function isOperator(
  { plan, signatures, trust }: Pick<Context, 'plan' | 'signatures' | 'trust'>,
  signer: Pick<SignerSeen, 'blob' | 'fingerprint' | 'principals'>,
): boolean {
  const { principal } = plan.operator;
  const own = signatures.some(
    ({ role, fingerprint }) => role === 'operator' && fingerprint === signer.fingerprint,
  );
  const listed = trust.signers
    .filter(({ blob }) => equalBytes(blob, signer.blob))
    .flatMap(({ principals }) => principals);
  return own || [...signer.principals, ...listed].some((name) => samePrincipal(name, principal));
}
