/** A command that runs: how long, how silent, what the last probe saw, and the ways to interrupt it. */
import type { ReactElement, ReactNode } from 'react';
import type { TargetName } from '../../../electron/contract/ids.ts';
import { clockSpan, wordSpan } from '../../format/time.ts';
import { t } from '../../i18n/t.ts';
import { Button } from '../../ui/Button.tsx';
import { useNow } from '../../ui/useNow.ts';
import { CardFrame } from './CardFrame.tsx';
import type { CardProps } from './cardContext.ts';
import { ExpectChips, SentCommand } from './Command.tsx';
import { DetachedNote } from './DetachedNote.tsx';
import { GroupBoard } from './GroupBoard.tsx';
import { TransferPlan, TransferResult } from './TransferParts.tsx';
import { useBoard } from './useBoard.ts';
import { usePreview } from './usePreview.ts';

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
  const { preview } = usePreview(run.runId, step.id, 'running');
  const elapsed = begun === undefined ? 0 : Math.max(0, now - Date.parse(begun.startedAt));
  const limit =
    rows !== null ? null : step.kind === 'observe' ? step.forMs : 'timeoutMs' in step ? step.timeoutMs : null;
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
      {children}
      <DetachedNote card={card} target={attempt?.target ?? null} mode={attempt?.mode} />
      {attempt?.observed === true && <p className="observed-note">{t('observed.means')}</p>}
      {step.kind === 'transfer' && <TransferPlan step={step} />}
      {attempt?.file !== undefined && <TransferResult runId={run.runId} file={attempt.file} />}
      {preview !== null && (
        <SentCommand preview={preview} {...(rows === null ? {} : { sent: rows.length })} />
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

/** The attempt that began this going-over of the members: the first one since the step last had its turn. */
function firstOfRound(view: CardProps['view']): CardProps['view']['attempts'][number] | undefined {
  const retried = view.attempts.filter((attempt) => view.members?.[attempt.target]?.earlier !== true);
  return retried.find((attempt) => attempt.endedAt === undefined) ?? retried[0];
}
