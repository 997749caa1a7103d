/** A wait: how long it still lasts, until when, what it waits for. It passes by itself; nobody can shorten it unseen. */
import type { ReactElement, ReactNode } from 'react';
import type { WaitStep } from '../../../electron/contract/steps.ts';
import { valuesOf } from '../../../electron/domain/run/scope.ts';
import type { StepView } from '../../../electron/domain/run/state.ts';
import { useCommand } from '../../app/commands.ts';
import { clockSpan, isUtc, localClock, stamp, zoneOrLocal } from '../../format/time.ts';
import { t } from '../../i18n/t.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { Button } from '../../ui/Button.tsx';
import { useNow } from '../../ui/useNow.ts';
import { CardFrame } from './CardFrame.tsx';
import type { CardProps } from './cardContext.ts';
import { filled } from './fill.ts';

export function WaitBody(props: {
  readonly card: CardProps;
  readonly step: WaitStep;
  readonly children: ReactNode;
}): ReactElement {
  const { card, step } = props;
  const { run, view, barred } = card;
  const skip = (): void => {
    card.onAsk('skip');
  };
  useCommand('skip', skip, barred === null);
  return (
    <CardFrame
      card={card}
      who={
        <span className="why-not" role="status">
          {run.state.stopped === null ? (barred ?? t('wait.by-itself')) : t('wait.stopped')}
        </span>
      }
      actions={
        barred === null && (
          <Button keys="Alt+J" onPress={skip}>
            {t('skip')}
          </Button>
        )
      }
    >
      {view.wait === undefined ? (
        <p className="lead">{t('wait.not-begun')}</p>
      ) : (
        <Countdown wait={view.wait} />
      )}
      {props.children}
      <WaitsFor step={step} values={valuesOf(run.state, run.snapshot.plan)} />
    </CardFrame>
  );
}

function Countdown({ wait }: { readonly wait: NonNullable<StepView['wait']> }): ReactElement {
  const now = useNow();
  const settings = useValue(useApp().settings);
  const zone = zoneOrLocal(settings.value?.timeZone ?? '');
  const end = Date.parse(wait.until);
  const begun = Date.parse(wait.at);
  const left = Math.max(0, end - now);
  const all = Math.max(1, end - begun);
  const gone = Math.min(all, Math.max(0, now - begun));
  return (
    <div className="countdown">
      <p className="countdown__left tnum" role="timer" aria-live="off">
        {left === 0 ? t('wait.over') : clockSpan(left)}
        {left > 0 && <span>{t('wait.left')}</span>}
      </p>
      <dl className="facts">
        <div>
          <dt>{t('wait.until')}</dt>
          <dd>{stamp(wait.until)}</dd>
          {!isUtc(zone) && <dd>{localClock(new Date(end), zone)}</dd>}
        </div>
      </dl>
      <p className="dim">{t('wait.since', { at: stamp(wait.at) })}</p>
      <div
        className="meter"
        role="progressbar"
        aria-label={t('wait.meter')}
        aria-valuemin={0}
        aria-valuemax={Math.round(all / 1000)}
        aria-valuenow={Math.round(gone / 1000)}
      >
        <span style={{ width: `${String((gone / all) * 100)}%` }} />
      </div>
    </div>
  );
}

/** What the time is made of: the parts are added up. */
export function WaitsFor({
  step,
  values,
}: {
  readonly step: WaitStep;
  readonly values: Readonly<Record<string, string>>;
}): ReactElement {
  return (
    <dl className="facts">
      <div>
        <dt>{t('wait.for')}</dt>
        {step.for.map((part, index) => {
          const { text, open, values: used } = filled(part, values);
          const [only] = used;
          return (
            <dd key={index}>
              {only === undefined || open.length > 0
                ? text
                : t('wait.part', { name: only.name, value: text })}
            </dd>
          );
        })}
      </div>
    </dl>
  );
}
