/** What the primary action of a command step is right now, and why it is not Run when it is not. Pure. */
import type { CommandPreview, LinkState } from '../../../electron/contract/views.ts';
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
  /** Links of the members, where the step runs on a group: the app connects to each when its turn comes. */
  readonly members?: readonly LinkState[] | undefined;
}): Readiness {
  const { target, link, preview } = facts;
  if (facts.barred !== null) return { kind: 'barred', why: facts.barred };
  if (target === undefined) return { kind: 'barred', why: t('ready.no-target') };
  if (facts.members !== undefined) return groupReadiness(facts.members, preview, facts.typed);
  if (link?.state === 'connecting') return { kind: 'wait', why: t('ready.connecting') };
  if (link?.state === 'asking') return { kind: 'wait', why: t('ready.asking') };
  if (!target.connected) return { kind: 'connect', why: t('ready.connect') };
  if (target.identity === 'refuted') return { kind: 'barred', why: t('ready.refuted') };
  if (target.identity === 'unproven') return { kind: 'wait', why: t('ready.proving') };
  return previewReadiness(preview, facts.typed);
}

function groupReadiness(
  links: readonly LinkState[],
  preview: CommandPreview | null,
  typed: string,
): Readiness {
  if (links.some((link) => link.state === 'asking')) return { kind: 'wait', why: t('ready.asking') };
  return previewReadiness(preview, typed);
}

function previewReadiness(preview: CommandPreview | null, typed: string): Readiness {
  if (preview === null) return { kind: 'barred', why: t('ready.no-preview') };
  if (preview.confirm !== undefined && typed.trim() !== preview.confirm) {
    return { kind: 'barred', why: t('ready.type') };
  }
  return { kind: 'run', why: '' };
}
