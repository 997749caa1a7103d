/** Passphrase, password, PIN or the server's own questions. The server's words stand in a box of their own. */
import { useEffect, useRef, useState, type ReactElement } from 'react';
import type { Prompt, PromptAnswer } from '../../../electron/contract/prompts.ts';
import { bounded, visible } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/fields.tsx';
import { useArmed } from '../../ui/useArmed.ts';
import { ServerBox } from './ServerBox.tsx';

export type SecretPrompt = Extract<
  Prompt,
  { kind: 'passphrase' | 'password' | 'pin' | 'keyboard-interactive' }
>;
interface Asked {
  readonly label: string;
  readonly echo: boolean;
}

const longestLabel = 200;

/** What is asked for, each in the app's own words around those of the server. */
export function fieldsOf(prompt: SecretPrompt): readonly Asked[] {
  switch (prompt.kind) {
    case 'passphrase':
      return [{ label: t('prompt.passphrase', { file: visible(prompt.file) }), echo: false }];
    case 'password':
      return [{ label: t('prompt.password', { address: prompt.context.address }), echo: false }];
    case 'pin':
      return [{ label: t('prompt.pin', { key: bounded(prompt.key, longestLabel) }), echo: false }];
    case 'keyboard-interactive':
      return prompt.fields.map((field, index) => ({
        label: t('prompt.ki.field', {
          n: index + 1,
          of: prompt.fields.length,
          asks: bounded(field.label.trim().replace(/\s+/g, ' '), longestLabel),
        }),
        echo: field.echo,
      }));
  }
}

export function titleOf(prompt: SecretPrompt): string {
  const { address } = prompt.context;
  switch (prompt.kind) {
    case 'passphrase':
      return t('prompt.passphrase.title');
    case 'password':
      return t('prompt.password.title', { address });
    case 'pin':
      return t('prompt.pin.title');
    case 'keyboard-interactive':
      return t('prompt.ki.title', { address });
  }
}

export function SecretDialog(props: {
  readonly prompt: SecretPrompt;
  readonly hop: string | null;
  readonly onAnswer: (answer: PromptAnswer) => void;
  /** It is there, and whether something was typed: if it is withdrawn now, the keys that follow were meant for it. */
  readonly onOpen: (typed: boolean) => void;
}): ReactElement {
  const { prompt, hop, onAnswer, onOpen } = props;
  const armed = useArmed();
  const opened = useRef(false);
  useEffect(() => {
    if (opened.current) return;
    opened.current = true;
    onOpen(false);
  }, [onOpen]);
  const fields = fieldsOf(prompt);
  const [values, setValues] = useState<readonly string[]>(() => fields.map(() => ''));
  const cancel = (): void => {
    onAnswer({ kind: 'cancel' });
  };
  const submit = (): void => {
    if (!armed) return;
    onAnswer({ kind: 'text', values: [...values] });
  };
  const again = prompt.kind !== 'keyboard-interactive' && prompt.again;
  return (
    <Dialog
      title={titleOf(prompt)}
      onClose={cancel}
      actions={
        <>
          <Button onPress={cancel}>{t('cancel')}</Button>
          <Button look="primary" autoFocus={fields.length === 0} disabled={!armed} onPress={submit}>
            {t(fields.length === 0 ? 'prompt.go-on' : 'prompt.send')}
          </Button>
        </>
      }
    >
      <p>
        {t('prompt.for', { address: prompt.context.address })}
        {hop !== null && <span className="hop">{hop}</span>}
      </p>
      {again && <p className="field__error">{t('prompt.again')}</p>}
      {prompt.kind === 'keyboard-interactive' && (
        <ServerBox address={prompt.context.address} lines={[prompt.title, prompt.instruction]} />
      )}
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        {fields.map((field, index) => (
          <Field
            key={index}
            label={field.label}
            type={field.echo ? 'text' : 'password'}
            value={values[index] ?? ''}
            autoFocus={index === 0}
            {...(field.echo ? { help: t('prompt.ki.echo') } : {})}
            onChange={(value) => {
              onOpen(true);
              setValues(values.map((old, i) => (i === index ? value : old)));
            }}
          />
        ))}
        <button type="submit" className="sr-only" tabIndex={-1}>
          {t('prompt.send')}
        </button>
      </form>
      <p className="dim">{t(prompt.kind === 'passphrase' ? 'prompt.kept.passphrase' : 'prompt.kept')}</p>
    </Dialog>
  );
}
