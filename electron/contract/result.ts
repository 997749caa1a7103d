/** Success or failure as plain data. Failures cross every boundary in this form and never as thrown objects. */

/** What a caller can tell apart and act on. */
export type FailureCode =
  | 'bad-request'
  | 'not-found'
  | 'forbidden'
  | 'refused'
  | 'invalid-runbook'
  | 'busy'
  | 'locked'
  | 'storage'
  | 'network'
  | 'trust'
  | 'auth'
  | 'cancelled'
  | 'unsupported'
  | 'corrupt'
  | 'internal';

/**
 * A failure a person can act on. `message` says what failed and where, `kept` what was not lost, `hint` what to do
 * next. Never a stack trace.
 */
export interface Failure {
  readonly code: FailureCode;
  readonly message: string;
  readonly kept?: string;
  readonly hint?: string;
  /** With `trust`: a host showed another key than the one on record. */
  readonly changedKey?: ChangedHostKey;
}

/** A host key on record, where it stands, and the other one that the host showed. Never resolved by a click. */
export interface ChangedHostKey {
  /** user@host:port of the hop that showed it. */
  readonly address: string;
  /** Name it is kept under in known_hosts, such as `[10.0.0.1]:2222`. */
  readonly name: string;
  readonly old: readonly {
    readonly type: string;
    readonly fingerprint: string;
    readonly file: string;
    readonly line: number;
  }[];
  /** Type and fingerprint of the key shown; `randomart` as `ssh-keygen -lv` draws it, 11 lines. */
  readonly shown: { readonly type: string; readonly fingerprint: string; readonly randomart: string };
}

export type Result<T, E = Failure> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function err<E>(error: E): { readonly ok: false; readonly error: E } {
  return { ok: false, error };
}

/** A failure with its code and words. */
export function fail(
  code: FailureCode,
  message: string,
  more: Pick<Failure, 'kept' | 'hint' | 'changedKey'> = {},
): { readonly ok: false; readonly error: Failure } {
  return { ok: false, error: { code, message, ...more } };
}

/** Closes a switch over a union: a case that was forgotten is a type error here. */
export function assertNever(value: never): never {
  throw new Error(`unexpected case: ${JSON.stringify(value)}`);
}
