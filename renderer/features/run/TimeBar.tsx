/** Elapsed against planned time, phase by phase: width is budget, fill is time spent. */
import type { ReactElement } from 'react';
import type { RunState } from '../../../electron/domain/run/state.ts';
import { timeOf, wordSpan } from '../../format/time.ts';
import { t } from '../../i18n/t.ts';
import { useNow } from '../../ui/useNow.ts';
import { elapsedMs, phaseProgress, plannedMs } from './model.ts';

export function TimeBar({ state }: { readonly state: RunState }): ReactElement {
  const now = useNow();
  const phases = phaseProgress(state, now);
  const elapsed = elapsedMs(state, now);
  const planned = plannedMs(state.runbook);
  return (
    <section className="timebar" aria-label={t('timebar.label')}>
      <span className="mono tnum">{state.startedAt === null ? '' : timeOf(state.startedAt).slice(0, 5)}</span>
      <ol className="timebar__phases">
        {phases.map((phase) => {
          const part =
            phase.budgetMs === 0 ? (phase.done === phase.of ? 1 : 0) : phase.spentMs / phase.budgetMs;
          const over = part > 1;
          return (
            <li
              key={phase.id}
              className={phase.current ? 'seg seg--current' : 'seg'}
              style={{ flexGrow: Math.max(phase.budgetMs, 120_000) }}
            >
              <span className="seg__name">{phase.title}</span>
              <span
                className={over ? 'seg__fill seg__fill--over' : 'seg__fill'}
                style={{ width: `${String(Math.min(100, part * 100))}%` }}
              />
              <span className="sr-only">
                {t('timebar.phase', { spent: wordSpan(phase.spentMs), budget: wordSpan(phase.budgetMs) })}
              </span>
            </li>
          );
        })}
      </ol>
      <p>
        <b className="tnum">{wordSpan(elapsed)}</b> {t('timebar.of', { planned: wordSpan(planned) })}
      </p>
    </section>
  );
}
