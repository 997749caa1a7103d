/** A step that failed or whose outcome is unknown: what was seen, and the decisions that are open. None by reflex. */
import type { ReactElement, ReactNode } from 'react';
import { useCommand } from '../../app/commands.ts';
import { endWords } from '../../format/describe.ts';
import { stamp } from '../../format/time.ts';
import { t } from '../../i18n/t.ts';
import { Button } from '../../ui/Button.tsx';
import { CardFrame } from './CardFrame.tsx';
import type { CardProps } from './cardContext.ts';
import { ExpectChips } from './Command.tsx';
import { DetachedNote } from './DetachedNote.tsx';
import { FetchDiff } from './FetchDiff.tsx';
import { GroupBoard } from './GroupBoard.tsx';
import { MeasuredResult } from './MeasureBody.tsx';
import { linkOf, targetOf } from './model.ts';
import { TransferResult } from './TransferParts.tsx';
import { Turns } from './Turns.tsx';
import { canRollBack } from './undo.ts';
import { useBoard } from './useBoard.ts';
import { attachable } from '../../../electron/domain/run/attach.ts';
import { custodiansDone } from '../../../electron/domain/run/evolveTurns.ts';
import { membersToProbe, retryPlan } from '../../../electron/domain/run/group.ts';

export function OutcomeBody({
  card,
  children,
}: {
  readonly card: CardProps;
  readonly children: ReactNode;
}): ReactElement | null {
  const { run, view } = card;
  const { step, status } = view;
  const unknown = status.state === 'unknown';
  const rows = useBoard(run, view);
  const probe =
    (step.kind === 'run' || step.kind === 'custodians') &&
    step.probe !== undefined &&
    // A probe passes nothing while a custodian's part is missing.
    (step.kind === 'run' || custodiansDone(view).length >= step.needs) &&
    card.barred === null &&
    (rows === null || membersToProbe(view).length > 0);
  const on = targetOf(step);
  const target = on === null ? undefined : run.state.targets[on];
  const link = on === null ? undefined : linkOf(run.links, on);
  // The app connects to each member of a group when its turn comes.
  const disconnected = rows === null && target !== undefined && !target.connected;
  const connectable = disconnected && link?.state !== 'connecting' && link?.state !== 'asking';
  const canAttach = unknown && card.barred === null && attachable(view).length > 0;
  useCommand('primary', () => {
    if (connectable && on !== null) card.send({ kind: 'connect', target: on });
    else if (canAttach) card.send({ kind: 'attach', step: step.id });
    else if (unknown && probe && !disconnected) card.send({ kind: 'probe', step: step.id });
  });
  const barred = card.barred !== null;
  const rollback = canRollBack(run.state) && !barred;
  useCommand(
    'rollback',
    () => {
      card.onAsk('rollback');
    },
    rollback && (unknown || status.state === 'failed'),
  );
  if (status.state !== 'failed' && status.state !== 'unknown') return null;
  const attempt =
    rows === null ? view.attempts.at(-1) : view.attempts.findLast((a) => a.target === card.pane);
  const never = rows === null ? 'rerun' in step && step.rerun === 'never' : retryPlan(view).goes.length === 0;
  return (
    <CardFrame
      card={card}
      who={<span className="why-not">{card.barred ?? (never ? t('outcome.never') : '')}</span>}
      actions={
        !barred && (
          <>
            {rollback && (
              <Button
                look="danger"
                keys="Alt+B"
                onPress={() => {
                  card.onAsk('rollback');
                }}
              >
                {t('rollback.start')}
              </Button>
            )}
            <Button
              look="danger"
              onPress={() => {
                card.onAsk('abort');
              }}
            >
              {t('abort')}
            </Button>
            <Button
              onPress={() => {
                card.onAsk('override');
              }}
            >
              {t('override')}
            </Button>
            {unknown && (
              <Button
                onPress={() => {
                  card.onAsk('declare-failed');
                }}
              >
                {t('declare-failed')}
              </Button>
            )}
            <Button
              disabled={never}
              onPress={() => {
                card.onAsk('retry');
              }}
            >
              {t('retry')}
            </Button>
          </>
        )
      }
      primary={
        connectable && on !== null ? (
          <Button
            look="primary"
            className="button--run"
            keys="Alt+Enter"
            onPress={() => {
              card.send({ kind: 'connect', target: on });
            }}
          >
            {t('connect')}
          </Button>
        ) : canAttach ? (
          <Button
            look="primary"
            className="button--run"
            keys="Alt+Enter"
            onPress={() => {
              card.send({ kind: 'attach', step: step.id });
            }}
          >
            {t('attach')}
          </Button>
        ) : (
          probe && (
            <Button
              look={unknown ? 'primary' : 'quiet'}
              disabled={disconnected}
              className="button--run"
              {...(unknown ? { keys: 'Alt+Enter' } : {})}
              onPress={() => {
                card.send({ kind: 'probe', step: step.id });
              }}
            >
              {t('probe')}
            </Button>
          )
        )
      }
    >
      <div className={unknown ? 'outcome outcome--unknown' : 'outcome outcome--failed'} role="alert">
        <p>
          <b>{t(unknown ? 'outcome.unknown' : 'outcome.failed')}</b>{' '}
          <span className="dim">{stamp(status.at)}</span>
        </p>
        <p>{status.reason ?? t(unknown ? 'outcome.unknown.text' : 'outcome.failed.text')}</p>
        {attempt?.observed === true && <p>{t('observed.outcome')}</p>}
        {canAttach && <p>{t('detached.unknown')}</p>}
        {rows === null && attempt?.end !== undefined && (
          <p className="mono">{t('outcome.attempt', { n: attempt.n, end: endWords(attempt.end) })}</p>
        )}
      </div>
      {canAttach && <DetachedNote card={card} target={attempt?.target ?? null} mode={attempt?.mode} />}
      {attempt?.file !== undefined && <TransferResult runId={run.runId} file={attempt.file} />}
      {attempt?.diff !== undefined && <FetchDiff runId={run.runId} diff={attempt.diff} />}
      {step.kind === 'custodians' && <Turns view={view} step={step} />}
      {step.kind === 'measure' && <MeasuredResult view={view} step={step} />}
      {rows !== null && <GroupBoard rows={rows} pane={card.pane} onPane={card.onPane} />}
      {rows !== null && attempt !== undefined && (
        <p className="dim">{t('board.member', { member: attempt.target })}</p>
      )}
      {attempt !== undefined && (
        <ExpectChips
          expect={[]}
          checks={attempt.checks.length > 0 ? attempt.checks : (attempt.lastTry?.checks ?? [])}
        />
      )}
      <p className="dim">
        {t(
          canAttach
            ? 'detached.help'
            : unknown
              ? 'outcome.unknown.help'
              : on === null
                ? 'outcome.person.help'
                : 'outcome.failed.help',
        )}
      </p>
      {children}
    </CardFrame>
  );
}
