/** Two runs of the same runbook side by side: steps, states, durations, and what differs in the chosen step. */
import { useEffect, useMemo, useRef, useState, type ReactElement } from 'react';
import type { BundleView } from '../../../electron/contract/views.ts';
import { go } from '../../app/router.ts';
import { resultWords } from '../../format/describe.ts';
import { clockSpan, stamp } from '../../format/time.ts';
import { visible } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { Empty, FailureNote } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { useArrivalFocus } from '../../ui/useArrivalFocus.ts';
import { usePlainKeys } from '../../ui/usePlainKeys.ts';
import { useRoving } from '../../ui/useRoving.ts';
import { BundleGone } from '../bundle/BundlePlace.tsx';
import { stateOf } from '../bundle/recordings.ts';
import { isSound } from '../bundle/verdictModel.ts';
import { elapsedMs } from '../run/model.ts';
import { comparisonOf, nextDifference } from './compareModel.ts';
import { PairDetails } from './PairDetails.tsx';
import { PairRow } from './PairRow.tsx';
import { PickOther } from './PickOther.tsx';

export function CompareView(props: { readonly left: string; readonly right: string | null }): ReactElement {
  const { opened } = useValue(useApp().bundles);
  const left = opened.find((each) => each.id === props.left);
  const right = opened.find((each) => each.id === props.right);
  if (left === undefined || (props.right !== null && right === undefined)) return <BundleGone />;
  if (right === undefined) return <PickOther left={left} />;
  return <Compared key={`${left.id}:${right.id}`} left={left} right={right} />;
}

function Compared({ left, right }: { readonly left: BundleView; readonly right: BundleView }): ReactElement {
  const both = useMemo(() => {
    if (left.snapshot === undefined || right.snapshot === undefined) return null;
    const comparison = comparisonOf(
      { bundle: left, snapshot: left.snapshot },
      { bundle: right, snapshot: right.snapshot },
    );
    const runs = [
      { snapshot: left.snapshot, state: stateOf(left.snapshot) },
      { snapshot: right.snapshot, state: stateOf(right.snapshot) },
    ] as const;
    return { runs, comparison };
  }, [left, right]);
  const steps = both?.comparison.ok === true ? both.comparison.value.steps : [];
  const [at, setAt] = useState(() =>
    Math.max(
      0,
      steps.findIndex((step) => step.differences.length > 0),
    ),
  );
  const list = useRef<HTMLUListElement>(null);
  const onKeyDown = useRoving(list, setAt);
  useEffect(() => {
    list.current?.querySelectorAll<HTMLElement>('[data-item]')[at]?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  const jump = (by: 1 | -1): void => {
    const to = nextDifference(steps, at, by);
    setAt(to);
    requestAnimationFrame(() => list.current?.querySelectorAll<HTMLElement>('[data-item]')[to]?.focus());
  };
  usePlainKeys((event) => {
    const key = event.key.toLowerCase();
    if (key === 'n') jump(1);
    else if (key === 'p') jump(-1);
    return key === 'n' || key === 'p';
  });
  useArrivalFocus(list, '[data-autofocus]');
  if (both === null) {
    return (
      <main className="page page--center">
        <Empty title={t('compare.title')}>
          <p>{t('compare.unreadable')}</p>
        </Empty>
      </main>
    );
  }
  const { runs } = both;
  if (!both.comparison.ok) {
    return (
      <main className="page">
        <FailureNote failure={both.comparison.error} />
      </main>
    );
  }
  const comparison = both.comparison.value;
  const step = steps[at];
  const different = steps.filter((each) => each.differences.length > 0).length;
  return (
    <main className="compare" aria-label={t('compare.title')}>
      <header className="reader__head">
        <div className="reader__title">
          <h1>{visible(runs[0].snapshot.runbook.title)}</h1>
          <p className="meta" role="status">
            <span>{t('compare.differences', { n: different })}</span>
            {comparison.parameters.length > 0 && (
              <span>
                {t('compare.parameters')}{' '}
                {comparison.parameters
                  .map((pair) => visible(`${pair.name}: ${pair.left ?? '—'} → ${pair.right ?? '—'}`))
                  .join(' · ')}
              </span>
            )}
          </p>
        </div>
        <Button
          onPress={() => {
            jump(-1);
          }}
        >
          {t('compare.previous')}
          <kbd aria-hidden="true">P</kbd>
        </Button>
        <Button
          onPress={() => {
            jump(1);
          }}
        >
          {t('compare.next')}
          <kbd aria-hidden="true">N</kbd>
        </Button>
        <Button
          onPress={() => {
            go({ place: 'compare', left: right.id, right: left.id }, 'replace');
          }}
        >
          {t('compare.swap')}
        </Button>
      </header>
      {!(isSound(left.verdict) && isSound(right.verdict)) && (
        <p className="headline headline--doubt">
          <span className="headline__sign" aria-hidden="true">
            ?
          </span>
          <b>{t('compare.unverified')}</b>
        </p>
      )}
      <div className="compare__body">
        <section className="compare__list" data-region tabIndex={-1} aria-label={t('compare.steps')}>
          <div className="compare__head">
            <span />
            {[left, right].map((bundle, index) => {
              const state = runs[index === 0 ? 0 : 1].state;
              return (
                <button
                  key={index}
                  type="button"
                  className="compare__run"
                  title={bundle.name}
                  onClick={() => {
                    go({ place: 'bundle', id: bundle.id });
                  }}
                >
                  <b>{state.startedAt === null ? visible(bundle.name) : stamp(state.startedAt)}</b>
                  <span>
                    {state.end === null ? t('run.open') : t(resultWords[state.end.result])} ·{' '}
                    <span className="tnum">
                      {clockSpan(elapsedMs(state, Date.parse(state.end?.at ?? state.startedAt ?? '')))}
                    </span>{' '}
                    · {visible(state.operator)}
                  </span>
                </button>
              );
            })}
          </div>
          <ul ref={list} onKeyDown={onKeyDown} className="compare__rows">
            {steps.map((pair, index) => (
              <li key={pair.row.step}>
                <PairRow
                  pair={pair}
                  longestMs={comparison.longestMs}
                  on={index === at}
                  onPick={() => {
                    setAt(index);
                  }}
                />
              </li>
            ))}
          </ul>
        </section>
        {step !== undefined && <PairDetails key={step.row.step} pair={step} left={left} right={right} />}
      </div>
    </main>
  );
}
