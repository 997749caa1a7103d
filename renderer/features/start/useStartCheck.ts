/** Asks the host about the form a moment after the last change; only the newest answer counts. */
import { useEffect, useRef, useState } from 'react';
import type { StartRequest } from '../../../electron/contract/start.ts';
import type { StartCheck } from '../../../electron/contract/views.ts';
import type { Failure } from '../../../electron/contract/result.ts';
import type { Client } from '../../api/client.ts';

const debounceMs = 250;

export interface Checked {
  /** Key of the request the answer belongs to. */
  readonly of: string;
  readonly check: StartCheck | null;
  readonly failure: Failure | null;
}

/**
 * What tells one request from another. Of secrets it holds only which are there and the `revision` of what was typed:
 * this text is kept with the answer.
 */
export function checkKey(request: StartRequest, revision: number): string {
  return JSON.stringify({ ...request, secrets: [revision, ...Object.keys(request.secrets ?? {})] });
}

export function useStartCheck(
  client: Client,
  request: StartRequest,
  revision: number,
  again: string,
): Checked | null {
  const [checked, setChecked] = useState<Checked | null>(null);
  const text = checkKey(request, revision);
  const latest = useRef(request);
  useEffect(() => {
    latest.current = request;
  });
  useEffect(() => {
    let stale = false;
    const timer = setTimeout(() => {
      void client.call('start.check', latest.current).then((result) => {
        if (stale) return;
        setChecked({
          of: text,
          check: result.ok ? result.value : null,
          failure: result.ok ? null : result.error,
        });
      });
    }, debounceMs);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [client, text, again]);
  return checked;
}
