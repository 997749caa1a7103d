/** An unknown host key: compare, then decide. Nothing secret has been sent; the default answer is not now. */
import { useState, type ReactElement } from 'react';
import type { Prompt, PromptAnswer } from '../../../electron/contract/prompts.ts';
import { t } from '../../i18n/t.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field, Tick } from '../../ui/fields.tsx';
import { sameFingerprint } from './compare.ts';

export function TrustDialog(props: {
  readonly prompt: Extract<Prompt, { kind: 'trust-host' }>;
  readonly onAnswer: (answer: PromptAnswer) => void;
}): ReactElement {
  const { prompt, onAnswer } = props;
  const [pasted, setPasted] = useState('');
  const [remember, setRemember] = useState(true);
  const same = sameFingerprint(prompt.fingerprint, pasted);
  const cancel = (): void => {
    onAnswer({ kind: 'cancel' });
  };
  return (
    <Dialog
      title={t('trust.title')}
      tone="danger"
      wide
      onClose={cancel}
      actions={
        <>
          <Button
            disabled={same === false}
            onPress={() => {
              onAnswer({ kind: 'trust', remember });
            }}
          >
            {t('trust.accept')}
          </Button>
          <Button look="primary" autoFocus onPress={cancel}>
            {t('trust.not-now')}
          </Button>
        </>
      }
    >
      <p>{t('trust.text', { address: prompt.context.address })}</p>
      <dl className="boxed">
        <dt>{t('trust.host')}</dt>
        <dd className="mono">{prompt.context.address}</dd>
        <dt>{t('trust.type')}</dt>
        <dd className="mono">{prompt.keyType}</dd>
        <dt>{t('trust.fingerprint')}</dt>
        <dd className="mono fingerprint">{prompt.fingerprint}</dd>
      </dl>
      <Field
        label={t('trust.compare')}
        mono
        value={pasted}
        onChange={setPasted}
        help={t('trust.compare.help')}
        error={same === false ? t('trust.differs') : undefined}
      />
      {same === true && (
        <p className="ok-line" role="status">
          {t('trust.same')}
        </p>
      )}
      <Tick on={remember} onChange={setRemember}>
        {t('trust.remember', { file: prompt.file })}
      </Tick>
    </Dialog>
  );
}
