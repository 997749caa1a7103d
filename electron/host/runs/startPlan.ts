/** From a start request to a plan: what must be right before a run may start. */
import { randomBytes } from 'node:crypto';
import type { StartCheck, StartRequest } from '../../contract/calls.ts';
import type { RunId } from '../../contract/ids.ts';
import { Operator, Plan } from '../../contract/plan.ts';
import { err, fail, ok, type Result } from '../../contract/result.ts';
import { escapeText } from '../../domain/evidence/jcs.ts';
import { checkParameters } from '../../domain/runbook/parameters.ts';
import { sha256 } from '../files/hash.ts';
import type { LoadedRunbook } from '../library/library.ts';
import { placeProblems } from './placeCheck.ts';
import { planBytes } from './runFolder.ts';

type Problem = StartCheck['problems'][number];
export type PlanDraft = Omit<Plan, 'runId' | 'createdAt' | 'nonce'>;

/** The plan without id, time and nonce, or what is wrong with the request, field by field. */
export function draftPlan(
  request: StartRequest,
  entry: LoadedRunbook,
  operator: { readonly name: string; readonly principal: string },
  origin: Plan['origin'],
): Result<PlanDraft, readonly Problem[]> {
  const checked = checkParameters(entry.runbook, {
    parameters: request.parameters,
    variants: request.variants,
  });
  const problems: Problem[] = [
    ...checked.problems,
    ...placeProblems(request, entry.runbook),
    ...changeProblems(request),
    ...operatorProblems(operator),
    ...(request.sha256 === entry.sha256
      ? []
      : [{ field: 'runbook', message: 'The runbook file has changed since it was shown. Read it again.' }]),
  ];
  if (problems.length > 0) return err(problems);
  const names = new Set(entry.runbook.variants.map((variant) => variant.name as string));
  const pick = (variants: boolean) =>
    Object.fromEntries([...checked.values].filter(([name]) => names.has(name) === variants));
  return ok({
    format: 1,
    rehearsal: request.rehearsal,
    runbook: { id: entry.runbook.id, version: entry.runbook.version, sha256: entry.sha256 },
    parameters: pick(false),
    variants: pick(true),
    targets: plannedTargets(request.targets),
    ...(request.groups === undefined || Object.keys(request.groups).length === 0
      ? {}
      : { groups: request.groups }),
    change: {
      ticket: escapeText(request.change.ticket.trim()),
      reason: escapeText(request.change.reason.trim()),
    },
    operator: { name: escapeText(operator.name.trim()), principal: operator.principal },
    ...(origin === undefined ? {} : { origin }),
    policy: { signatures: ['seal', 'operator'] },
  });
}

/** Reasons go into the plan as they go into every record. */
function plannedTargets(targets: StartRequest['targets']): Plan['targets'] {
  return Object.fromEntries(
    Object.entries(targets).map(([name, address]) => [
      name,
      address.kind === 'ssh' && address.legacy !== undefined
        ? { ...address, legacy: escapeText(address.legacy.trim()) }
        : address,
    ]),
  );
}

function changeProblems(request: StartRequest): readonly Problem[] {
  if (request.rehearsal) return [];
  return [
    ...(request.change.ticket.trim() === ''
      ? [{ field: 'change.ticket', message: 'Name the change ticket.' }]
      : []),
    ...(request.change.reason.trim() === ''
      ? [{ field: 'change.reason', message: 'Say why this is done.' }]
      : []),
  ];
}

function operatorProblems(operator: {
  readonly name: string;
  readonly principal: string;
}): readonly Problem[] {
  return Operator.safeParse(operator).success
    ? []
    : [
        {
          field: 'operator',
          message: 'Set your name and your evidence identity (name@organisation) in the settings.',
        },
      ];
}

/** Digest of what the plan would be: the same request gives the same digest. */
export function draftDigest(draft: PlanDraft): ReturnType<typeof sha256> {
  const fixed = {
    ...draft,
    runId: '00000000T000000Z-000000',
    createdAt: '1970-01-01T00:00:00.000Z',
    nonce: '0'.repeat(32),
  };
  return sha256(planBytes(fixed as Plan));
}

/** The plan of a run that starts now. */
export function makePlan(draft: PlanDraft, runId: RunId, now: Date): Result<Plan> {
  const plan = Plan.safeParse({
    ...draft,
    runId,
    createdAt: now.toISOString(),
    nonce: randomBytes(16).toString('hex'),
  });
  return plan.success ? ok(plan.data) : fail('internal', 'The plan does not fit its own format.');
}
