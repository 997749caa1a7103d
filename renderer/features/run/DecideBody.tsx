/** A choice that selects what follows. */
import { useState, type ReactElement, type ReactNode } from 'react';
import type { DecideStep } from '../../../electron/contract/steps.ts';
import { useCommand } from '../../app/commands.ts';
import { roleWords } from '../../format/describe.ts';
import { t } from '../../i18n/t.ts';
import { Button } from '../../ui/Button.tsx';
import { Field, Radios } from '../../ui/fields.tsx';
import { CardFrame } from './CardFrame.tsx';
import type { CardProps } from './cardContext.ts';

export function DecideBody(props: {
  readonly card: CardProps;
  readonly step: DecideStep;
  readonly children: ReactNode;
}): ReactElement {
  const { card, step } = props;
  const [choice, setChoice] = useState('');
  const [reason, setReason] = useState('');
  const option = step.options.find((each) => each.id === choice);
  const needsReason = option?.reason === true;
  const why =
    card.barred ??
    (option === undefined
      ? t('decide.missing')
      : needsReason && reason.trim().length < 3
        ? t('decide.reason-missing')
        : '');
  const confirm = (): void => {
    if (why !== '') return;
    card.send({
      kind: 'decide',
      step: step.id,
      choice,
      ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
    });
  };
  useCommand('primary', confirm);
  return (
    <CardFrame
      card={card}
      who={
        <span className="why-not" role="status">
          {why === '' ? t('decide.by', { role: t(roleWords[step.by]) }) : why}
        </span>
      }
      actions={
        <Button
          look="primary"
          className="button--confirm"
          keys="Alt+Enter"
          disabled={why !== ''}
          onPress={confirm}
        >
          {t('decide.confirm')}
        </Button>
      }
    >
      {props.children}
      <div className="person">
        <Radios label={step.question} value={choice} options={step.options} onChange={setChoice} />
        {needsReason && <Field label={t('reason')} value={reason} maxLength={4000} onChange={setReason} />}
      </div>
    </CardFrame>
  );
}
