/** The message of a notify step as the host fills it in now. Asked again whenever the run has moved. */
import { useEffect, useState } from 'react';
import type { MessagePreview } from '../../../electron/contract/views.ts';
import type { RunId, StepId } from '../../../electron/contract/ids.ts';
import type { Failure } from '../../../electron/contract/result.ts';
import { useApp } from '../../state/useApp.ts';

export interface Message {
  readonly message: MessagePreview | null;
  readonly failure: Failure | null;
}

export function useMessage(runId: RunId, step: StepId, moved: string): Message {
  const { client } = useApp();
  const [result, setResult] = useState<Message>({ message: null, failure: null });
  useEffect(() => {
    let stale = false;
    void client.call('run.message', { runId, step }).then((answer) => {
      if (stale) return;
      setResult(
        answer.ok ? { message: answer.value, failure: null } : { message: null, failure: answer.error },
      );
    });
    return () => {
      stale = true;
    };
  }, [client, runId, step, moved]);
  return result;
}
