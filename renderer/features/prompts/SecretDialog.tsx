/** Passphrase, password or the server's own questions. The server's words stand in a box of their own. */
import { useState, type ReactElement } from 'react';
import type { Prompt, PromptAnswer } from '../../../electron/contract/prompts.ts';
import { visible } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/fields.tsx';

type SecretPrompt = Exclude<Prompt, { kind: 'trust-host' }>;
interface Asked {
  readonly label: string;
  readonly echo: boolean;
}

function fieldsOf(prompt: SecretPrompt): readonly Asked[] {
  switch (prompt.kind) {
    case 'passphrase':
      return [{ label: t('prompt.passphrase', { file: prompt.file }), echo: false }];
    case 'password':
      return [{ label: t('prompt.password', { address: prompt.context.address }), echo: false }];
    case 'keyboard-interactive':
      return prompt.fields;
  }
}

function titleOf(prompt: SecretPrompt): string {
  switch (prompt.kind) {
    case 'passphrase':
      return t('prompt.passphrase.title');
    case 'password':
      return t('prompt.password.title', { address: prompt.context.address });
    case 'keyboard-interactive':
      return t('prompt.ki.title', { address: prompt.context.address });
  }
}

export function SecretDialog(props: {
  readonly prompt: SecretPrompt;
  readonly onAnswer: (answer: PromptAnswer) => void;
}): ReactElement {
  const { prompt, onAnswer } = props;
  const fields = fieldsOf(prompt);
  const [values, setValues] = useState<readonly string[]>(() => fields.map(() => ''));
  const cancel = (): void => {
    onAnswer({ kind: 'cancel' });
  };
  const submit = (): void => {
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
          <Button look="primary" onPress={submit}>
            {t('prompt.send')}
          </Button>
        </>
      }
    >
      {again && <p className="field__error">{t('prompt.again')}</p>}
      {prompt.kind === 'keyboard-interactive' && (prompt.title !== '' || prompt.instruction !== '') && (
        <figure className="server-says">
          <figcaption>{t('prompt.server-says', { address: prompt.context.address })}</figcaption>
          <p>{visible(prompt.title)}</p>
          <p>{visible(prompt.instruction)}</p>
        </figure>
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
            label={visible(field.label)}
            type={field.echo ? 'text' : 'password'}
            value={values[index] ?? ''}
            autoFocus={index === 0}
            onChange={(value) => {
              setValues(values.map((old, i) => (i === index ? value : old)));
            }}
          />
        ))}
        <button type="submit" className="sr-only" tabIndex={-1}>
          {t('prompt.send')}
        </button>
      </form>
      <p className="dim">{t('prompt.kept')}</p>
    </Dialog>
  );
}
