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
import { linkOf, targetOf } from './model.ts';

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
  const probe = step.kind === 'run' && step.probe !== undefined && card.barred === null;
  const on = targetOf(step);
  const target = on === null ? undefined : run.state.targets[on];
  const link = on === null ? undefined : linkOf(run.links, on);
  const disconnected = target !== undefined && !target.connected;
  const connectable = disconnected && link?.state !== 'connecting' && link?.state !== 'asking';
  useCommand('primary', () => {
    if (connectable && on !== null) card.send({ kind: 'connect', target: on });
    else if (unknown && probe && !disconnected) card.send({ kind: 'probe', step: step.id });
  });
  if (status.state !== 'failed' && status.state !== 'unknown') return null;
  const attempt = view.attempts.at(-1);
  const barred = card.barred !== null;
  const never = step.kind === 'run' && step.rerun === 'never';
  const rollback = run.snapshot.runbook.rollback;
  return (
    <CardFrame
      card={card}
      who={<span className="why-not">{card.barred ?? (never ? t('outcome.never') : '')}</span>}
      actions={
        !barred && (
          <>
            {rollback !== undefined && (
              <Button
                look="danger"
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
        {attempt?.end !== undefined && (
          <p className="mono">{t('outcome.attempt', { n: attempt.n, end: endWords(attempt.end) })}</p>
        )}
      </div>
      {attempt !== undefined && (
        <ExpectChips
          expect={[]}
          checks={attempt.checks.length > 0 ? attempt.checks : (attempt.lastTry?.checks ?? [])}
        />
      )}
      <p className="dim">
        {t(unknown ? 'outcome.unknown.help' : on === null ? 'outcome.person.help' : 'outcome.failed.help')}
      </p>
      {children}
    </CardFrame>
  );
}
