/** What a verifier is given besides the bundle. It comes from other people by another way, and never from a bundle. */
import type { z } from 'zod';
import { Policy } from '../../contract/plan.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { stricter } from '../run/policy.ts';
import { type AllowedSigner, parseAllowedSigners, parseRevoked } from '../signatures/allowedSigners.ts';
import type { Digests } from '../signatures/crypto.ts';
import { parseAuthorities } from '../timestamps/authorities.ts';
import { type AnchorLine, parseAnchors } from './anchorLog.ts';

export interface Trust {
  /** Text of an allowed_signers file. */
  readonly allowedSigners: string;
  /** Public keys that no longer count, one a line. */
  readonly revoked?: string;
  /** The time validity is judged at; now when absent. Never take it from a journal. */
  readonly at?: Date;
  /** PEM certificates of the timestamp authorities that count. */
  readonly tsaCa?: string;
  /** A log outside (SIEM or syslog export) with lines that hold `run=<id> seq=<n> head=<hex>`: its text, or those lines. */
  readonly anchors?: string | readonly AnchorLine[];
  /** The desk's ledger as it was exported, and the signatures over it. */
  readonly ledger?: { readonly text: string; readonly signatures: readonly Uint8Array[] };
  /** What this verifier demands, whatever the plan says. The stricter of both holds. */
  readonly minimum?: Minimum;
  /** Manifest digests of the runs that were verified before. */
  readonly seen?: ReadonlyMap<string, string>;
}

export interface ReadTrust {
  readonly signers: readonly AllowedSigner[];
  readonly revoked: ReadonlySet<string>;
  readonly at: Date;
  readonly tsaCa: string | null;
  readonly anchors: readonly AnchorLine[] | null;
  readonly ledger: NonNullable<Trust['ledger']> | null;
  readonly minimum: Minimum;
  readonly seen: ReadonlyMap<string, string>;
}

/** Reads the trust inputs; an error here is about them, not about the bundle. */
export function readTrust(digests: Digests, trust: Trust): Result<ReadTrust> {
  const signers = parseAllowedSigners(trust.allowedSigners);
  if (!signers.ok) return signers;
  const revoked = parseRevoked(digests, trust.revoked ?? '');
  if (!revoked.ok) return revoked;
  const authorities = trust.tsaCa === undefined ? null : parseAuthorities(trust.tsaCa);
  if (authorities?.ok === false)
    return fail('bad-request', `the timestamp authorities cannot be read: ${authorities.error}`);
  const at = trust.at ?? new Date();
  if (Number.isNaN(at.getTime())) return fail('bad-request', 'the time to judge keys at is not a time');
  return ok({
    signers: signers.value,
    revoked: revoked.value,
    at,
    tsaCa: trust.tsaCa ?? null,
    anchors: typeof trust.anchors === 'string' ? parseAnchors(trust.anchors) : (trust.anchors ?? null),
    ledger: trust.ledger ?? null,
    minimum: trust.minimum ?? {},
    seen: trust.seen ?? new Map(),
  });
}

/** What this bundle must satisfy: the stricter of what its plan and this verifier ask for. */
export function demanded(plan: Policy, minimum: Minimum): Policy {
  const { signatures = [], ...rest } = minimum;
  return { ...stricter(plan, rest), signatures: [...new Set([...plan.signatures, ...signatures])] };
}

/** Any part of a policy. */
const Minimum = Policy.extend({ signatures: Policy.shape.signatures.exactOptional() });
export type Minimum = z.infer<typeof Minimum>;

const SWITCHES: Readonly<Record<string, Minimum>> = {
  timestamp: { timestamp: 'required' },
  anchors: { anchors: 'logger' },
  'signed-holds': { holds: 'signed' },
  'signed-runbooks': { runbooks: 'signed' },
  operator: { signatures: ['seal', 'operator'] },
};

/** Reads `approvals=1,reviews=1,timestamp,anchors,signed-holds,signed-runbooks,operator`. `bad-request` for anything else. */
export function parseMinimum(text: string): Result<Minimum> {
  const minimum: Record<string, unknown> = {};
  for (const word of text.split(',').filter((part) => part.trim() !== '')) {
    const [name = '', count] = word.trim().split('=');
    const number = /^\d{1,2}$/.test(count ?? '') ? Number(count) : NaN;
    const counts = name === 'approvals' || name === 'reviews';
    const one = counts ? { [name]: number } : count === undefined ? SWITCHES[name] : undefined;
    if (one === undefined || !Minimum.safeParse(one).success) {
      return fail('bad-request', `“${word.trim()}” is nothing that a minimum can ask for`, {
        hint: 'Use approvals=N, reviews=N, operator, signed-holds, signed-runbooks, timestamp and anchors, with commas between.',
      });
    }
    Object.assign(minimum, one);
  }
  const parsed = Minimum.safeParse(minimum);
  return parsed.success ? ok(parsed.data) : fail('bad-request', 'the minimum policy cannot be read');
}
