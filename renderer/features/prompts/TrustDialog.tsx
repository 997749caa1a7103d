/** An unknown host key: compare, then decide. Nothing secret has been sent; the default answer is not now. */
import { useState, type ReactElement } from 'react';
import type { Prompt, PromptAnswer } from '../../../electron/contract/prompts.ts';
import { t } from '../../i18n/t.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Tick } from '../../ui/fields.tsx';
import { Fingerprint } from '../../ui/Fingerprint.tsx';
import { useArmed } from '../../ui/useArmed.ts';
import { CompareField } from './Compare.tsx';
import { compared } from './comparison.ts';
import { Randomart } from './Randomart.tsx';

export function TrustDialog(props: {
  readonly prompt: Extract<Prompt, { kind: 'trust-host' }>;
  /** Which jump host this is; null when it is the target itself. */
  readonly hop: string | null;
  readonly onAnswer: (answer: PromptAnswer) => void;
}): ReactElement {
  const { prompt, hop, onAnswer } = props;
  const [pasted, setPasted] = useState('');
  const [byEye, setByEye] = useState(false);
  const [remember, setRemember] = useState(true);
  const armed = useArmed();
  const { comparison } = compared(pasted, prompt.fingerprint);
  const settled = comparison === 'same' || (comparison === 'empty' && byEye);
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
          <span className="dialog__note" role="status">
            {settled ? '' : t('trust.compare-first')}
          </span>
          <Button
            disabled={!settled || !armed}
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
      <div className="key-shown">
        <dl className="boxed">
          <dt>{t('trust.host')}</dt>
          <dd>
            <span className="mono">{prompt.context.address}</span>
            {hop !== null && <span className="hop">{hop}</span>}
          </dd>
          <dt>{t('trust.type')}</dt>
          <dd className="mono">{prompt.keyType}</dd>
          <dt>{t('trust.fingerprint')}</dt>
          <dd>
            <Fingerprint value={prompt.fingerprint} />
          </dd>
        </dl>
        {prompt.randomart !== undefined && <Randomart picture={prompt.randomart} />}
      </div>
      <CompareField
        label={t('trust.compare')}
        help={t('trust.compare.help')}
        value={pasted}
        shown={prompt.fingerprint}
        onChange={setPasted}
      />
      <div>
        {comparison === 'empty' && (
          <Tick on={byEye} onChange={setByEye}>
            {t('trust.by-eye')}
          </Tick>
        )}
        <Tick on={remember} onChange={setRemember}>
          {t('trust.remember', { file: prompt.file })}
        </Tick>
      </div>
    </Dialog>
  );
}
