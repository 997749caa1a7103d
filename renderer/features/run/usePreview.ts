/** What Run would send for a step, to the byte, as the host renders it. Asked again whenever the run has moved. */
import { useEffect, useState } from 'react';
import type { CommandPreview } from '../../../electron/contract/views.ts';
import type { RunId, StepId } from '../../../electron/contract/ids.ts';
import type { Failure } from '../../../electron/contract/result.ts';
import { useApp } from '../../state/useApp.ts';

export interface Previewed {
  readonly preview: CommandPreview | null;
  readonly failure: Failure | null;
}

/** Which of a step's commands is meant. */
export type PreviewOf = 'run' | 'dry-run' | 'custodian' | 'probe';

/** `moved` is anything that changes when the preview may have changed; with `of` null nothing is asked. */
export function usePreview(
  runId: RunId,
  step: StepId,
  moved: string,
  of: PreviewOf | null = 'run',
): Previewed {
  const { client } = useApp();
  const [result, setResult] = useState<Previewed>({ preview: null, failure: null });
  useEffect(() => {
    let stale = false;
    if (of === null) return;
    const which = of === 'run' ? {} : { of };
    void client.call('run.preview', { runId, step, ...which }).then((answer) => {
      if (stale) return;
      setResult(
        answer.ok ? { preview: answer.value, failure: null } : { preview: null, failure: answer.error },
      );
    });
    return () => {
      stale = true;
    };
  }, [client, runId, step, moved, of]);
  return result;
}
