/** The last word before a signature: digest, key, passphrase. Armed a moment late; the harmless answer has the focus. */
import { useState, type ReactElement } from 'react';
import type { KeyOnDesk, SigningRole, SignRequest } from '../../../electron/contract/people.ts';
import type { Failure, Result } from '../../../electron/contract/result.ts';
import { t } from '../../i18n/t.ts';
import { FailureNote } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/fields.tsx';
import { Fingerprint } from '../../ui/Fingerprint.tsx';
import { useArmed } from '../../ui/useArmed.ts';
import { signingRoleWords } from './statementWords.ts';

export function SignDialog(props: {
  readonly request: Pick<SignRequest, 'sha256'>;
  readonly role: SigningRole;
  readonly owner: KeyOnDesk;
  /** Signs; the dialog stays open while the passphrase is not right. */
  readonly onSign: (passphrase: string | undefined) => Promise<Result<unknown>>;
  readonly onClose: () => void;
}): ReactElement {
  const { request, owner } = props;
  const role = t(signingRoleWords[props.role]);
  const [passphrase, setPassphrase] = useState('');
  const [locked, setLocked] = useState(owner.encrypted);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const armed = useArmed();
  const ready = armed && !busy && (!locked || passphrase !== '');
  const sign = (): void => {
    if (!ready) return;
    setBusy(true);
    void props.onSign(passphrase === '' ? undefined : passphrase).then((result) => {
      setBusy(false);
      setPassphrase('');
      if (result.ok) {
        props.onClose();
        return;
      }
      setFailure(result.error);
      if (result.error.code === 'auth') setLocked(true);
    });
  };
  return (
    <Dialog
      title={t('request.dialog', { role })}
      tone="danger"
      onClose={props.onClose}
      actions={
        <>
          <Button autoFocus={!locked} onPress={props.onClose}>
            {t('cancel')}
          </Button>
          <Button look="primary" disabled={!ready} onPress={sign}>
            {t(busy ? 'request.signing' : 'request.sign-now')}
          </Button>
        </>
      }
    >
      <p>{t('request.dialog.text')}</p>
      <p className="mono digest-line">{request.sha256}</p>
      <p>{t('request.dialog.key')}</p>
      <p>
        <Fingerprint value={owner.fingerprint} /> <span className="dim">{owner.comment}</span>
      </p>
      {locked && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            sign();
          }}
        >
          <Field
            label={t('request.passphrase')}
            type="password"
            autoFocus
            value={passphrase}
            maxLength={1024}
            help={t('request.passphrase.kept')}
            onChange={setPassphrase}
          />
        </form>
      )}
      {owner.source.kind === 'agent' && <p className="dim">{t('request.agent-asks')}</p>}
      {failure !== null && <FailureNote failure={failure} />}
    </Dialog>
  );
}
