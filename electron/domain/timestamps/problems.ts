/** What can be wrong with a timestamp, by stable id. The sentences are for people; the ids are for programs. */
import { err } from '../../contract/result.ts';

export const timestampProblems = [
  /** Not the bytes of a reply, or more bytes than one may have. */
  'timestamp.form',
  /** The authority did not grant it. */
  'timestamp.status',
  /** Made for other bytes. */
  'timestamp.imprint',
  /** Answers another request. */
  'timestamp.nonce',
  /** Given under a policy that does not count here. */
  'timestamp.policy',
  /** The signer's certificate is not there, or the token does not bind itself to it. */
  'timestamp.signer',
  /** The signer's certificate is not for timestamps alone. */
  'timestamp.purpose',
  /** The signature does not hold, or is of a kind that is refused. */
  'timestamp.signature',
  /** No path to an authority that is trusted. */
  'timestamp.untrusted',
  /** A certificate was not valid when the token says it was made. */
  'timestamp.expired',
  /** The file of authorities cannot be read. */
  'timestamp.authority',
] as const;
export type TimestampProblemId = (typeof timestampProblems)[number];

export interface TimestampProblem {
  readonly id: TimestampProblemId;
  readonly message: string;
}

export function problem(
  id: TimestampProblemId,
  message: string,
): { readonly ok: false; readonly error: TimestampProblem } {
  return err({ id, message });
}
