/** The cockpit: banner, time bar, steps, current step, terminal, status bar. Each always in the same place. */
import { useMemo, useRef, useState, type ReactElement } from 'react';
import type { StepId, TargetName } from '../../../electron/contract/ids.ts';
import { useCommand } from '../../app/commands.ts';
import { t } from '../../i18n/t.ts';
import type { OpenRun } from '../../state/run.ts';
import { judgeInsert } from '../terminal/paste.ts';
import { TerminalPane, type TerminalHandle } from '../terminal/TerminalPane.tsx';
import { Blast } from './Blast.tsx';
import { EndCard } from './EndCard.tsx';
import { LinkNote } from './LinkNote.tsx';
import { shownByDefault, targetInView } from './model.ts';
import { RunDialogs, type Asking } from './RunDialogs.tsx';
import { StatusBar } from './StatusBar.tsx';
import { StepCard } from './StepCard.tsx';
import { StepsPanel } from './StepsPanel.tsx';
import { TerminalHeader } from './TerminalHeader.tsx';
import { TimeBar } from './TimeBar.tsx';

export function RunView({ run }: { readonly run: OpenRun }): ReactElement {
  const { state } = run;
  const [looking, setLooking] = useState<StepId | null>(null);
  const [pane, setPane] = useState<TargetName | null>(null);
  const [asking, setAsking] = useState<Asking | null>(null);
  const terminal = useRef<TerminalHandle | null>(null);
  const current = shownByDefault(state);
  const shown = state.steps.find((view) => view.step.id === looking) ?? current;
  const atCurrent = shown?.step.id === state.current;
  const target = useMemo(() => targetInView(state, current, pane), [state, current, pane]);
  const env = t(run.snapshot.plan.rehearsal ? 'env.rehearsal' : 'env.prod');
  const back = (): void => {
    setLooking(null);
  };
  useCommand('back-to-current', back, looking !== null);
  useCommand(
    'stop',
    () => {
      setAsking(state.stopped === null ? 'stop' : 'continue');
    },
    state.end === null && run.snapshot.live,
  );
  const insert = (command: string): void => {
    terminal.current?.insert(judgeInsert(command));
  };

  return (
    <main className={run.snapshot.plan.rehearsal ? 'run run--rehearsal' : 'run run--prod'}>
      <Blast run={run} target={target} />
      <TimeBar state={state} />
      <StepsPanel
        state={state}
        shown={shown?.step.id ?? null}
        onShow={(id) => {
          setLooking(id === state.current ? null : id);
        }}
      />
      <div className="run__main">
        {state.current === null && looking === null ? (
          <EndCard run={run} onAsk={setAsking} />
        ) : (
          shown !== undefined && (
            <StepCard
              key={shown.step.id}
              run={run}
              view={shown}
              atCurrent={atCurrent}
              onBack={back}
              onAsk={setAsking}
              onInsert={insert}
              pane={targetInView(state, shown, pane)?.name ?? null}
              onPane={setPane}
            />
          )
        )}
        <section className="term" data-region tabIndex={-1} aria-label={t('terminal.region')}>
          <TerminalHeader run={run} target={target} />
          {target !== undefined && run.snapshot.live && state.end === null && (
            <LinkNote key={target.name} run={run} target={target} env={env} />
          )}
          {target !== undefined && run.snapshot.live ? (
            <TerminalPane
              key={target.name}
              runId={run.runId}
              target={target.name}
              env={env}
              onHandle={(handle) => {
                terminal.current = handle;
              }}
            />
          ) : (
            <p className="term__none">{t('terminal.closed')}</p>
          )}
        </section>
      </div>
      <StatusBar run={run} target={target} />
      {asking !== null && (
        <RunDialogs
          run={run}
          asking={asking}
          env={env}
          onClose={() => {
            setAsking(null);
          }}
        />
      )}
    </main>
  );
}
