/** The ledger, and runs that nobody takes up again. No rules of its own. */
import type { Handlers } from '../../contract/calls.ts';
import { ok } from '../../contract/result.ts';
import type { LedgerDesk } from '../runs/ledgerDesk.ts';

export function ledgerCalls(
  ledger: LedgerDesk,
): Pick<Handlers, 'ledger.view' | 'ledger.export' | 'run.abandon'> {
  return {
    'ledger.view': () => ledger.view(),
    'ledger.export': async () => {
      const made = await ledger.export();
      return made.ok ? ok({ name: made.value.name, base64: made.value.bytes.toString('base64') }) : made;
    },
    'run.abandon': ({ runId, reason }) => ledger.abandon(runId, reason),
  };
}
