/** A statement that somebody signed: both files are there, the statement is of its one form, the signature counts. */
import type { SigningRole } from '../../../contract/people.ts';
import type { Statement } from '../../../contract/statements.ts';
import { parseStatementOf } from '../../evidence/statements.ts';
import { MAX_ARMOR_BYTES } from '../../signatures/sshsig.ts';
import type { Context } from '../context.ts';
import type { FindingId } from '../findings.ts';
import { readMember } from '../members.ts';
import type { Report } from '../report.ts';
import { judgeSignature, type SignerSeen } from '../signer.ts';

const MAX_STATEMENT_BYTES = 256 * 1024;

type Kind = Exclude<Statement['kind'], 'enrolment'>;
/** Ids of what can be wrong: `approval.form`, `hold.untrusted` … */
export type Family = 'approval' | 'hold' | 'review';
export type StatementOf<K extends Kind> = Extract<Statement, { kind: K }>;

export interface ReadStatement<K extends Kind> {
  readonly place: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly statement: StatementOf<K>;
}

/** Reads a statement. Null, with a finding, when it is not there or not of the one form. */
export async function readStatement<K extends Kind>(
  { container, digests, report }: Context,
  kind: K,
  path: string,
): Promise<ReadStatement<K> | null> {
  const id = kind === 'hold' ? 'hold.statement' : (`${kind}.form` as 'approval.form' | 'review.form');
  const file = await readMember(container, path, MAX_STATEMENT_BYTES, report);
  const text = file === null ? null : container.platform.utf8(file.bytes);
  const parsed = text === null ? null : parseStatementOf(kind, text);
  if (file !== null && file.sha256 !== (digests.get(path) ?? file.sha256))
    report.add('file.changing', path, 'the file changed while it was verified');
  else if (file === null) report.add(id, path, 'the statement is not in the bundle');
  else if (parsed === null) report.add(id, path, 'the statement is not UTF-8');
  else if (!parsed.ok) report.add(id, path, `the statement cannot be read: ${parsed.error}`);
  else return { place: path, bytes: file.bytes, sha256: file.sha256, statement: parsed.value };
  return null;
}

export interface Signed {
  readonly signer: SignerSeen;
  readonly armor: Uint8Array;
  readonly sha256: string;
}

/** Judges the signature over a statement. Null, with a finding, when it does not count. */
export async function readSignature(
  { container, trust, report }: Context,
  family: Family,
  role: SigningRole,
  path: string,
  message: Uint8Array,
): Promise<Signed | null> {
  const file = await readMember(container, path, MAX_ARMOR_BYTES, report);
  if (file === null) {
    const id = family === 'hold' ? 'hold.signature' : (`${family}.form` as const);
    report.add(id, path, 'the signature is not in the bundle');
    return null;
  }
  const outcome = await judgeSignature(container.platform, trust, role, file.bytes, message);
  if (!outcome.holds) {
    report.add(`${family}.signature`, path, outcome.message);
    return null;
  }
  const { signer } = outcome;
  if (signer.refused !== undefined) {
    report.add(`${family}.${signer.refused.why}`, path, signer.refused.message);
    return null;
  }
  return { signer, armor: file.bytes, sha256: file.sha256 };
}

/**
 * What is wrong with one statement, on its way to the report. A statement counts when nothing is; how many findings the
 * report shows plays no part in it.
 */
export class Faults {
  readonly #report: Report;
  #none = true;

  constructor(report: Report) {
    this.#report = report;
  }

  readonly add = (id: FindingId, place: string, message: string): void => {
    this.#none = false;
    this.#report.add(id, place, message);
  };

  get none(): boolean {
    return this.#none;
  }
}

/** Nonces of all statements of a bundle. A nonce stands for one statement. */
export class Nonces {
  readonly #seen = new Map<string, string>();

  /** Whether another statement has this nonce. */
  reused(nonce: string, statementSha256: string): boolean {
    const known = this.#seen.get(nonce);
    if (known === undefined) this.#seen.set(nonce, statementSha256);
    return known !== undefined && known !== statementSha256;
  }
}

/** Numbers of the files that a pattern with one group finds, in order. */
export function numbersOf({ container }: Context, pattern: RegExp): readonly number[] {
  const found = new Set<number>();
  for (const path of container.members.keys()) {
    const number = pattern.exec(path)?.[1];
    if (number !== undefined) found.add(Number(number));
  }
  return [...found].sort((a, b) => a - b);
}
