/** The arguments of the verifier, the same for `holdpoint verify` and for the single file. */
import { parseArgs } from 'node:util';
import { fail, ok, type Result } from '../contract/result.ts';
import { type Minimum, parseMinimum } from '../domain/verify/trust.ts';

export interface VerifyArgs {
  readonly bundles: readonly string[];
  readonly allowedSigners: string;
  readonly revoked?: string;
  readonly tsaCa?: string;
  readonly anchors?: string;
  readonly ledger?: string;
  readonly seen?: string;
  readonly at?: Date;
  readonly minimum?: Minimum;
  readonly json: boolean;
}

export const VERIFY_OPTIONS = `      --allowed-signers FILE              who may sign what; from your security team, never from the bundle
      --revoked FILE                      public keys that no longer count, one a line
      --tsa-ca FILE                       PEM certificates of the timestamp authorities that count
      --anchors FILE                      log export with lines that hold run=ID seq=N head=HEX
      --ledger FILE                       ledger.jsonl of the desk; its signature beside it as FILE.sig
      --at TIME                           judge keys at this time (2026-11-22T04:05:06Z), not now
      --minimum LIST                      what must be there whatever the plan says: approvals=N, reviews=N,
                                          operator, signed-holds, timestamp, anchors, with commas between
      --seen FILE                         remembers the runs that were verified, and finds replays`;

const OPTIONS = {
  'allowed-signers': { type: 'string' },
  revoked: { type: 'string' },
  'tsa-ca': { type: 'string' },
  anchors: { type: 'string' },
  ledger: { type: 'string' },
  at: { type: 'string' },
  minimum: { type: 'string' },
  seen: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** Reads the arguments after the command's own name. `bad-request` for anything that is not one of them. */
export function parseVerifyArgs(argv: readonly string[]): Result<VerifyArgs> {
  const read = readArgs(argv);
  if (!read.ok) return read;
  const { values, positionals } = read.value;
  const allowedSigners = values['allowed-signers'];
  if (positionals.length === 0) return fail('bad-request', 'Name a bundle to verify.');
  if (allowedSigners === undefined) {
    return fail('bad-request', 'Give --allowed-signers FILE.', {
      hint: 'It comes from your security team by another way than the bundle.',
    });
  }
  const at = values.at === undefined ? undefined : parseTime(values.at);
  if (at === null)
    return fail('bad-request', `--at ${values.at ?? ''} is not a time such as 2026-11-22T04:05:06Z.`);
  const minimum = values.minimum === undefined ? undefined : parseMinimum(values.minimum);
  if (minimum?.ok === false) return minimum;
  return ok({
    bundles: positionals,
    allowedSigners,
    json: values.json ?? false,
    ...(values.revoked === undefined ? {} : { revoked: values.revoked }),
    ...(values['tsa-ca'] === undefined ? {} : { tsaCa: values['tsa-ca'] }),
    ...(values.anchors === undefined ? {} : { anchors: values.anchors }),
    ...(values.ledger === undefined ? {} : { ledger: values.ledger }),
    ...(values.seen === undefined ? {} : { seen: values.seen }),
    ...(at === undefined ? {} : { at }),
    ...(minimum === undefined ? {} : { minimum: minimum.value }),
  });
}

function readArgs(argv: readonly string[]) {
  try {
    return ok(parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true, strict: true }));
  } catch (error) {
    return fail('bad-request', error instanceof Error ? error.message : 'The arguments cannot be read.');
  }
}

/** RFC 3339 in UTC, seconds and fractions optional; a date alone is its beginning. */
function parseTime(text: string): Date | null {
  const form = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?Z)?$/;
  const at = form.test(text) ? new Date(text) : new Date(Number.NaN);
  return Number.isNaN(at.getTime()) ? null : at;
}
