/** The OpenSSH configuration would run commands on this computer: they are shown to the byte before anything runs. */
import { useState, type ReactElement } from 'react';
import type { Prompt, PromptAnswer } from '../../../electron/contract/prompts.ts';
import { visible } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Tick } from '../../ui/fields.tsx';
import { useArmed } from '../../ui/useArmed.ts';

export function MatchExecDialog(props: {
  readonly prompt: Extract<Prompt, { kind: 'match-exec' }>;
  readonly onAnswer: (answer: PromptAnswer) => void;
}): ReactElement {
  const { prompt, onAnswer } = props;
  const [remember, setRemember] = useState(false);
  const armed = useArmed();
  const n = prompt.commands.length;
  const refuse = (): void => {
    onAnswer({ kind: 'cancel' });
  };
  return (
    <Dialog
      title={t('prompt.match-exec.title', { n })}
      tone="danger"
      wide
      onClose={refuse}
      actions={
        <>
          <Button
            disabled={!armed}
            onPress={() => {
              onAnswer({ kind: 'trust', remember });
            }}
          >
            {t('prompt.match-exec.run', { n })}
          </Button>
          <Button look="primary" autoFocus onPress={refuse}>
            {t('prompt.match-exec.refuse')}
          </Button>
        </>
      }
    >
      <p>{t('prompt.match-exec.text', { address: prompt.context.address })}</p>
      <ul className="exec-list" tabIndex={0} aria-label={t('prompt.match-exec.list')}>
        {prompt.commands.map((each, index) => (
          <li key={index}>
            <code className="dim">{t('route.place', { file: visible(each.file), line: each.line })}</code>
            <pre>
              <bdi>{visible(each.command)}</bdi>
            </pre>
          </li>
        ))}
      </ul>
      <Tick on={remember} onChange={setRemember}>
        {t('prompt.match-exec.remember')}
      </Tick>
      <p className="dim">{t('prompt.match-exec.help')}</p>
    </Dialog>
  );
}
