/** What the primary action of a command step is right now, and why it is not Run when it is not. Pure. */
import type { CommandPreview, LinkState } from '../../../electron/contract/calls.ts';
import type { TargetView } from '../../../electron/domain/run/state.ts';
import { t } from '../../i18n/t.ts';

export interface Readiness {
  readonly kind: 'run' | 'connect' | 'wait' | 'barred';
  readonly why: string;
}

export function readiness(facts: {
  readonly barred: string | null;
  readonly target: TargetView | undefined;
  readonly link: LinkState | undefined;
  readonly preview: CommandPreview | null;
  readonly typed: string;
}): Readiness {
  const { target, link, preview } = facts;
  if (facts.barred !== null) return { kind: 'barred', why: facts.barred };
  if (target === undefined) return { kind: 'barred', why: t('ready.no-target') };
  if (link?.state === 'connecting') return { kind: 'wait', why: t('ready.connecting') };
  if (link?.state === 'asking') return { kind: 'wait', why: t('ready.asking') };
  if (!target.connected) return { kind: 'connect', why: t('ready.connect') };
  if (target.identity === 'refuted') return { kind: 'barred', why: t('ready.refuted') };
  if (target.identity === 'unproven') return { kind: 'wait', why: t('ready.proving') };
  if (preview === null) return { kind: 'barred', why: t('ready.no-preview') };
  if (preview.confirm !== undefined && facts.typed.trim() !== preview.confirm) {
    return { kind: 'barred', why: t('ready.type') };
  }
  return { kind: 'run', why: '' };
}
