/** The window of the change, when it is about to end or over: what that means for the next command. */
import type { ReactElement } from 'react';
import { stamp, wordSpan } from '../../format/time.ts';
import { t } from '../../i18n/t.ts';
import type { OpenRun } from '../../state/run.ts';
import { useNow } from '../../ui/useNow.ts';
import { windowNow } from './windowModel.ts';

export function WindowNote({ run }: { readonly run: OpenRun }): ReactElement | null {
  const now = windowNow(run, useNow());
  if (now.state === 'soon')
    return (
      <p className="banner banner--window" role="note">
        {t('window.soon', { span: wordSpan(now.leftMs), to: stamp(now.to) })}
      </p>
    );
  if (now.state !== 'over') return null;
  return (
    <p className="banner banner--window" role="alert">
      <b>{t('window.over', { to: stamp(now.to) })}</b>{' '}
      {now.rollback === undefined ? t('window.over.text') : t('window.over.rollback')}
    </p>
  );
}
