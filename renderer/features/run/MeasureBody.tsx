/** A time that the app takes between two recorded instants, with what it will be held against. */
import type { ReactElement, ReactNode } from 'react';
import type { MeasureStep } from '../../../electron/contract/steps.ts';
import { valuesOf } from '../../../electron/domain/run/scope.ts';
import type { StepView } from '../../../electron/domain/run/state.ts';
import { useCommand } from '../../app/commands.ts';
import { limitWords } from '../../format/describe.ts';
import { exactSpan, exactStamp } from '../../format/time.ts';
import { visible } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { Button } from '../../ui/Button.tsx';
import { useArmed } from '../../ui/useArmed.ts';
import { CardFrame } from './CardFrame.tsx';
import type { CardProps } from './cardContext.ts';
import { isWithin, measuredNow, records, type End } from './measured.ts';

export function MeasureBody(props: {
  readonly card: CardProps;
  readonly step: MeasureStep;
  readonly children: ReactNode;
}): ReactElement {
  const { card, step } = props;
  const { run } = card;
  const now = measuredNow(step, valuesOf(run.state, run.snapshot.plan));
  const armed = useArmed();
  const why = card.barred ?? wayOut(now.from, run.state.steps) ?? wayOut(now.to, run.state.steps);
  const take = (): void => {
    if (armed && why === null) card.send({ kind: 'measure', step: step.id });
  };
  const skip = (): void => {
    card.onAsk('skip');
  };
  useCommand('primary', take);
  useCommand('skip', skip, card.barred === null);
  return (
    <CardFrame
      card={card}
      who={
        <span className={why === null && !now.within ? 'warn' : 'why-not'} role="status">
          {why ?? (now.within ? '' : t('measure.fails'))}
        </span>
      }
      actions={
        card.barred === null && (
          <Button keys="Alt+J" onPress={skip}>
            {t('skip')}
          </Button>
        )
      }
      primary={
        <Button
          look="primary"
          className="button--run"
          keys="Alt+Enter"
          disabled={!armed || why !== null}
          onPress={take}
        >
          {t('measure.go')}
        </Button>
      }
    >
      {props.children}
      <TimeTaken step={step} from={endText(now.from)} to={endText(now.to)} ms={now.ms} />
      <p className="dim">{t('measure.means')}</p>
    </CardFrame>
  );
}

function whyNot(end: End): string | null {
  if (end.open !== null) return t('measure.unknown', { name: end.open });
  return end.ms === null ? t('measure.unreadable', { text: visible(end.text) }) : null;
}

/** Why the time cannot be taken, with where the instant comes from: there the way on is seen. */
function wayOut(end: End, steps: readonly StepView[]): string | null {
  const { open } = end;
  const view = open === null ? undefined : steps.find(({ step }) => records(step, open));
  return open === null || view === undefined
    ? whyNot(end)
    : t('measure.unknown.step', { name: open, n: view.index + 1, title: view.step.title });
}

function endText(end: End): string {
  return end.ms === null ? (whyNot(end) ?? '') : exactStamp(new Date(end.ms).toISOString());
}

/** What a measure step found, after it was taken. */
export function MeasuredResult({
  view,
  step,
}: {
  readonly view: StepView;
  readonly step: MeasureStep;
}): ReactElement | null {
  const { measured } = view;
  if (measured === undefined) return null;
  return (
    <TimeTaken step={step} from={exactStamp(measured.from)} to={exactStamp(measured.to)} ms={measured.ms} />
  );
}

function TimeTaken(props: {
  readonly step: MeasureStep;
  readonly from: string;
  readonly to: string;
  readonly ms: number | null;
}): ReactElement {
  const { step, ms } = props;
  const within = ms !== null && isWithin(ms, step.limit);
  return (
    <dl className="taken">
      <dt>{t('measure.from')}</dt>
      <dd>{props.from}</dd>
      <dt>{t('measure.to')}</dt>
      <dd>{props.to}</dd>
      <dt>{t('measure.limit')}</dt>
      <dd>{limitWords(step.limit)}</dd>
      {ms !== null && (
        <>
          <dt>{t('measure.taken')}</dt>
          <dd className={within ? 'ok' : 'bad'}>
            <b className="tnum taken__time">{ms < 0 ? t('measure.backwards') : exactSpan(ms)}</b>{' '}
            {t(within ? 'measure.within' : 'measure.over')}
          </dd>
        </>
      )}
    </dl>
  );
}
