/** What a change of the trust adds and takes away, line by line, so that nobody trusts more than they meant to. Pure. */
import type { TrustedSigner, TrustView } from '../../../electron/contract/people.ts';
import { stamp } from '../../format/time.ts';
import { t } from '../../i18n/t.ts';
import { signingRoleWords } from '../requests/statementWords.ts';

export interface TrustDraft {
  readonly allowedSigners: string;
  readonly revoked: string;
  readonly tsaCa: string;
}

export interface LineChanges {
  readonly added: readonly string[];
  readonly gone: readonly string[];
}

/** Lines that mean something: neither empty nor a comment. */
function lines(text: string): readonly string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

export function lineChanges(before: string, after: string): LineChanges {
  const old = lines(before);
  const now = lines(after);
  return {
    added: now.filter((line) => !old.includes(line)),
    gone: old.filter((line) => !now.includes(line)),
  };
}

/** Only the parts that are another text than before: what is not sent is not touched. */
export function trustChange(before: TrustView, draft: TrustDraft): Partial<TrustDraft> {
  return {
    ...(draft.allowedSigners === before.allowedSigners ? {} : { allowedSigners: draft.allowedSigners }),
    ...(draft.revoked === before.revoked ? {} : { revoked: draft.revoked }),
    ...(draft.tsaCa === before.tsaCa ? {} : { tsaCa: draft.tsaCa }),
  };
}

/** `counts`, or why not: the word and whether it is a warning. `now` in ms since the epoch. */
export function signerState(
  signer: TrustedSigner,
  now: number,
): { readonly tone: 'ok' | 'warn' | 'bad'; readonly text: string } {
  if (signer.problem !== undefined) return { tone: 'bad', text: signer.problem };
  if (signer.revoked) return { tone: 'bad', text: t('people.revoked') };
  if (signer.validAfter !== undefined && Date.parse(signer.validAfter) > now)
    return { tone: 'warn', text: t('people.not-yet') };
  if (signer.validBefore !== undefined && Date.parse(signer.validBefore) <= now)
    return { tone: 'bad', text: t('people.expired') };
  if (signer.roles.length === 0) return { tone: 'warn', text: t('people.no-roles') };
  return { tone: 'ok', text: t('people.counts') };
}

export function rolesText(signer: Pick<TrustedSigner, 'roles'>): string {
  return signer.roles.map((role) => t(signingRoleWords[role])).join(', ');
}

/** The time in which a line counts, in words. */
export function validText(signer: TrustedSigner): string {
  const parts = [
    signer.validAfter === undefined ? '' : t('people.valid.after', { at: stamp(signer.validAfter) }),
    signer.validBefore === undefined ? '' : t('people.valid.before', { at: stamp(signer.validBefore) }),
  ].filter((part) => part !== '');
  return parts.length === 0 ? t('people.valid.always') : parts.join(' ');
}
