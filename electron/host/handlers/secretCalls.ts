/** Secrets of a run, and what they keep from being sealed. No rules of its own. */
import type { Handlers } from '../../contract/calls.ts';
import { fail, ok } from '../../contract/result.ts';
import { escapeText } from '../../domain/evidence/jcs.ts';
import type { EvidenceDesk } from '../evidence/evidenceDesk.ts';
import type { SettingsStore } from '../ports.ts';
import type { RunDesk } from '../runs/runDesk.ts';
import type { SealGate } from '../secrets/sealGate.ts';

export interface SecretDesks {
  readonly runs: Pick<RunDesk, 'live'>;
  readonly gate: SealGate;
  readonly evidence: Pick<EvidenceDesk, 'seal' | 'view'>;
  readonly settings: SettingsStore;
}

export function secretCalls(
  desks: SecretDesks,
): Pick<Handlers, 'run.secret' | 'evidence.block' | 'evidence.seal'> {
  const operator = () => desks.settings.read().operatorName;
  return {
    'run.secret': ({ runId, name, value }) => {
      const run = desks.runs.live(runId);
      if (run !== null) return Promise.resolve(run.giveSecret(name, value, operator()));
      return Promise.resolve(
        fail('not-found', 'This run is not open in this app.', { hint: 'Resume it from the list of runs.' }),
      );
    },
    'evidence.block': ({ runId }) => desks.gate.block(runId),
    'evidence.seal': async ({ runId, secrets, override }) => {
      const given = await desks.gate.give(runId, secrets ?? {}, operator());
      if (!given.ok) return given;
      if (override !== undefined) desks.gate.override(runId, operator(), escapeText(override.trim()));
      const sealed = await desks.evidence.seal(runId);
      if (sealed.ok) return ok(null);
      const block = sealed.error.code === 'refused' ? await desks.gate.block(runId) : ok(null);
      return block.ok && block.value === null ? sealed : block;
    },
  };
}
