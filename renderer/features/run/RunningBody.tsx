/** A command that runs: how long, how silent, what the last probe saw, and the ways to interrupt it. */
import type { ReactElement, ReactNode } from 'react';
import type { TargetName } from '../../../electron/contract/ids.ts';
import type { Step } from '../../../electron/contract/steps.ts';
import { valuesOf } from '../../../electron/domain/run/scope.ts';
import type { Purpose } from '../../../electron/domain/run/state.ts';
import { clockSpan, wordSpan } from '../../format/time.ts';
import { visible } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { Button } from '../../ui/Button.tsx';
import { useNow } from '../../ui/useNow.ts';
import { CardFrame } from './CardFrame.tsx';
import type { CardProps } from './cardContext.ts';
import { ExpectChips, SentCommand } from './Command.tsx';
import { DetachedNote } from './DetachedNote.tsx';
import { FetchDiff } from './FetchDiff.tsx';
import { timeMs } from './fill.ts';
import { GroupBoard } from './GroupBoard.tsx';
import { TransferPlan, TransferResult } from './TransferParts.tsx';
import { useBoard } from './useBoard.ts';
import { NothingKept, Turns } from './Turns.tsx';
import { usePreview, type PreviewOf } from './usePreview.ts';

const silentWorthSaying = 10_000;

export function RunningBody({
  card,
  children,
}: {
  readonly card: CardProps;
  readonly children: ReactNode;
}): ReactElement {
  const { run, view } = card;
  const { step } = view;
  const now = useNow();
  const rows = useBoard(run, view);
  const attempt =
    rows === null ? view.attempts.at(-1) : view.attempts.findLast((a) => a.target === card.pane);
  const begun = rows === null ? attempt : firstOfRound(view);
  const of = previewOf(attempt?.purpose);
  const { preview } = usePreview(run.runId, step.id, `running ${of}`, of);
  const elapsed = begun === undefined ? 0 : Math.max(0, now - Date.parse(begun.startedAt));
  const limit =
    rows !== null ? null : limitOf(step, attempt?.purpose, valuesOf(run.state, run.snapshot.plan));
  const signal = (name: 'INT' | 'TERM' | 'KILL', target?: TargetName): void => {
    card.send({ kind: 'signal', step: step.id, signal: name, ...(target === undefined ? {} : { target }) });
  };
  return (
    <CardFrame
      card={card}
      who={
        <div className="running" role="status">
          <span className="running__dot" aria-hidden="true" />
          <b className="tnum">{t('running.for', { span: clockSpan(Math.max(1000, elapsed)) })}</b>
          {limit !== null && <span>{t('running.limit', { span: wordSpan(limit) })}</span>}
          {rows === null && (attempt?.n ?? 1) > 1 && (
            <span>{t('running.attempt', { n: attempt?.n ?? 1 })}</span>
          )}
          {run.silentMs !== null && run.silentMs > silentWorthSaying && (
            <span className="warn">{t('running.silent', { span: wordSpan(run.silentMs) })}</span>
          )}
          {(attempt?.attached ?? 0) > 0 && (
            <span>{t('detached.attached', { n: attempt?.attached ?? 0 })}</span>
          )}
          {step.kind === 'observe' && <span>{t('observe.tries', { n: attempt?.tries ?? 0 })}</span>}
        </div>
      }
      actions={
        <>
          <Button
            onPress={() => {
              signal('INT');
            }}
          >
            {t(rows === null ? 'signal.int' : 'signal.int.all')}
          </Button>
          <Button
            look="danger"
            onPress={() => {
              signal('TERM');
            }}
          >
            {t(rows === null ? 'signal.term' : 'signal.term.all')}
          </Button>
          <Button
            look="danger"
            onPress={() => {
              signal('KILL');
            }}
          >
            {t(rows === null ? 'signal.kill' : 'signal.kill.all')}
          </Button>
        </>
      }
    >
      {attempt?.purpose === 'dry-run' && <p className="dry__running">{t('dry.running')}</p>}
      {attempt?.purpose === 'custodian' && (
        <>
          <p className="lead">{t('custodians.turn', { name: visible(attempt.custodian ?? '') })}</p>
          <NothingKept />
        </>
      )}
      {children}
      {step.kind === 'custodians' && <Turns view={view} step={step} />}
      <DetachedNote card={card} target={attempt?.target ?? null} mode={attempt?.mode} />
      {attempt?.observed === true && <p className="observed-note">{t('observed.means')}</p>}
      {step.kind === 'transfer' && <TransferPlan step={step} />}
      {attempt?.file !== undefined && <TransferResult runId={run.runId} file={attempt.file} />}
      {attempt?.diff !== undefined && <FetchDiff runId={run.runId} diff={attempt.diff} />}
      {preview !== null && (
        <SentCommand
          preview={preview}
          {...(rows === null ? { running: attempt !== undefined } : { sent: rows.length })}
        />
      )}
      {limit !== null && (
        <div
          className="meter"
          role="progressbar"
          aria-label={t('running.meter')}
          aria-valuemin={0}
          aria-valuemax={Math.round(limit / 1000)}
          aria-valuenow={Math.round(Math.min(elapsed, limit) / 1000)}
        >
          <span style={{ width: `${String(Math.min(100, (elapsed / limit) * 100))}%` }} />
        </div>
      )}
      {rows !== null && attempt !== undefined && (
        <p className="dim">{t('board.member', { member: attempt.target })}</p>
      )}
      <ExpectChips
        expect={preview?.expect ?? []}
        checks={rows === null ? (attempt?.lastTry?.checks ?? []) : (attempt?.checks ?? [])}
      />
      {rows !== null && view.interrupted && <p className="warn">{t('board.interrupted')}</p>}
      {rows !== null && (
        <GroupBoard
          rows={rows}
          pane={card.pane}
          onPane={card.onPane}
          onInterrupt={(member) => {
            signal('INT', member);
          }}
        />
      )}
    </CardFrame>
  );
}

/** The one of the step's commands that runs now. */
function previewOf(purpose: Purpose | undefined): PreviewOf {
  return purpose === undefined || purpose === 'observe' ? 'run' : purpose;
}

/** How long that command may take; a twin and a probe have limits of their own. */
function limitOf(
  step: Step,
  purpose: Purpose | undefined,
  values: Readonly<Record<string, string>>,
): number | null {
  if (purpose === 'dry-run') return step.kind === 'run' ? (step.dryRun?.timeoutMs ?? null) : null;
  if (purpose === 'probe') {
    return step.kind === 'run' || step.kind === 'custodians' ? (step.probe?.timeoutMs ?? null) : null;
  }
  if (step.kind === 'observe') return timeMs(step.for, values);
  return 'timeoutMs' in step ? step.timeoutMs : null;
}

/** The attempt that began this going-over of the members: the first one since the step last had its turn. */
function firstOfRound(view: CardProps['view']): CardProps['view']['attempts'][number] | undefined {
  const retried = view.attempts.filter((attempt) => view.members?.[attempt.target]?.earlier !== true);
  return retried.find((attempt) => attempt.endedAt === undefined) ?? retried[0];
}
