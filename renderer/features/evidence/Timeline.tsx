/** The picture of the run: a row a step, a bar for when it happened, an outline for its planned time, its mark at the end. */
import type { ReactElement } from 'react';
import type { RunSnapshot } from '../../../electron/contract/views.ts';
import { stateWords } from '../../format/describe.ts';
import { clockSpan, stamp } from '../../format/time.ts';
import { t } from '../../i18n/t.ts';
import { SectionTitle } from '../../ui/bits.tsx';
import { StepMark } from '../../ui/StepMark.tsx';
import { tickEvery, timelineOf, type TimelineModel, type TimelineRow } from './timelineModel.ts';

const chartWidth = 1000;
const rowHeight = 22;

export function Timeline({ snapshot }: { readonly snapshot: RunSnapshot }): ReactElement {
  const model = timelineOf(snapshot);
  return (
    <section>
      <SectionTitle
        aside={
          model.startedAt === null
            ? undefined
            : t('timeline.aside', { span: clockSpan(model.totalMs), start: stamp(model.startedAt) })
        }
      >
        {t('timeline.title')}
      </SectionTitle>
      <div className="timeline" role="table" aria-label={t('timeline.title')}>
        <Axis model={model} />
        {model.phases.map((phase) => (
          <div key={phase.title} role="rowgroup">
            <div className="timeline__phase" role="row">
              <span role="rowheader">{phase.title}</span>
            </div>
            {phase.rows.map((row) => (
              <Row key={row.view.step.id} row={row} totalMs={model.totalMs} />
            ))}
          </div>
        ))}
      </div>
      <p className="dim timeline__legend">{t('timeline.legend')}</p>
    </section>
  );
}

function Axis({ model }: { readonly model: TimelineModel }): ReactElement {
  const every = tickEvery(model.totalMs);
  const ticks = Array.from({ length: Math.floor(model.totalMs / every) + 1 }, (_, i) => i * every);
  return (
    <div className="timeline__row timeline__axis" aria-hidden="true">
      <span />
      <span className="timeline__ticks">
        {ticks.map((ms) => (
          <span key={ms} className="tnum" style={{ left: `${String((ms / model.totalMs) * 100)}%` }}>
            {ms === 0 ? '0' : clockSpan(ms)}
          </span>
        ))}
      </span>
      <span />
    </div>
  );
}

function Row({ row, totalMs }: { readonly row: TimelineRow; readonly totalMs: number }): ReactElement {
  const { view, from, to, plannedMs } = row;
  const x = (ms: number): number => (ms / totalMs) * chartWidth;
  const begun = from !== null && to !== null;
  const spent = begun ? clockSpan(to - from) : '';
  return (
    <div className={`timeline__row is-${view.status.state}`} role="row">
      <span className="timeline__name" role="rowheader">
        <StepMark state={view.status.state} kind={view.step.kind} />
        <span>{view.step.title}</span>
      </span>
      <span role="cell">
        <svg
          className="timeline__bar"
          viewBox={`0 0 ${String(chartWidth)} ${String(rowHeight)}`}
          preserveAspectRatio="none"
          aria-hidden="true"
        >
          {begun && plannedMs !== null && (
            <rect
              className="timeline__plan"
              x={x(from)}
              y={4}
              width={Math.max(2, Math.min(chartWidth - x(from), x(plannedMs)))}
              height={14}
            />
          )}
          {begun && (
            <rect className="timeline__did" x={x(from)} y={7} width={Math.max(3, x(to - from))} height={8} />
          )}
        </svg>
      </span>
      <span className="timeline__time tnum" role="cell">
        <span className="sr-only">{t(stateWords[view.status.state])}</span>
        {spent === '' ? t(stateWords[view.status.state]) : spent}
      </span>
    </div>
  );
}
