/** The run as it happened: its steps on the left, one step on the right. Nothing can be done from here. */
import { useState, type ReactElement } from 'react';
import type { BundleView, RunSnapshot } from '../../../electron/contract/views.ts';
import type { StepId } from '../../../electron/contract/ids.ts';
import type { RunState } from '../../../electron/domain/run/state.ts';
import { stamp } from '../../format/time.ts';
import { visible } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { SectionTitle } from '../../ui/bits.tsx';
import { StepsPanel } from '../run/StepsPanel.tsx';
import { StepStory } from './StepStory.tsx';

export function StoryTab(props: {
  readonly bundle: BundleView;
  readonly snapshot: RunSnapshot;
  readonly state: RunState;
  readonly onPlay: (path: string) => void;
}): ReactElement {
  const { state } = props;
  const [shown, setShown] = useState<StepId | null>(
    // Where something went wrong is where a reader wants to begin.
    (
      state.steps.find(({ status }) => status.state === 'failed' || status.state === 'unknown') ??
      state.steps[0]
    )?.step.id ?? null,
  );
  const view = state.steps.find((each) => each.step.id === shown);
  return (
    <div className="story">
      <StepsPanel state={state} shown={shown} onShow={setShown} />
      <div className="story__main" tabIndex={0} role="region" aria-label={t('bundle.tab.story')}>
        {view !== undefined && (
          <StepStory
            key={view.step.id}
            bundle={props.bundle}
            snapshot={props.snapshot}
            state={state}
            view={view}
            onPlay={props.onPlay}
          />
        )}
        <Asides state={state} />
      </div>
    </div>
  );
}

function Asides({ state }: { readonly state: RunState }): ReactElement | null {
  if (state.notes.length === 0 && state.deviations.length === 0) return null;
  return (
    <section>
      <SectionTitle>{t('story.notes')}</SectionTitle>
      <ul className="bullets">
        {state.deviations.map((each, index) => (
          <li key={`d${String(index)}`}>
            {t('story.deviation', { target: each.target, at: stamp(each.at) })}
          </li>
        ))}
        {state.notes.map((each, index) => (
          <li key={`n${String(index)}`}>
            {t('past.accepted', { reason: visible(each.text), by: visible(each.by), at: stamp(each.at) })}
          </li>
        ))}
      </ul>
    </section>
  );
}
