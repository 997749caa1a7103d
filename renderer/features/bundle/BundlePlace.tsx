/** The place of opened bundles: one that is open, or the page that opens one. */
import type { ReactElement } from 'react';
import { go } from '../../app/router.ts';
import { t } from '../../i18n/t.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { Empty } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { BundleReader } from './BundleReader.tsx';
import { OpenBundle } from './OpenBundle.tsx';

export function BundlePlace({ id }: { readonly id: string | null }): ReactElement {
  const { opened } = useValue(useApp().bundles);
  if (id === null) return <OpenBundle />;
  const bundle = opened.find((each) => each.id === id);
  return bundle === undefined ? <BundleGone /> : <BundleReader key={bundle.id} bundle={bundle} />;
}

export function BundleGone(): ReactElement {
  return (
    <main className="page page--center" data-region tabIndex={-1} aria-label={t('bundle.place')}>
      <Empty
        title={t('bundle.gone')}
        actions={
          <Button
            look="primary"
            onPress={() => {
              go({ place: 'bundle', id: null });
            }}
          >
            {t('bundle.open')}
          </Button>
        }
      >
        <p>{t('bundle.gone.text')}</p>
      </Empty>
    </main>
  );
}
