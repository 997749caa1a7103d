/** The computer was not running for a while: where one was, and what to check. Shown until it is read or work goes on. */
import { useState, type ReactElement } from 'react';
import type { RunState } from '../../../electron/domain/run/state.ts';
import { stamp, wordSpan } from '../../format/time.ts';
import { t } from '../../i18n/t.ts';
import { Button } from '../../ui/Button.tsx';

/** The last gap, unless a command was started after it: then somebody has gone on. */
export function openGap(state: RunState): RunState['gaps'][number] | null {
  const gap = state.gaps.at(-1);
  if (gap === undefined || state.end !== null) return null;
  const later = state.steps.some((view) => view.attempts.some((attempt) => attempt.startedAt > gap.at));
  return later ? null : gap;
}

export function GapNote({ state }: { readonly state: RunState }): ReactElement | null {
  const [read, setRead] = useState('');
  const gap = openGap(state);
  if (gap === null || gap.at === read) return null;
  const before = state.steps.findLast((view) => view.attempts.length > 0);
  return (
    <div className="banner banner--gap" role="alert">
      <span>
        <b>{t('gap.title', { span: wordSpan(gap.ms) })}</b>{' '}
        {t('gap.text', { at: stamp(gap.at), step: before?.step.title ?? t('gap.none') })}
      </span>
      <Button
        onPress={() => {
          setRead(gap.at);
        }}
      >
        {t('gap.read')}
      </Button>
    </div>
  );
}
