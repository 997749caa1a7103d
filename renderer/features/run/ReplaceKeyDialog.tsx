/** Puts the shown key in the place of the one on record: the fingerprint from elsewhere, a reason, a second person. */
import { useState, type ReactElement } from 'react';
import type { TargetName } from '../../../electron/contract/ids.ts';
import type { ChangedHostKey, Failure } from '../../../electron/contract/result.ts';
import { samePerson } from '../../../electron/domain/run/people.ts';
import { visible } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { useApp } from '../../state/useApp.ts';
import { FailureNote } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/fields.tsx';
import { Fingerprint } from '../../ui/Fingerprint.tsx';
import { CompareField } from '../prompts/Compare.tsx';
import { compared, type Comparison } from '../prompts/comparison.ts';

const shortestReason = 3;

/** What is still missing before a key may be replaced, in words; null when nothing is. */
export function replaceProblem(given: {
  readonly comparison: Comparison;
  readonly reason: string;
  readonly second: string;
  readonly operator: string;
}): string | null {
  if (given.comparison !== 'same') return t('replace.need-fingerprint');
  if (given.reason.trim().length < shortestReason) return t('replace.need-reason', { n: shortestReason });
  const second = given.second.trim();
  if (second === '') return t('replace.need-second');
  return samePerson(second, given.operator) ? t('replace.same-person') : null;
}

export function ReplaceKeyDialog(props: {
  readonly target: TargetName;
  readonly changed: ChangedHostKey;
  readonly env: string;
  readonly onClose: () => void;
}): ReactElement {
  const { target, changed, onClose } = props;
  const app = useApp();
  const [pasted, setPasted] = useState('');
  const [reason, setReason] = useState('');
  const [second, setSecond] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const { comparison } = compared(pasted, changed.shown.fingerprint);
  const operator = app.run.getState().run?.snapshot.plan.operator.name ?? '';
  const problem = replaceProblem({ comparison, reason, second, operator });
  const submit = (): void => {
    if (problem !== null || busy) return;
    setBusy(true);
    void app.run
      .intent({
        kind: 'replace-host-key',
        target,
        fingerprint: pasted.trim(),
        reason: reason.trim(),
        second: second.trim(),
      })
      .then((result) => {
        setBusy(false);
        if (result.ok) onClose();
        else setFailure(result.error);
      });
  };
  return (
    <Dialog
      title={t('replace.title')}
      tone="danger"
      wide
      env={props.env}
      onClose={onClose}
      actions={
        <>
          <span className="dialog__note" role="status">
            {problem ?? ''}
          </span>
          <Button onPress={onClose}>{t('cancel')}</Button>
          <Button look="danger" disabled={problem !== null || busy} onPress={submit}>
            {t('replace.go')}
          </Button>
        </>
      }
    >
      <p>{t('replace.text', { address: visible(changed.address) })}</p>
      <dl className="boxed">
        <dt>{t('changed.new')}</dt>
        <dd>
          <span className="mono">{visible(changed.shown.type)}</span>
          <Fingerprint value={changed.shown.fingerprint} />
        </dd>
        <dt>{t('replace.lines')}</dt>
        <dd className="mono">
          {changed.old.map((old) => t('route.place', { file: visible(old.file), line: old.line })).join(', ')}
        </dd>
      </dl>
      <CompareField
        label={t('replace.fingerprint')}
        help={t('replace.fingerprint.help')}
        value={pasted}
        shown={changed.shown.fingerprint}
        onChange={setPasted}
      />
      <Field
        label={t('reason')}
        value={reason}
        onChange={setReason}
        maxLength={4000}
        help={t('replace.reason.help')}
      />
      <Field
        label={t('replace.second')}
        value={second}
        onChange={setSecond}
        maxLength={100}
        help={t('replace.second.help')}
      />
      {failure !== null && <FailureNote failure={failure} />}
    </Dialog>
  );
}
