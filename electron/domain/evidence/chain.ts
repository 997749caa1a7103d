/**
 * The hash chain of journal and ledger: each line carries the SHA-256 of the line before it, line feed included. Pure:
 * the hash function is handed in, so that the page, the host and the verifier use the same rules.
 */
import type { Sha256 } from '../../contract/ids.ts';
import { err, ok, type Result } from '../../contract/result.ts';
import { canonicalize, type Json } from './jcs.ts';

export const GENESIS = '0'.repeat(64) as Sha256;

/** SHA-256 of the UTF-8 bytes of a text. */
export type HashText = (text: string) => Sha256;

export interface ChainPosition {
  readonly seq: number;
  readonly head: Sha256;
}
export const START: ChainPosition = { seq: 0, head: GENESIS };

/** One line (line feed included) for a record after `at`, and the position after it. */
export function chainLine(
  at: ChainPosition,
  record: { readonly type: string; readonly d: Json; readonly mono: number; readonly t: string },
  hash: HashText,
): { readonly line: string; readonly next: ChainPosition } {
  const line = `${canonicalize({
    _prev: at.head,
    _seq: at.seq,
    d: record.d,
    mono: record.mono,
    t: record.t,
    type: record.type,
  })}\n`;
  return { line, next: { seq: at.seq + 1, head: hash(line) } };
}

/** Checks that a raw line (line feed included) follows `at`. It looks at the bytes, not at parsed values. */
export function checkLine(at: ChainPosition, line: string, hash: HashText): Result<ChainPosition, string> {
  if (!line.endsWith('\n')) return err('the line is torn: no line feed at its end');
  const expected = `{"_prev":"${at.head}","_seq":${String(at.seq)},`;
  if (!line.startsWith(expected)) return err(`record ${String(at.seq)} does not follow the one before it`);
  return ok({ seq: at.seq + 1, head: hash(line) });
}
