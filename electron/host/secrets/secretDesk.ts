/** The secrets of the runs of this desk, in memory, from the start of a run until it is sealed or the app ends. */
import type { RunId } from '../../contract/ids.ts';
import type { Plan } from '../../contract/plan.ts';
import { ok, type Result } from '../../contract/result.ts';
import type { Runbook } from '../../contract/runbook.ts';
import { createRunSecrets, type RunSecrets } from './runSecrets.ts';

export interface SecretDesk {
  /** The secrets of a run that is opened, with what is known of them already. */
  open(plan: Plan, runbook: Runbook, source?: string): RunSecrets;
  /** Gives several at once. `by`: who gives them again. The failure is that of the first that cannot be held. */
  give(runId: RunId, values: Readonly<Record<string, string>>, by?: string): Result<null>;
  of(runId: RunId): RunSecrets | null;
  /** The run is sealed, or was never begun. */
  forget(runId: RunId): void;
  close(): void;
}

export function createSecretDesk(): SecretDesk {
  const open = new Map<RunId, RunSecrets>();
  return {
    open(plan, runbook, source) {
      const before = open.get(plan.runId);
      if (before !== undefined) return before;
      const known = [
        JSON.stringify(runbook),
        JSON.stringify(plan),
        ...(source === undefined ? [] : [source]),
      ];
      const secrets = createRunSecrets({ runbook, plan, known });
      open.set(plan.runId, secrets);
      return secrets;
    },
    give(runId, values, by) {
      for (const [name, value] of Object.entries(values)) {
        const given = open.get(runId)?.give(name, value, by);
        if (given?.ok === false) return given;
      }
      return ok(null);
    },
    of: (runId) => open.get(runId) ?? null,
    forget(runId) {
      open.get(runId)?.forget();
      open.delete(runId);
    },
    close() {
      for (const secrets of open.values()) secrets.forget();
      open.clear();
    },
  };
}
