/** One step of two runs: its mark and time on each side as bars of one scale, and what differs. */
import type { ReactElement } from 'react';
import type { CompareSide } from '../../../electron/domain/report/compare.ts';
import type { StepKind } from '../../../electron/contract/steps.ts';
import { stateWords } from '../../format/describe.ts';
import { clockSpan } from '../../format/time.ts';
import { visible } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { StepMark } from '../../ui/StepMark.tsx';
import { timeOf, type Difference, type StepPair } from './compareModel.ts';

const differenceWords = {
  missing: 'compare.missing',
  state: 'compare.outcome',
  attempts: 'compare.attempts',
  checks: 'compare.checks',
  captures: 'compare.captures',
  command: 'compare.commands',
  output: 'compare.output',
} as const satisfies Readonly<Record<Difference, string>>;

export function PairRow(props: {
  readonly pair: StepPair;
  readonly longestMs: number;
  readonly on: boolean;
  readonly onPick: () => void;
}): ReactElement {
  const { row, differences } = props.pair;
  const differs = differences.length > 0;
  return (
    <button
      type="button"
      data-item
      {...(props.on ? { 'data-autofocus': '' } : {})}
      tabIndex={props.on ? 0 : -1}
      aria-current={props.on ? 'true' : undefined}
      className={differs ? 'pair pair--differs' : 'pair'}
      onClick={props.onPick}
    >
      <span className="pair__title">
        <span aria-hidden="true" className="pair__sign">
          {differs ? '≠' : '='}
        </span>
        <span>
          {visible(row.title)}
          {differs && (
            <span className="pair__why">
              {differences.map((each) => t(differenceWords[each])).join(' · ')}
            </span>
          )}
        </span>
        <span className="sr-only">{t(differs ? 'compare.differs' : 'compare.same')}</span>
      </span>
      <Side side={row.a} kind={row.kind} longestMs={props.longestMs} />
      <Side side={row.b} kind={row.kind} longestMs={props.longestMs} />
    </button>
  );
}

function Side(props: {
  readonly side: CompareSide | undefined;
  readonly kind: StepKind;
  readonly longestMs: number;
}): ReactElement {
  const { side } = props;
  if (side === undefined) return <span className="pair__side dim">{t('compare.missing')}</span>;
  const ms = timeOf(side);
  return (
    <span className={`pair__side is-${side.state}`}>
      <StepMark state={side.state} kind={props.kind} />
      <span className="pair__bar" aria-hidden="true">
        {ms !== null && <span style={{ width: `${String(Math.max(1, (ms / props.longestMs) * 100))}%` }} />}
      </span>
      <span className="tnum pair__time">
        <span className="sr-only">{t(stateWords[side.state])} </span>
        {ms === null ? t(stateWords[side.state]) : clockSpan(ms)}
      </span>
    </span>
  );
}
