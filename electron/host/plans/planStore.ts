/**
 * Plans that wait for approval, on disk: the exact bytes that people approve, what they were asked, what they gave. What
 * cannot be read as it was written is refused, never mended.
 */
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { RunId, type Sha256 } from '../../contract/ids.ts';
import { Plan } from '../../contract/plan.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { ApprovalStatement } from '../../contract/statements.ts';
import { parseCanonical } from '../../domain/evidence/jcs.ts';
import { sourcePath } from '../../domain/evidence/names.ts';
import { parseStatementOf } from '../../domain/evidence/statements.ts';
import { syncFolder, systemCode, writeDurably } from '../files/durable.ts';
import { sha256 } from '../files/hash.ts';
import { storageFailure } from '../files/storageFailure.ts';
import { type LoadedRunbook, parseBytes, type SourceBytes } from '../library/loaded.ts';
import { planBytes } from '../runs/runFolder.ts';

/** A prepared plan as it stands on disk. */
export interface StoredPlan {
  readonly plan: Plan;
  readonly planSha256: Sha256;
  readonly entry: LoadedRunbook;
  readonly statement: ApprovalStatement;
  /** The bytes that approvers sign. */
  readonly request: string;
  /** Signature files as they were taken in, oldest first. Not judged. */
  readonly signatures: readonly string[];
}

export interface PlanStore {
  /** Writes the plan with its runbook and the files that this was put together from. */
  write(plan: Plan, entry: Pick<LoadedRunbook, 'bytes' | 'kept'>, request: string): Promise<Result<null>>;
  read(runId: RunId): Promise<Result<StoredPlan>>;
  /** Ids of the plans that are there, newest first. */
  list(): Promise<readonly RunId[]>;
  addSignature(runId: RunId, n: number, armor: string): Promise<Result<null>>;
  remove(runId: RunId): Promise<Result<null>>;
}

const PLAN = 'plan.json';
const RUNBOOK = 'runbook.yaml';
const REQUEST = 'request.json';
const MAX_SIGNATURES = 10;

export function createPlanStore(data: string): PlanStore {
  const root = join(data, 'plans');
  const folder = (runId: RunId) => join(root, runId);

  return {
    async write(plan, entry, request) {
      // Under a name that is no run's until it is whole.
      const making = join(root, `.${plan.runId}.making`);
      try {
        await mkdir(making, { recursive: true, mode: 0o700 });
        await writeDurably(join(making, RUNBOOK), entry.bytes);
        for (const { kind, id, bytes } of entry.kept)
          await writeDurably(join(making, basename(sourcePath(kind, id))), bytes);
        await writeDurably(join(making, PLAN), planBytes(plan));
        await writeDurably(join(making, REQUEST), request);
        await rename(making, folder(plan.runId));
        await syncFolder(root);
        return ok(null);
      } catch (error) {
        await rm(making, { recursive: true, force: true }).catch(() => undefined);
        return { ok: false, error: storageFailure('The prepared plan', error, 'Nothing was prepared.') };
      }
    },
    read: (runId) => readPlan(folder(runId), runId),
    async list() {
      const names = await readdir(root).catch((error: unknown) => {
        if (systemCode(error) === 'ENOENT') return [];
        throw error;
      });
      const ids = names.flatMap((name) => {
        const id = RunId.safeParse(name);
        return id.success ? [id.data] : [];
      });
      return ids.sort().reverse();
    },
    async addSignature(runId, n, armor) {
      if (n > MAX_SIGNATURES) return fail('refused', 'No further approval can be kept with this plan.');
      try {
        await writeDurably(join(folder(runId), signatureName(n)), armor);
        return ok(null);
      } catch (error) {
        return { ok: false, error: storageFailure('The approval', error, 'Those given before are kept.') };
      }
    },
    async remove(runId) {
      try {
        await rm(folder(runId), { recursive: true, force: true });
        return ok(null);
      } catch (error) {
        return { ok: false, error: storageFailure('The prepared plan', error, 'It was left as it is.') };
      }
    },
  };
}

function signatureName(n: number): string {
  return `approval-${String(n)}.sig`;
}

async function readPlan(dir: string, runId: RunId): Promise<Result<StoredPlan>> {
  let text: string;
  let request: string;
  let bytes: Uint8Array;
  const signatures: string[] = [];
  try {
    text = await readFile(join(dir, PLAN), 'utf8');
    request = await readFile(join(dir, REQUEST), 'utf8');
    bytes = await readFile(join(dir, RUNBOOK));
    const names = new Set(await readdir(dir));
    for (let n = 1; n <= MAX_SIGNATURES && names.has(signatureName(n)); n += 1)
      signatures.push(await readFile(join(dir, signatureName(n)), 'latin1'));
  } catch {
    return fail('not-found', `There is no prepared plan ${runId}.`, {
      hint: 'It may have been started or discarded. See the list of prepared plans.',
    });
  }
  const json = parseCanonical(text.replace(/\n$/, ''));
  const plan = Plan.safeParse(json.ok ? json.value : null);
  if (!plan.success || planBytes(plan.data) !== text || plan.data.runId !== runId)
    return changed(runId, 'its plan is not the one that was written');
  const planSha256 = sha256(text);
  const statement = parseStatementOf('approval', request);
  if (!statement.ok) return changed(runId, `its request for approval cannot be read: ${statement.error}`);
  const asked = statement.value;
  if (asked.runId !== runId || asked.planSha256 !== planSha256)
    return changed(runId, 'the plan is not the one that was put forward for approval');
  if (asked.operator !== plan.data.operator.principal || asked.runbook.sha256 !== plan.data.runbook.sha256)
    return changed(runId, 'its request for approval names another operator or runbook');
  if (sha256(bytes) !== plan.data.runbook.sha256)
    return changed(runId, 'its runbook is not the one it was planned with');
  const kept = await readSources(dir, plan.data);
  if (!kept.ok) return changed(runId, kept.error.message);
  const entry = parseBytes(bytes, `${plan.data.runbook.id}.runbook.yaml`, {
    rehearsal: plan.data.rehearsal,
    kept: kept.value,
  });
  if (!('runbook' in entry)) return changed(runId, 'its runbook cannot be read by this version');
  return ok({ plan: plan.data, planSha256, entry, statement: asked, request, signatures });
}

/** The files that the runbook was put together from, each as the plan names it. */
async function readSources(dir: string, plan: Plan): Promise<Result<readonly SourceBytes[]>> {
  const kept: SourceBytes[] = [];
  for (const source of plan.sources ?? []) {
    const name = basename(sourcePath(source.kind, source.id));
    const bytes = await readFile(join(dir, name)).catch(() => null);
    if (bytes === null)
      return fail('corrupt', `${name}, which its runbook was put together from, is not there`);
    if (sha256(bytes) !== source.sha256) return fail('corrupt', `${name} is not the one it was planned with`);
    kept.push({ ...source, bytes });
  }
  return ok(kept);
}

function changed(runId: RunId, why: string): Result<never> {
  return fail('corrupt', `The prepared plan ${runId} cannot be used: ${why}.`, {
    kept: 'Nothing was started, and the folder was left as it is.',
    hint: 'Discard it, prepare the run again, and have it approved anew.',
  });
}
