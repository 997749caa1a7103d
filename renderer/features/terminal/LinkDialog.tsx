/** Shows where an address from the terminal really leads. Nothing is opened from here without a second act. */
import type { ReactElement } from 'react';
import { t } from '../../i18n/t.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { copyText } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import type { RemoteLink } from './links.ts';

export function LinkDialog(props: { readonly link: RemoteLink; readonly onClose: () => void }): ReactElement {
  const { link, onClose } = props;
  // The desktop shell opens nothing outside itself; there the address can only be copied.
  const opens = useValue(useApp().desk).value?.shell === 'browser';
  return (
    <Dialog
      title={t('link.title')}
      onClose={onClose}
      actions={
        <>
          <Button autoFocus onPress={onClose}>
            {t('cancel')}
          </Button>
          <Button
            onPress={() => {
              void copyText(link.address);
              onClose();
            }}
          >
            {t('link.copy')}
          </Button>
          {opens && (
            <Button
              onPress={() => {
                window.open(link.address, '_blank', 'noopener,noreferrer');
                onClose();
              }}
            >
              {t('link.open')}
            </Button>
          )}
        </>
      }
    >
      <p>{t('link.text')}</p>
      <p>
        <b className="mono">
          <bdi>{link.host}</bdi>
        </b>
      </p>
      <p className="mono link__address">
        <bdi>{link.address}</bdi>
      </p>
      {link.disguised && <p className="warn">{t('link.disguised')}</p>}
    </Dialog>
  );
}
