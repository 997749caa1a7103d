/** Questions of a connection, one at a time, in the order they came. */
import type { ReactElement } from 'react';
import type { Prompt, PromptAnswer } from '../../../electron/contract/prompts.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { SecretDialog } from './SecretDialog.tsx';
import { TrustDialog } from './TrustDialog.tsx';

export function PromptHost(): ReactElement | null {
  const app = useApp();
  const prompts = useValue(app.prompts);
  const first = prompts.value?.[0];
  if (first === undefined) return null;
  const answer = (given: PromptAnswer): void => {
    app.prompts.put((prompts.value ?? []).filter((each) => each.id !== first.id));
    void app.client.call('prompt.answer', { id: first.id, answer: given }).then((result) => {
      if (!result.ok) app.notices.add(result.error);
    });
  };
  return <PromptDialog key={first.id} prompt={first} onAnswer={answer} />;
}

function PromptDialog(props: {
  readonly prompt: Prompt;
  readonly onAnswer: (answer: PromptAnswer) => void;
}): ReactElement {
  const { prompt } = props;
  return prompt.kind === 'trust-host' ? (
    <TrustDialog prompt={prompt} onAnswer={props.onAnswer} />
  ) : (
    <SecretDialog prompt={prompt} onAnswer={props.onAnswer} />
  );
}
