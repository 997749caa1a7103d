/** A statement in words, read from the very text that is signed, so that the words cannot say anything else. Pure. */
import type { Statement } from '../../../electron/contract/statements.ts';
import type { SignatureWanted, SigningRole } from '../../../electron/contract/people.ts';
import { stamp } from '../../format/time.ts';
import { shortDigest, visible } from '../../format/units.ts';
import { t, type MessageKey } from '../../i18n/t.ts';

export interface Fact {
  readonly label: MessageKey;
  readonly value: string;
  readonly mono?: true;
}
export interface StatementWords {
  readonly means: MessageKey;
  readonly facts: readonly Fact[];
  /** Only under a hold: what stands behind it. */
  readonly guards: readonly { readonly step: string; readonly target: string; readonly sha256: string }[];
  /** Only under a hold: steps behind it that the signature does not bind. */
  readonly unguarded: readonly string[];
}

/** Null when the text is no statement that this version knows: then nobody should sign it here. */
export function statementWords(text: string): StatementWords | null {
  let statement: Statement;
  try {
    // The host made and checked it; what does not fit below ends in the catch.
    statement = JSON.parse(text) as Statement;
    return wordsOf(statement);
  } catch {
    return null;
  }
}

function wordsOf(statement: Statement): StatementWords | null {
  switch (statement.kind) {
    case 'approval':
      return {
        means: 'request.approval',
        guards: [],
        unguarded: [],
        facts: [
          fact('request.run', statement.runId, true),
          fact('request.runbook', t('request.runbook.value', statement.runbook)),
          fact('request.operator', statement.operator),
          fact('request.ticket', statement.ticket),
          fact('request.plan', shortDigest(statement.planSha256), true),
          fact('request.runbook.digest', shortDigest(statement.runbook.sha256), true),
          fact('request.asked', stamp(statement.requestedAt)),
          fact('request.until', stamp(statement.expiresAt)),
        ],
      };
    case 'hold':
      return {
        means: 'request.hold',
        unguarded: (statement.unguarded ?? []).map((step) => visible(step)),
        guards: statement.guards.map((guard) => ({
          step: visible(guard.step),
          target: visible(guard.target),
          sha256: shortDigest(guard.commandSha256),
        })),
        facts: [
          fact('request.run', statement.runId, true),
          fact('request.step', statement.step, true),
          fact('request.plan', shortDigest(statement.planSha256), true),
          fact('request.head', shortDigest(statement.head), true),
          fact('request.asked', stamp(statement.requestedAt)),
          fact('request.until', stamp(statement.expiresAt)),
        ],
      };
    case 'review':
      return {
        means: statement.verdict === 'accepted' ? 'request.review.accepted' : 'request.review.rejected',
        guards: [],
        unguarded: [],
        facts: [
          fact('request.run', statement.runId, true),
          fact('request.manifest', shortDigest(statement.manifestSha256), true),
          fact('request.comment', statement.comment === '' ? t('request.no-comment') : statement.comment),
          fact('request.asked', stamp(statement.requestedAt)),
        ],
      };
    case 'enrolment':
      return {
        means: 'request.enrolment',
        guards: [],
        unguarded: [],
        facts: [
          fact('request.principal', statement.principal, true),
          fact('request.roles', statement.roles.join(', ')),
          fact('request.key', statement.fingerprint, true),
          fact('request.asked', stamp(statement.requestedAt)),
        ],
      };
    default:
      return null;
  }
}

function fact(label: MessageKey, value: string, mono?: true): Fact {
  return { label, value: visible(value), ...(mono === undefined ? {} : { mono }) };
}

/** The role under which something is signed. */
export function roleOf(wanted: SignatureWanted): SigningRole {
  switch (wanted.kind) {
    case 'approval':
      return 'approve';
    case 'hold':
      return wanted.role;
    case 'review':
      return 'review';
  }
}

export const signingRoleWords = {
  seal: 'srole.seal',
  operator: 'srole.operator',
  approve: 'srole.approve',
  review: 'srole.review',
  ledger: 'srole.ledger',
  verifier: 'srole.verifier',
  owner: 'srole.owner',
  witness: 'srole.witness',
  custodian: 'srole.custodian',
  enrol: 'srole.enrol',
  release: 'srole.release',
} as const satisfies Readonly<Record<SigningRole, MessageKey>>;

const armorShape = /^\s*-----BEGIN SSH SIGNATURE-----\r?\n[\s\S]+\n-----END SSH SIGNATURE-----\s*$/;

/** Whether text looks like a signature at all; whether it is a good one is for the host to say. */
export function looksLikeArmor(text: string): boolean {
  return armorShape.test(text);
}
