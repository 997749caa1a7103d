/** Place-keeping: every step with its shape, its word and its time. Arrow keys look at a step; they change nothing. */
import { useEffect, useRef, type ReactElement } from 'react';
import type { StepId } from '../../../electron/contract/ids.ts';
import type { RunState, StepView } from '../../../electron/domain/run/state.ts';
import { stateWords } from '../../format/describe.ts';
import { wordSpan } from '../../format/time.ts';
import { t } from '../../i18n/t.ts';
import { StepMark } from '../../ui/StepMark.tsx';
import { useNow } from '../../ui/useNow.ts';
import { useRoving } from '../../ui/useRoving.ts';
import { asideOf, phaseProgress } from './model.ts';

export function StepsPanel(props: {
  readonly state: RunState;
  readonly shown: StepId | null;
  readonly onShow: (id: StepId) => void;
}): ReactElement {
  const { state, shown, onShow } = props;
  const now = useNow();
  const phases = phaseProgress(state, now);
  const list = useRef<HTMLElement>(null);
  const onKeyDown = useRoving(list, (index) => {
    const view = state.steps[index];
    if (view !== undefined) onShow(view.step.id);
  });
  const { current } = state;
  useEffect(() => {
    keepInView(list.current, current);
  }, [current]);
  return (
    <nav
      className="steps"
      data-region
      tabIndex={-1}
      aria-label={t('steps.label')}
      ref={list}
      onKeyDown={onKeyDown}
    >
      {phases.map((phase, index) => (
        <section key={phase.id}>
          <h2 className={phase.current ? 'steps__phase steps__phase--current' : 'steps__phase'}>
            {phase.title}
            <span>
              {phase.budgetMs > 0 && (phase.done > 0 || phase.current)
                ? t('phase.progress', {
                    done: phase.done,
                    of: phase.of,
                    spent: wordSpan(phase.spentMs),
                    budget: wordSpan(phase.budgetMs),
                  })
                : t('phase.count', { done: phase.done, of: phase.of })}
            </span>
          </h2>
          <ol>
            {state.steps
              .filter((view) => view.phase === index)
              .map((view) => (
                <li key={view.step.id}>
                  <button
                    type="button"
                    data-item
                    data-step={view.step.id}
                    {...(view.step.id === shown ? { 'data-autofocus': '' } : {})}
                    tabIndex={view.step.id === shown ? 0 : -1}
                    aria-current={view.step.id === state.current ? 'step' : undefined}
                    className={rowClass(view, shown)}
                    onClick={() => {
                      onShow(view.step.id);
                    }}
                  >
                    <StepMark state={view.status.state} kind={view.step.kind} />
                    <span className="steps__title">{view.step.title}</span>
                    <span className="sr-only">{t(stateWords[view.status.state])}</span>
                    <span className="steps__aside">{asideOf(view, now)}</span>
                  </button>
                </li>
              ))}
          </ol>
        </section>
      ))}
    </nav>
  );
}

/** Only the list scrolls: scrollIntoView would move everything around it, too. */
function keepInView(list: HTMLElement | null, id: StepId | null): void {
  const row = id === null ? null : list?.querySelector(`[data-step="${id}"]`);
  if (list === null || row === null || row === undefined) return;
  const above = row.getBoundingClientRect().top - list.getBoundingClientRect().top;
  if (above < 40 || above > list.clientHeight - 120) list.scrollTop += above - list.clientHeight / 2;
}

function rowClass(view: StepView, shown: StepId | null): string {
  const names = ['steps__item', `is-${view.status.state}`];
  if (view.step.id === shown) names.push('is-shown');
  return names.join(' ');
}
