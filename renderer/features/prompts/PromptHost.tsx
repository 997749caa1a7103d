/** Questions of a connection, one at a time, in the order they came. One that the app takes back disappears. */
import { useEffect, useState, type ReactElement } from 'react';
import type { Route } from '../../../electron/contract/routes.ts';
import type { Prompt, PromptAnswer } from '../../../electron/contract/prompts.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import type { OpenRun } from '../../state/run.ts';
import { hopOf, hopWords, wayOf, wayQuery } from './hop.ts';
import { MatchExecDialog } from './MatchExecDialog.tsx';
import { SecretDialog, titleOf } from './SecretDialog.tsx';
import { TouchDialog } from './TouchDialog.tsx';
import { TrustDialog } from './TrustDialog.tsx';
import { WithdrawnDialog } from './WithdrawnDialog.tsx';

/** The question that somebody is answering by typing. */
interface Answering {
  readonly id: string;
  readonly title: string;
  readonly typed: boolean;
}

/** Whether keys would go into it as soon as it is there. */
function asksSecret(prompt: Prompt | undefined): boolean {
  switch (prompt?.kind) {
    case 'passphrase':
    case 'password':
    case 'pin':
    case 'keyboard-interactive':
      return true;
    case 'trust-host':
    case 'touch-key':
    case 'match-exec':
    case undefined:
      return false;
  }
}

export function PromptHost(): ReactElement | null {
  const app = useApp();
  const prompts = useValue(app.prompts);
  const { run } = useValue(app.run);
  const [open, setOpen] = useState<Answering | null>(null);
  const first = prompts.value?.[0];
  // Withdrawn untouched, with nothing in its place that takes keys: there is nothing to guard.
  if (open !== null && first?.id !== open.id && !open.typed && !asksSecret(first)) setOpen(null);
  if (open !== null && first?.id !== open.id && (open.typed || asksSecret(first))) {
    return (
      <WithdrawnDialog
        title={open.title}
        onClose={() => {
          setOpen(null);
        }}
      />
    );
  }
  if (first === undefined) return null;
  const answer = (given: PromptAnswer): void => {
    setOpen(null);
    app.prompts.put((prompts.value ?? []).filter((each) => each.id !== first.id));
    void app.client.call('prompt.answer', { id: first.id, answer: given }).then((result) => {
      if (!result.ok) app.notices.add(result.error);
    });
  };
  const own = run !== null && run.runId === first.context.runId ? run : null;
  return (
    <Asked
      key={first.id}
      prompt={first}
      run={own}
      onAnswer={answer}
      onOpen={(title, typed) => {
        setOpen({ id: first.id, title, typed });
      }}
    />
  );
}

function Asked(props: {
  readonly prompt: Prompt;
  readonly run: OpenRun | null;
  readonly onAnswer: (answer: PromptAnswer) => void;
  readonly onOpen: (title: string, typed: boolean) => void;
}): ReactElement {
  const { prompt, run } = props;
  const plan = run?.snapshot.plan ?? null;
  const route = useWay(prompt, plan);
  const way = wayOf(prompt.context, route, run?.links ?? [], plan);
  return (
    <PromptDialog
      prompt={prompt}
      hop={hopWords(hopOf(prompt.context, way))}
      onAnswer={props.onAnswer}
      onOpen={props.onOpen}
    />
  );
}

/** The way to the target of a prompt, as the host finds it. A question about the configuration itself has none yet. */
function useWay(prompt: Prompt, plan: OpenRun['snapshot']['plan'] | null): Route | null {
  const { client } = useApp();
  const [route, setRoute] = useState<Route | null>(null);
  const query = prompt.kind === 'match-exec' ? null : wayQuery(prompt.context, plan);
  const key = query === null ? '' : JSON.stringify(query);
  useEffect(() => {
    if (key === '') return;
    let stale = false;
    void client.call('connect.route', JSON.parse(key) as NonNullable<typeof query>).then((result) => {
      if (!stale && result.ok) setRoute(result.value);
    });
    return () => {
      stale = true;
    };
  }, [client, key]);
  return route;
}

function PromptDialog(props: {
  readonly prompt: Prompt;
  readonly hop: string | null;
  readonly onAnswer: (answer: PromptAnswer) => void;
  readonly onOpen: (title: string, typed: boolean) => void;
}): ReactElement {
  const { prompt, hop, onAnswer } = props;
  switch (prompt.kind) {
    case 'trust-host':
      return <TrustDialog prompt={prompt} hop={hop} onAnswer={onAnswer} />;
    case 'touch-key':
      return <TouchDialog prompt={prompt} hop={hop} onAnswer={onAnswer} />;
    case 'match-exec':
      return <MatchExecDialog prompt={prompt} onAnswer={onAnswer} />;
    case 'passphrase':
    case 'password':
    case 'pin':
    case 'keyboard-interactive':
      return (
        <SecretDialog
          prompt={prompt}
          hop={hop}
          onAnswer={onAnswer}
          onOpen={(typed) => {
            props.onOpen(titleOf(prompt), typed);
          }}
        />
      );
  }
}
