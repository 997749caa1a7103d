/**
 * A question went away while somebody was typing the answer. The rest of what they type must reach neither the next
 * question nor the terminal: it ends here, and only a press made after a moment without keys goes on.
 */
import { useEffect, useState, type ReactElement } from 'react';
import { t } from '../../i18n/t.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';

const stillMs = 800;

/** True after a moment in which no key was pressed; a key before that begins the moment anew and does nothing. */
function useStillness(): boolean {
  const [still, setStill] = useState(false);
  useEffect(() => {
    if (still) return;
    let timer = setTimeout(setStill, stillMs, true);
    const swallow = (event: KeyboardEvent): void => {
      event.preventDefault();
      event.stopPropagation();
      clearTimeout(timer);
      timer = setTimeout(setStill, stillMs, true);
    };
    addEventListener('keydown', swallow, { capture: true });
    return () => {
      clearTimeout(timer);
      removeEventListener('keydown', swallow, { capture: true });
    };
  }, [still]);
  return still;
}

export function WithdrawnDialog(props: {
  readonly title: string;
  readonly onClose: () => void;
}): ReactElement {
  const still = useStillness();
  return (
    <Dialog
      title={t('prompt.withdrawn.title')}
      onClose={props.onClose}
      actions={
        <Button disabled={!still} onPress={props.onClose}>
          {t('prompt.withdrawn.go')}
        </Button>
      }
    >
      <p>{t('prompt.withdrawn', { title: props.title })}</p>
      <p className="dim">{t('prompt.withdrawn.next')}</p>
    </Dialog>
  );
}
