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

/** `moved` is anything that changes when the preview may have changed. */
export function usePreview(runId: RunId, step: StepId, moved: string): Previewed {
  const { client } = useApp();
  const [result, setResult] = useState<Previewed>({ preview: null, failure: null });
  useEffect(() => {
    let stale = false;
    void client.call('run.preview', { runId, step }).then((answer) => {
      if (stale) return;
      setResult(
        answer.ok ? { preview: answer.value, failure: null } : { preview: null, failure: answer.error },
      );
    });
    return () => {
      stale = true;
    };
  }, [client, runId, step, moved]);
  return result;
}
