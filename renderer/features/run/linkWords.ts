/** What is true of a connection, in words: which side closed it and why, when it is tried again. Pure. */
import type { LinkState } from '../../../electron/contract/views.ts';
import type { TargetView } from '../../../electron/domain/run/state.ts';
import { visible } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';

/** Who ended the contact and why, in one sentence; null when it was not lost. */
export function lossWords(target: Pick<TargetView, 'lostWhy' | 'lostSide'>): string | null {
  if (target.lostWhy === undefined) return null;
  const why = visible(target.lostWhy);
  if (target.lostSide === undefined) return t('lost.unsaid', { why });
  switch (target.lostSide) {
    case 'here':
      return t('lost.here', { why });
    case 'there':
      return t('lost.there', { why });
    case 'network':
      return t('lost.network', { why });
  }
}

/** Whole seconds until the app tries again by itself; null when it does not. `since` is when the state began here. */
export function secondsToRetry(link: LinkState | undefined, since: number, now: number): number | null {
  if (link?.retryInMs === undefined) return null;
  return Math.max(0, Math.ceil((since + link.retryInMs - now) / 1000));
}

/** The mark and words of the status bar. */
export function linkWords(
  link: LinkState | undefined,
  connected: boolean,
  retryInS: number | null,
): { readonly tone: 'ok' | 'warn' | 'bad' | 'plain'; readonly text: string } {
  switch (link?.state ?? (connected ? 'connected' : 'idle')) {
    case 'connected':
      return {
        tone: 'ok',
        text: link?.rttMs === undefined ? t('link.connected') : t('link.connected-rtt', { ms: link.rttMs }),
      };
    case 'connecting':
      return { tone: 'plain', text: t('link.connecting') };
    case 'asking':
      return { tone: 'warn', text: t('link.asking') };
    case 'lost':
      return {
        tone: 'bad',
        text: retryInS === null ? t('link.lost') : t('link.lost-retry', { s: retryInS }),
      };
    case 'failed':
      return {
        tone: 'bad',
        text: retryInS === null ? t('link.failed') : t('link.failed-retry', { s: retryInS }),
      };
    case 'idle':
      return { tone: 'plain', text: t('link.idle') };
  }
}

/** What the operator should know of the shell over there; null when it is all there is. */
export function shellHints(target: TargetView): readonly string[] {
  if (!target.connected) return [];
  const hints: string[] = [];
  if (target.shell === 'none') hints.push(t('shell.none'));
  if (target.shell === 'sh') hints.push(t('shell.sh'));
  if (target.uncarried === true && target.shell !== 'none') hints.push(t('shell.uncarried'));
  if (target.stateLost === true) hints.push(t('shell.state-lost'));
  if (target.legacy !== undefined) hints.push(t('shell.legacy', { reason: visible(target.legacy) }));
  return hints;
}
