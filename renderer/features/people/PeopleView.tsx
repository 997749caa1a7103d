/** People and keys: what the site demands, whom this desk trusts, the keys that are here, and how a key is enrolled. */
import { useEffect, useRef, type ReactElement } from 'react';
import { t } from '../../i18n/t.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { FailureNote, Loading } from '../../ui/bits.tsx';
import { useArrivalFocus } from '../../ui/useArrivalFocus.ts';
import { EnrolCard } from './EnrolCard.tsx';
import { KeysCard } from './KeysCard.tsx';
import { PolicyCard } from './PolicyCard.tsx';
import { TrustCard } from './TrustCard.tsx';

export function PeopleView(): ReactElement {
  const app = useApp();
  const settings = useValue(app.settings);
  const place = useRef<HTMLElement>(null);
  useArrivalFocus(place);
  useEffect(() => {
    void app.trust.refresh();
    void app.keys.refresh();
  }, [app]);
  return (
    <main ref={place} className="page" data-region tabIndex={-1} aria-label={t('place.people')}>
      <div className="page__column page__column--wide">
        <h1 className="page__title">{t('place.people')}</h1>
        <TrustCard />
        <KeysCard />
        {settings.failure !== null && <FailureNote failure={settings.failure} />}
        {settings.value === null ? (
          <Loading />
        ) : (
          <>
            <EnrolCard principal={settings.value.operatorPrincipal} />
            <PolicyCard saved={settings.value} />
          </>
        )}
      </div>
    </main>
  );
}
