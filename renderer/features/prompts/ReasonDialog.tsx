/** Asks for a reason before something that stays on the record. The harmless answer has the focus order's last word: Escape. */
import { useState, type ReactElement, type ReactNode } from 'react';
import type { Failure, Result } from '../../../electron/contract/result.ts';
import { t } from '../../i18n/t.ts';
import { FailureNote } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/fields.tsx';
import { useArmed } from '../../ui/useArmed.ts';

const shortest = 3;

export function ReasonDialog(props: {
  readonly title: string;
  readonly label: string;
  readonly confirm: string;
  readonly children?: ReactNode;
  readonly tone?: 'plain' | 'danger';
  readonly env?: string | undefined;
  readonly onSubmit: (reason: string) => Promise<Result<unknown>>;
  readonly onClose: () => void;
}): ReactElement {
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const short = reason.trim().length < shortest;
  const armed = useArmed();
  const submit = (): void => {
    setTried(true);
    if (short || !armed) return;
    void props.onSubmit(reason.trim()).then((result) => {
      if (result.ok) props.onClose();
      else setFailure(result.error);
    });
  };
  return (
    <Dialog
      title={props.title}
      tone={props.tone ?? 'plain'}
      env={props.env}
      onClose={props.onClose}
      actions={
        <>
          <Button onPress={props.onClose}>{t('cancel')}</Button>
          <Button look={props.tone === 'danger' ? 'danger' : 'primary'} disabled={!armed} onPress={submit}>
            {props.confirm}
          </Button>
        </>
      }
    >
      {props.children}
      <Field
        label={props.label}
        value={reason}
        onChange={setReason}
        multiline
        autoFocus
        maxLength={4000}
        help={t('reason.help')}
        error={tried && short ? t('reason.short', { n: shortest }) : undefined}
      />
      {failure !== null && <FailureNote failure={failure} />}
    </Dialog>
  );
}
