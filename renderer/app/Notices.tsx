/** The one alert region: failures outside any view, each until it is dismissed. */
import type { ReactElement } from 'react';
import { t } from '../i18n/t.ts';
import { useApp, useValue } from '../state/useApp.ts';
import { Button } from '../ui/Button.tsx';
import { Icon } from '../ui/icons.tsx';

export function Notices(): ReactElement | null {
  const store = useApp().notices;
  const { notices } = useValue(store);
  if (notices.length === 0) return null;
  return (
    <ul className="notices" role="alert" aria-label={t('notices')}>
      {notices.map(({ id, failure }) => (
        <li key={id} className="banner banner--notice">
          <span>
            <b>{failure.message}</b> {failure.kept} {failure.hint}
          </span>
          <Button
            look="bare"
            label={t('dismiss')}
            onPress={() => {
              store.dismiss(id);
            }}
          >
            <Icon name="close" />
          </Button>
        </li>
      ))}
    </ul>
  );
}
