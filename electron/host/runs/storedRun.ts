/** What a run's folder says of it before its journal is opened: the plan and the exact runbook it was made from. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunbookId, RunId, Sha256 } from '../../contract/ids.ts';
import { Plan } from '../../contract/plan.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { parseCanonical } from '../../domain/evidence/jcs.ts';
import { sha256 } from '../files/hash.ts';
import { type LoadedRunbook, parseBytes } from '../library/library.ts';
import { readJournal } from './journal.ts';
import { runFolder, runsFolder } from './runFolder.ts';

export interface StoredRun {
  readonly plan: Plan;
  readonly planSha256: Sha256;
  readonly entry: LoadedRunbook;
}

/** Reads plan and runbook. `corrupt` when they are not what the plan says, `not-found` when they cannot be read. */
export async function readStored(dir: string): Promise<Result<StoredRun>> {
  try {
    const text = await readFile(join(dir, 'plan', 'plan.json'), 'utf8');
    const bytes = await readFile(join(dir, 'plan', 'runbook.yaml'));
    const json = parseCanonical(text.replace(/\n$/, ''));
    const plan = Plan.safeParse(json.ok ? json.value : null);
    if (!plan.success) return damaged(dir, 'its plan is not a plan');
    if (sha256(bytes) !== plan.data.runbook.sha256)
      return damaged(dir, 'its runbook is not the one it was planned with');
    const { rehearsal } = plan.data;
    const entry = parseBytes(bytes, `${plan.data.runbook.id}.runbook.yaml`, { rehearsal });
    if (!('runbook' in entry)) return damaged(dir, 'its runbook cannot be read by this version');
    return ok({ plan: plan.data, planSha256: sha256(text), entry });
  } catch {
    return fail('not-found', `There is no readable run in ${dir}.`);
  }
}

/** The refusal of a run whose folder is not as it should be. */
export function damaged(dir: string, why: string): ReturnType<typeof fail> {
  return fail('corrupt', `The run in ${dir} cannot be opened: ${why}.`, {
    kept: 'Nothing in the folder was touched.',
    hint: 'Keep the folder for examination.',
  });
}

/** What a plan cites of the run it follows: its id and where its journal stood. */
export async function originOf(data: string, runId: RunId): Promise<Result<Plan['origin']>> {
  const read = await readJournal(runFolder(data, runId));
  return read.ok ? ok({ runId, head: read.value.position.head }) : read;
}

/** How many runs are looked through for the last one of a runbook. */
const LOOK_BACK = 200;

/** The plan of the last real run of a runbook, or null. */
export async function lastPlan(data: string, runbook: RunbookId): Promise<Plan | null> {
  const names = await readdir(runsFolder(data)).catch(() => []);
  for (const name of names.sort().reverse().slice(0, LOOK_BACK)) {
    const text = await readFile(join(runsFolder(data), name, 'plan', 'plan.json'), 'utf8').catch(() => '');
    const json = parseCanonical(text.replace(/\n$/, ''));
    const plan = Plan.safeParse(json.ok ? json.value : null);
    if (plan.success && plan.data.runbook.id === runbook && !plan.data.rehearsal) return plan.data;
  }
  return null;
}
