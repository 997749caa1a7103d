/** Asks the host about the form a moment after the last change; only the newest answer counts. */
import { useEffect, useState } from 'react';
import type { StartCheck, StartRequest } from '../../../electron/contract/calls.ts';
import type { Failure } from '../../../electron/contract/result.ts';
import type { Client } from '../../api/client.ts';

const debounceMs = 250;

export interface Checked {
  /** JSON of the request the answer belongs to. */
  readonly of: string;
  readonly check: StartCheck | null;
  readonly failure: Failure | null;
}

export function useStartCheck(client: Client, request: StartRequest, again: string): Checked | null {
  const [checked, setChecked] = useState<Checked | null>(null);
  const text = JSON.stringify(request);
  useEffect(() => {
    let stale = false;
    const timer = setTimeout(() => {
      // Parsed back from the effect's own key, so that the check and its key can never differ.
      void client.call('start.check', JSON.parse(text) as StartRequest).then((result) => {
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
