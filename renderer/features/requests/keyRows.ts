/** The keys of this desk as choices for one role: what the trust file says of each, and which would not count. Pure. */
import type { KeyOnDesk, KeySource, SigningRole } from '../../../electron/contract/people.ts';
import { visible } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { signingRoleWords } from './statementWords.ts';

export interface KeyRow {
  readonly id: string;
  readonly key: KeyOnDesk;
  readonly line: string;
  readonly says: string;
  /** Listed for the role, and not by somebody who may not sign here. */
  readonly counts: boolean;
}

export function keyId(source: KeySource): string {
  switch (source.kind) {
    case 'app':
      return 'app';
    case 'file':
      return `file:${source.path}`;
    case 'agent':
      return `agent:${source.fingerprint}`;
  }
}

export function whereWords(source: KeySource): string {
  switch (source.kind) {
    case 'app':
      return t('request.key.app');
    case 'file':
      return t('request.key.file', { path: source.path });
    case 'agent':
      return t('request.key.agent');
  }
}

/** What a person knows a key by: its comment, its type and where it is. The fingerprint stands beside it. */
export function keyLine(key: KeyOnDesk): string {
  const facts = { type: key.keyType, where: whereWords(key.source) };
  return key.comment === ''
    ? t('request.key.line', facts)
    : t('request.key.named', { ...facts, comment: visible(key.comment) });
}

/** `barred`: principal whose signature does not count here, such as the operator's under an approval. Those that count come first. */
export function keyRows(
  keys: readonly KeyOnDesk[],
  role: SigningRole,
  barred: string | null,
): readonly KeyRow[] {
  const rows = keys.map((key): KeyRow => {
    const own = key.listed.find((each) => each.roles.includes(role));
    const counts = own !== undefined && own.principal !== barred;
    const roleWord = t(signingRoleWords[role]);
    return {
      id: keyId(key.source),
      key,
      line: keyLine(key),
      says:
        own === undefined
          ? t('request.key.unlisted', { role: roleWord })
          : counts
            ? t('request.key.listed', { principal: own.principal, role: roleWord })
            : t('request.key.operator'),
      counts,
    };
  });
  return [...rows.filter((row) => row.counts), ...rows.filter((row) => !row.counts)];
}
