/** Sign and export. In the browser the bundle is a download; on the desktop it goes to a chosen folder. */
import { useState, type ReactElement } from 'react';
import type { EvidenceView } from '../../../electron/contract/views.ts';
import type { Failure } from '../../../electron/contract/result.ts';
import { useCommand } from '../../app/commands.ts';
import { t } from '../../i18n/t.ts';
import { useApp } from '../../state/useApp.ts';
import { FailureNote } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/fields.tsx';
import { saveBase64 } from '../../ui/save.ts';

export function EvidenceActions(props: {
  readonly evidence: EvidenceView;
  readonly onSigned: (evidence: EvidenceView) => void;
}): ReactElement {
  const { evidence } = props;
  const { runId } = evidence;
  const app = useApp();
  const [said, setSaid] = useState('');
  const [failure, setFailure] = useState<Failure | null>(null);
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const signed = evidence.signatures.some((each) => each.role === 'operator');

  const run = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setFailure(null);
    setSaid('');
    await work();
    setBusy(false);
  };
  const sign = (passphrase?: string): void => {
    setAsking(false);
    void run(async () => {
      const result = await app.client.call('evidence.sign', {
        runId,
        ...(passphrase === undefined ? {} : { passphrase }),
      });
      if (result.ok) {
        props.onSigned(result.value);
        setSaid(t('evidence.signed'));
      } else if (result.error.code === 'auth') {
        setFailure(result.error);
        setAsking(true);
      } else setFailure(result.error);
    });
  };
  const save = async (): Promise<void> => {
    const desktop = window.holdpoint;
    if (desktop === undefined) {
      const result = await app.client.call('evidence.download', { runId });
      if (result.ok) {
        saveBase64(result.value.name, result.value.base64);
        setSaid(t('evidence.downloaded', { name: result.value.name }));
      } else setFailure(result.error);
      return;
    }
    const folder = await desktop.chooseDirectory();
    if (!folder.ok) setFailure(folder.error);
    if (!folder.ok || folder.value === null) return;
    const result = await app.client.call('evidence.export', { runId, directory: folder.value });
    if (result.ok) setSaid(t('evidence.exported', { path: result.value.path }));
    else setFailure(result.error);
  };
  const exportBundle = (): void => void run(save);
  useCommand(
    'primary',
    signed
      ? exportBundle
      : () => {
          sign();
        },
    !busy,
  );
  return (
    <footer className="actionbar">
      <div className="actionbar__note" role="status">
        {failure === null ? (
          said === '' ? (
            t(signed ? 'evidence.is-signed' : 'evidence.unsigned')
          ) : (
            said
          )
        ) : (
          <FailureNote failure={failure} />
        )}
      </div>
      {!signed && (
        <Button
          look="primary"
          keys="Alt+Enter"
          disabled={busy}
          onPress={() => {
            sign();
          }}
        >
          {t('evidence.sign')}
        </Button>
      )}
      <Button
        look={signed ? 'primary' : 'quiet'}
        {...(signed ? { keys: 'Alt+Enter' } : {})}
        disabled={busy}
        onPress={exportBundle}
      >
        {t('evidence.export')}
      </Button>
      {asking && (
        <PassphraseDialog
          onAnswer={sign}
          failure={failure}
          onClose={() => {
            setAsking(false);
          }}
        />
      )}
    </footer>
  );
}

function PassphraseDialog(props: {
  readonly failure: Failure | null;
  readonly onAnswer: (passphrase: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const [passphrase, setPassphrase] = useState('');
  return (
    <Dialog
      title={t('evidence.passphrase.title')}
      onClose={props.onClose}
      actions={
        <>
          <Button onPress={props.onClose}>{t('cancel')}</Button>
          <Button
            look="primary"
            onPress={() => {
              props.onAnswer(passphrase);
            }}
          >
            {t('evidence.sign')}
          </Button>
        </>
      }
    >
      {props.failure !== null && <p>{props.failure.message}</p>}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          props.onAnswer(passphrase);
        }}
      >
        <Field
          label={t('evidence.passphrase')}
          type="password"
          autoFocus
          value={passphrase}
          onChange={setPassphrase}
        />
      </form>
      <p className="dim">{t('prompt.kept')}</p>
    </Dialog>
  );
}
