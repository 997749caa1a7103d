/** What a second person is asked: to read target and command before they are sent, or to look by their own means after. */
import type { ReactElement } from 'react';
import { t } from '../../i18n/t.ts';
import type { OpenRun } from '../../state/run.ts';
import type { StepView } from '../../../electron/domain/run/state.ts';
import { ExpectChips, SentCommand } from './Command.tsx';
import { usePreview } from './usePreview.ts';
import type { StepId } from '../../../electron/contract/ids.ts';

export function SecondPerson({
  run,
  view,
}: {
  readonly run: OpenRun;
  readonly view: StepView;
}): ReactElement | null {
  const { step } = view;
  if (step.madeFor === undefined) return null;
  if (step.kind === 'hold') return <SecondLook run={run} of={step.madeFor} />;
  if (step.kind !== 'attest') return null;
  return <p className="lead">{t(step.independentOf === undefined ? 'second.look-only' : 'second.check')}</p>;
}

function SecondLook({ run, of }: { readonly run: OpenRun; readonly of: StepId }): ReactElement {
  const { preview, failure } = usePreview(run.runId, of, Object.keys(run.state.captures).join());
  return (
    <>
      <p className="lead">{t('second.look')}</p>
      {failure !== null && <p className="warn">{t('second.look.unknown')}</p>}
      {preview !== null && <SentCommand preview={preview} />}
      {preview !== null && <ExpectChips expect={preview.expect} checks={[]} />}
    </>
  );
}

/** Whether the answer of this step is still kept from the person who answers it a second time. */
export function isHidden(view: StepView, steps: readonly StepView[]): boolean {
  return steps.some(
    ({ step, status }) =>
      step.kind === 'attest' &&
      step.independentOf === view.step.id &&
      (status.state === 'waiting' || status.state === 'current'),
  );
}
