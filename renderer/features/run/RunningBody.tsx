/** A command that runs: how long, how silent, what the last probe saw, and the ways to interrupt it. */
import type { ReactElement, ReactNode } from 'react';
import { clockSpan, wordSpan } from '../../format/time.ts';
import { t } from '../../i18n/t.ts';
import { Button } from '../../ui/Button.tsx';
import { useNow } from '../../ui/useNow.ts';
import { CardFrame } from './CardFrame.tsx';
import type { CardProps } from './cardContext.ts';
import { ExpectChips, SentCommand } from './Command.tsx';
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
  const attempt = view.attempts.at(-1);
  const { preview } = usePreview(run.runId, step.id, 'running');
  const elapsed = attempt === undefined ? 0 : Math.max(0, now - Date.parse(attempt.startedAt));
  const limit = step.kind === 'observe' ? step.forMs : step.kind === 'run' ? step.timeoutMs : null;
  const signal = (name: 'INT' | 'TERM' | 'KILL'): void => {
    card.send({ kind: 'signal', step: step.id, signal: name });
  };
  return (
    <CardFrame
      card={card}
      who={
        <div className="running" role="status">
          <span className="running__dot" aria-hidden="true" />
          <b className="tnum">{t('running.for', { span: clockSpan(Math.max(1000, elapsed)) })}</b>
          {limit !== null && <span>{t('running.limit', { span: wordSpan(limit) })}</span>}
          {(attempt?.n ?? 1) > 1 && <span>{t('running.attempt', { n: attempt?.n ?? 1 })}</span>}
          {run.silentMs !== null && run.silentMs > silentWorthSaying && (
            <span className="warn">{t('running.silent', { span: wordSpan(run.silentMs) })}</span>
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
            {t('signal.int')}
          </Button>
          <Button
            look="danger"
            onPress={() => {
              signal('TERM');
            }}
          >
            {t('signal.term')}
          </Button>
          <Button
            look="danger"
            onPress={() => {
              signal('KILL');
            }}
          >
            {t('signal.kill')}
          </Button>
        </>
      }
    >
      {children}
      {preview !== null && <SentCommand preview={preview} />}
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
      <ExpectChips expect={preview?.expect ?? []} checks={attempt?.lastTry?.checks ?? []} />
    </CardFrame>
  );
}
