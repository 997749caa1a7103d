/** A message that a person sends: as it would be sent, to copy or to save. The app sends nothing and passes nothing by itself. */
import { useState, type ReactElement, type ReactNode } from 'react';
import type { MessagePreview } from '../../../electron/contract/views.ts';
import type { NotifyStep } from '../../../electron/contract/steps.ts';
import { useCommand } from '../../app/commands.ts';
import { channelWords, roleWords } from '../../format/describe.ts';
import { shortDigest, visible } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { copyText, CopyButton, FailureNote } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/fields.tsx';
import { saveText } from '../../ui/save.ts';
import { useArmed } from '../../ui/useArmed.ts';
import { CardFrame } from './CardFrame.tsx';
import type { CardProps } from './cardContext.ts';
import { emlOf } from './eml.ts';
import { useMessage } from './useMessage.ts';

export function NotifyBody(props: {
  readonly card: CardProps;
  readonly step: NotifyStep;
  readonly children: ReactNode;
}): ReactElement {
  const { card, step } = props;
  const { run, view } = card;
  const [by, setBy] = useState('');
  const { message, failure } = useMessage(
    run.runId,
    step.id,
    `${String(run.state.seq)}:${view.status.state}`,
  );
  const armed = useArmed();
  const other = step.by !== 'operator';
  const unnamed = other && by.trim() === '' ? t('attest.name', { role: t(roleWords[step.by]) }) : null;
  const why = card.barred ?? unnamed ?? '';
  const confirm = (): void => {
    if (!armed || why !== '' || message === null) return;
    card.send({ kind: 'notified', step: step.id, seen: message.sha256, ...(other ? { by: by.trim() } : {}) });
  };
  const skip = (): void => {
    card.onAsk('skip');
  };
  const save = (): void => {
    if (message !== null) saveMessage(message);
  };
  useCommand('primary', confirm);
  useCommand('copy-command', () => void copyText(message?.body ?? ''), message !== null);
  useCommand('save', save, message !== null);
  useCommand('skip', skip, card.barred === null);
  return (
    <CardFrame
      card={card}
      who={
        <span className="why-not" role="status">
          {why}
        </span>
      }
      actions={
        <>
          {message !== null && (
            <>
              <CopyButton text={message.body} label={t('notify.copy')} keys="Alt+C" />
              <Button keys="Alt+S" onPress={save}>
                {t('notify.save')}
              </Button>
            </>
          )}
          {card.barred === null && (
            <Button keys="Alt+J" onPress={skip}>
              {t('skip')}
            </Button>
          )}
        </>
      }
      primary={
        <Button
          look="primary"
          className="button--confirm"
          keys="Alt+Enter"
          disabled={!armed || why !== '' || message === null}
          onPress={confirm}
        >
          {t(other ? 'notify.sent-by-other' : 'notify.sent')}
        </Button>
      }
    >
      {props.children}
      {failure !== null && <FailureNote failure={failure} />}
      {message !== null && <MessageView message={message} />}
      <p className="dim">{t('notify.means')}</p>
      {other && (
        <div className="person">
          <Field
            label={t('notify.name', { role: t(roleWords[step.by]) })}
            value={by}
            maxLength={100}
            onChange={setBy}
          />
        </div>
      )}
    </CardFrame>
  );
}

function saveMessage(message: MessagePreview): void {
  if (message.channel === 'email')
    saveText(`${message.step}.eml`, emlOf({ ...message, subject: message.subject }));
  else saveText(`${message.step}.txt`, message.text);
}

function MessageView({ message }: { readonly message: MessagePreview }): ReactElement {
  return (
    <div className="message">
      <dl className="message__head">
        <dt>{t('notify.channel')}</dt>
        <dd>{t(channelWords[message.channel])}</dd>
        <dt>{t('notify.to')}</dt>
        <dd className="message__copied">
          <span>{visible(message.to)}</span>
          <CopyButton text={message.to} label={t('notify.copy.to')} />
        </dd>
        {message.subject !== undefined && (
          <>
            <dt>{t('notify.subject')}</dt>
            <dd className="message__copied">
              <b>{visible(message.subject)}</b>
              <CopyButton text={message.subject} label={t('notify.copy.subject')} />
            </dd>
          </>
        )}
      </dl>
      <pre className="message__body" tabIndex={0} aria-label={t('notify.body')}>
        {visible(message.body)}
      </pre>
      <p className="dim mono">{t('notify.digest', { digest: shortDigest(message.sha256) })}</p>
    </div>
  );
}
