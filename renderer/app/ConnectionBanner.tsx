/** Says that the page has lost its host, and that runs go on without it. */
import type { ReactElement } from 'react';
import { t } from '../i18n/t.ts';
import { useApp, useValue } from '../state/useApp.ts';
import { FailureNote } from '../ui/bits.tsx';

export function ConnectionBanner(): ReactElement | null {
  const { status, opened } = useValue(useApp().connection);
  if (status.state === 'refused') {
    return (
      <div className="page">
        <FailureNote failure={status.failure} />
      </div>
    );
  }
  if (status.state === 'open' || opened === 0) return null;
  return (
    <p className="banner banner--lost" role="alert">
      <b>{t('bridge.lost')}</b> {t('bridge.lost.text')}
    </p>
  );
}
