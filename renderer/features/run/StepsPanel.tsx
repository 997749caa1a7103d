/** Place-keeping: every step with its shape, its word and its time. Arrow keys look at a step; they change nothing. */
import { useEffect, useRef, useState, type ReactElement } from 'react';
import type { StepId } from '../../../electron/contract/ids.ts';
import type { RunState, StepView } from '../../../electron/domain/run/state.ts';
import { stateWords } from '../../format/describe.ts';
import { wordSpan } from '../../format/time.ts';
import { t } from '../../i18n/t.ts';
import { Icon } from '../../ui/icons.tsx';
import { StepMark } from '../../ui/StepMark.tsx';
import { useNow } from '../../ui/useNow.ts';
import { useRoving } from '../../ui/useRoving.ts';
import { asideOf, phaseProgress } from './model.ts';
import { stepRows, type PartRow } from './stepRows.ts';

export function StepsPanel(props: {
  readonly state: RunState;
  readonly shown: StepId | null;
  readonly onShow: (id: StepId) => void;
}): ReactElement {
  const { state, shown, onShow } = props;
  const now = useNow();
  const phases = phaseProgress(state, now);
  const [open, setOpen] = useState<ReadonlyMap<StepId, boolean>>(new Map());
  const rows = phases.map((_, index) =>
    stepRows(
      state.steps.filter((view) => view.phase === index),
      [state.current, shown],
      open,
    ),
  );
  const flat = rows.flat();
  const list = useRef<HTMLElement>(null);
  const onKeyDown = useRoving(list, (index) => {
    const row = flat[index];
    if (row?.kind === 'step') onShow(row.view.step.id);
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
            {rows[index]?.map((row) =>
              row.kind === 'part' ? (
                <PartHead
                  key={row.key}
                  row={row}
                  onFold={(folded) => {
                    setOpen(new Map(open).set(row.key, !folded));
                  }}
                />
              ) : (
                <StepLine
                  key={row.view.step.id}
                  view={row.view}
                  within={row.within}
                  current={row.view.step.id === current}
                  shown={row.view.step.id === shown}
                  aside={asideOf(row.view, now)}
                  onShow={onShow}
                />
              ),
            )}
          </ol>
        </section>
      ))}
    </nav>
  );
}

function StepLine(props: {
  readonly view: StepView;
  readonly within: boolean;
  readonly current: boolean;
  readonly shown: boolean;
  readonly aside: string;
  readonly onShow: (id: StepId) => void;
}): ReactElement {
  const { view, shown } = props;
  const names = ['steps__item', `is-${view.status.state}`];
  if (shown) names.push('is-shown');
  if (props.within) names.push('steps__item--within');
  return (
    <li>
      <button
        type="button"
        data-item
        data-step={view.step.id}
        {...(shown ? { 'data-autofocus': '' } : {})}
        tabIndex={shown ? 0 : -1}
        aria-current={props.current ? 'step' : undefined}
        className={names.join(' ')}
        onClick={() => {
          props.onShow(view.step.id);
        }}
      >
        <StepMark state={view.status.state} kind={view.step.kind} />
        <span className="steps__title">{view.step.title}</span>
        <span className="sr-only">{t(stateWords[view.status.state])}</span>
        <span className="steps__aside">{props.aside}</span>
      </button>
    </li>
  );
}

/** The head of the steps that came from another runbook. It stays open while the turn is among them. */
function PartHead({
  row,
  onFold,
}: {
  readonly row: PartRow;
  readonly onFold: (folded: boolean) => void;
}): ReactElement {
  return (
    <li>
      <button
        type="button"
        data-item
        tabIndex={-1}
        className="steps__part"
        aria-expanded={!row.folded}
        aria-disabled={row.kept}
        title={t('part.from', { title: row.part.title, version: row.part.version })}
        onClick={() => {
          if (!row.kept) onFold(!row.folded);
        }}
      >
        <Icon name="chevron" />
        <span className="steps__title">{row.part.title}</span>
        <span className="steps__aside">{t('phase.count', { done: row.done, of: row.of })}</span>
      </button>
    </li>
  );
}

/** Only the list scrolls: scrollIntoView would move everything around it, too. */
function keepInView(list: HTMLElement | null, id: StepId | null): void {
  const row = id === null ? null : list?.querySelector(`[data-step="${id}"]`);
  if (list === null || row === null || row === undefined) return;
  const above = row.getBoundingClientRect().top - list.getBoundingClientRect().top;
  if (above < 40 || above > list.clientHeight - 120) list.scrollTop += above - list.clientHeight / 2;
}
