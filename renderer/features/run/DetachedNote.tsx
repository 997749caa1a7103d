/** A detached command does not hang on the link: said, while the link is gone. */
import type { ReactElement } from 'react';
import type { TargetName } from '../../../electron/contract/ids.ts';
import { t } from '../../i18n/t.ts';
import { useNow } from '../../ui/useNow.ts';
import type { CardProps } from './cardContext.ts';
import { lossWords, secondsToRetry } from './linkWords.ts';
import { linkOf } from './model.ts';

export function DetachedNote(props: {
  readonly card: CardProps;
  readonly target: TargetName | null;
  readonly mode: string | undefined;
}): ReactElement | null {
  const { run } = props.card;
  const now = useNow();
  if (props.mode !== 'detached' || props.target === null) return null;
  const target = run.state.targets[props.target];
  if (target === undefined || target.connected) return null;
  const link = linkOf(run.links, target.name);
  const retry = secondsToRetry(link, run.linksSince[target.name] ?? now, now);
  return (
    <div className="detached" role="status">
      <p>
        <b>{t('detached.lost')}</b> {t('detached.lost.text')}
      </p>
      <p className="dim">
        {lossWords(target)} {retry === null ? '' : t('lost.retry', { s: retry })}
      </p>
    </div>
  );
}
