/** Signs the enrolment. The passphrase lives in this dialog and goes with it. */
import { useState, type ReactElement } from 'react';
import type { Enrolment, KeyOnDesk, SigningRole } from '../../../electron/contract/people.ts';
import type { Failure } from '../../../electron/contract/result.ts';
import { t } from '../../i18n/t.ts';
import { useApp } from '../../state/useApp.ts';
import { FailureNote } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/fields.tsx';
import { Fingerprint } from '../../ui/Fingerprint.tsx';
import { useArmed } from '../../ui/useArmed.ts';
import { rolesText } from './trustModel.ts';

export function EnrolDialog(props: {
  readonly principal: string;
  readonly roles: readonly SigningRole[];
  readonly owner: KeyOnDesk;
  readonly onMade: (made: Enrolment) => void;
  readonly onClose: () => void;
}): ReactElement {
  const { principal, roles, owner } = props;
  const app = useApp();
  const [passphrase, setPassphrase] = useState('');
  const [locked, setLocked] = useState(owner.encrypted);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const armed = useArmed();
  const ready = armed && !busy && (!locked || passphrase !== '');
  const make = (): void => {
    if (!ready) return;
    setBusy(true);
    void app.client
      .call('people.enrol', {
        principal,
        roles: [...roles],
        key: owner.source,
        ...(passphrase === '' ? {} : { passphrase }),
      })
      .then((result) => {
        setBusy(false);
        setPassphrase('');
        if (result.ok) {
          props.onMade(result.value);
          props.onClose();
          return;
        }
        setFailure(result.error);
        if (result.error.code === 'auth') setLocked(true);
      });
  };
  return (
    <Dialog
      title={t('enrol.dialog')}
      onClose={props.onClose}
      actions={
        <>
          <Button autoFocus={!locked} onPress={props.onClose}>
            {t('cancel')}
          </Button>
          <Button look="primary" disabled={!ready} onPress={make}>
            {t(busy ? 'request.signing' : 'request.sign-now')}
          </Button>
        </>
      }
    >
      <p>{t('enrol.dialog.text', { principal, roles: rolesText({ roles }) })}</p>
      <p>
        <Fingerprint value={owner.fingerprint} /> <span className="dim">{owner.comment}</span>
      </p>
      {locked && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            make();
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
      {failure !== null && <FailureNote failure={failure} />}
    </Dialog>
  );
}
