/** A hardware key waits for a finger. Nothing to press here but Cancel; the question goes when the key has answered. */
import type { ReactElement } from 'react';
import type { Prompt, PromptAnswer } from '../../../electron/contract/prompts.ts';
import { bounded } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';

export function TouchDialog(props: {
  readonly prompt: Extract<Prompt, { kind: 'touch-key' }>;
  readonly hop: string | null;
  readonly onAnswer: (answer: PromptAnswer) => void;
}): ReactElement {
  const { prompt, hop } = props;
  const cancel = (): void => {
    props.onAnswer({ kind: 'cancel' });
  };
  return (
    <Dialog
      title={t('prompt.touch.title')}
      onClose={cancel}
      actions={
        <Button onPress={cancel} autoFocus>
          {t('cancel')}
        </Button>
      }
    >
      <p className="touch" role="status">
        {t('prompt.touch', { address: prompt.context.address })}
        {hop !== null && <span className="hop">{hop}</span>}
      </p>
      <dl className="boxed">
        <dt>{t('prompt.key')}</dt>
        <dd className="mono">
          <bdi>{bounded(prompt.key, 200)}</bdi>
        </dd>
      </dl>
      <p className="dim">{t('prompt.touch.text')}</p>
    </Dialog>
  );
}
