/** Decisions that need a reason. What is decided and on which step stands in the dialog; the reason goes on record. */
import type { ReactElement } from 'react';
import type { Intent } from '../../../electron/contract/intents.ts';
import { retryPlan, retryText } from '../../../electron/domain/run/group.ts';
import { t, type MessageKey } from '../../i18n/t.ts';
import type { OpenRun } from '../../state/run.ts';
import { useApp } from '../../state/useApp.ts';
import { ReasonDialog } from '../prompts/ReasonDialog.tsx';
import { RollbackDialog } from './RollbackDialog.tsx';

type Reasoned = 'stop' | 'continue' | 'skip' | 'override' | 'retry' | 'declare-failed' | 'abort';
export type Asking = Reasoned | 'rollback';

const words: Readonly<
  Record<
    Reasoned,
    {
      readonly title: MessageKey;
      readonly text: MessageKey;
      readonly confirm: MessageKey;
      readonly danger: boolean;
    }
  >
> = {
  stop: { title: 'ask.stop', text: 'ask.stop.text', confirm: 'ask.stop.go', danger: true },
  continue: { title: 'ask.continue', text: 'ask.continue.text', confirm: 'ask.continue.go', danger: false },
  skip: { title: 'ask.skip', text: 'ask.skip.text', confirm: 'ask.skip.go', danger: false },
  override: { title: 'ask.override', text: 'ask.override.text', confirm: 'ask.override.go', danger: true },
  retry: { title: 'ask.retry', text: 'ask.retry.text', confirm: 'ask.retry.go', danger: false },
  'declare-failed': {
    title: 'ask.declare',
    text: 'ask.declare.text',
    confirm: 'ask.declare.go',
    danger: false,
  },
  abort: { title: 'ask.abort', text: 'ask.abort.text', confirm: 'ask.abort.go', danger: true },
};

export function RunDialogs(props: {
  readonly run: OpenRun;
  readonly asking: Asking;
  readonly env: string;
  readonly onClose: () => void;
}): ReactElement | null {
  const { run, asking, env, onClose } = props;
  const app = useApp();
  if (asking === 'rollback') return <RollbackDialog run={run} env={env} onClose={onClose} />;
  const current = run.state.steps.find((view) => view.step.id === run.state.current);
  const text = words[asking];
  return (
    <ReasonDialog
      title={t(text.title, { step: current?.step.title ?? '' })}
      label={t('reason')}
      confirm={t(text.confirm)}
      tone={text.danger ? 'danger' : 'plain'}
      env={env}
      onClose={onClose}
      onSubmit={async (reason) => {
        const intent = toIntent(asking, current?.step.id ?? null, reason);
        return intent === null ? { ok: true, value: null } : app.run.intent(intent);
      }}
    >
      <p>{t(text.text)}</p>
      {asking === 'retry' && current?.members !== undefined && <p>{retryText(retryPlan(current))}</p>}
    </ReasonDialog>
  );
}

function toIntent(
  asking: Reasoned,
  step: Extract<Intent, { step: unknown }>['step'] | null,
  reason: string,
): Intent | null {
  if (asking === 'stop' || asking === 'continue' || asking === 'abort') return { kind: asking, reason };
  return step === null ? null : { kind: asking, step, reason };
}
