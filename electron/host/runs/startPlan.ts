/** From a start request to a plan: what must be right before a run may start. */
import { randomBytes } from 'node:crypto';
import type { StartRequest } from '../../contract/start.ts';
import type { StartCheck } from '../../contract/views.ts';
import type { RunId, VarName } from '../../contract/ids.ts';
import { Operator, Plan, type Policy } from '../../contract/plan.ts';
import { err, fail, ok, type Result } from '../../contract/result.ts';
import { escapeText } from '../../domain/evidence/jcs.ts';
import { utc } from '../../domain/report/words.ts';
import { secretProblem } from '../../domain/redact/forms.ts';
import { checkParameters } from '../../domain/runbook/parameters.ts';
import { sha256 } from '../files/hash.ts';
import { effectivePolicy } from '../../domain/run/policy.ts';
import { windowAt } from '../../domain/run/window.ts';
import { type LoadedRunbook, plannedSources } from '../library/loaded.ts';
import { READ_ON_HOST } from '../secrets/runSecrets.ts';
import { placeProblems } from './placeCheck.ts';
import { planBytes } from './runFolder.ts';
import { gateProblems, type Vouched } from './startGates.ts';

type Problem = StartCheck['problems'][number];
export type PlanDraft = Omit<Plan, 'runId' | 'createdAt' | 'nonce'>;

/** What the site demands of runs. */
export interface SitePolicy {
  readonly policy: Omit<Policy, 'signatures'>;
  readonly policyInRehearsals: boolean;
}

/** The plan without id, time and nonce, or what is wrong with the request, field by field. */
export function draftPlan(
  request: StartRequest,
  entry: LoadedRunbook,
  operator: { readonly name: string; readonly principal: string },
  origin: Plan['origin'],
  site: SitePolicy,
  vouched: Vouched,
  now: Date,
): Result<PlanDraft, readonly Problem[]> {
  const checked = checkParameters(entry.runbook, {
    parameters: request.parameters,
    variants: request.variants,
  });
  const names = new Set(entry.runbook.variants.map((variant) => variant.name as string));
  const pick = (variants: boolean) =>
    Object.fromEntries([...checked.values].filter(([name]) => names.has(name) === variants));
  const chosen = { rehearsal: request.rehearsal, parameters: pick(false), variants: pick(true) };
  const policy = effectivePolicy(site.policy, entry.runbook.policy, {
    rehearsal: request.rehearsal,
    inRehearsals: site.policyInRehearsals,
  });
  const problems: Problem[] = [
    ...gateProblems(entry, chosen, policy, vouched),
    ...checked.problems,
    ...placeProblems(request, entry.runbook),
    ...changeProblems(request),
    ...windowProblems(request, now),
    ...secretProblems(request, entry),
    ...operatorProblems(operator),
    ...(request.sha256 === entry.sha256
      ? []
      : [{ field: 'runbook', message: 'The runbook file has changed since it was shown. Read it again.' }]),
  ];
  if (problems.length > 0) return err(problems);
  return ok({
    format: 1,
    rehearsal: request.rehearsal,
    runbook: { id: entry.runbook.id, version: entry.runbook.version, sha256: entry.sha256 },
    parameters: chosen.parameters,
    variants: chosen.variants,
    targets: plannedTargets(request.targets),
    ...(request.groups === undefined || Object.keys(request.groups).length === 0
      ? {}
      : { groups: request.groups }),
    change: plannedChange(request.change),
    operator: { name: escapeText(operator.name.trim()), principal: operator.principal },
    ...(origin === undefined ? {} : { origin }),
    policy,
    ...(request.window === undefined ? {} : { window: request.window }),
    ...secretNames(request),
    ...plannedSources(entry),
    ...(vouched.release === null ? {} : { release: vouched.release }),
  });
}

function plannedChange({ ticket, reason, securityImpact, fallback }: StartRequest['change']): Plan['change'] {
  const text = (given: string | undefined) => escapeText((given ?? '').trim());
  return {
    ticket: text(ticket),
    reason: text(reason),
    ...(text(securityImpact) === '' ? {} : { securityImpact: text(securityImpact) }),
    ...(text(fallback) === '' ? {} : { fallback: text(fallback) }),
  };
}

/** The names alone: what they stand for is never written down. */
function secretNames(request: StartRequest): Pick<Plan, 'secrets'> {
  const names = (Object.keys(request.secrets ?? {}) as VarName[]).sort();
  return names.length === 0 ? {} : { secrets: names };
}

function secretProblems(request: StartRequest, { runbook }: LoadedRunbook): readonly Problem[] {
  const given = Object.keys(request.secrets ?? {});
  const secrets = runbook.parameters.filter((parameter) => parameter.type.kind === 'secret');
  return [
    ...secrets.flatMap(({ name, title, required }) =>
      required && !given.includes(name)
        ? [{ field: `parameters.${name}`, message: `${title} is required.` }]
        : [],
    ),
    ...secrets.flatMap(({ name, title }) => {
      const value = request.secrets?.[name];
      const problem = value === undefined ? null : secretProblem(value);
      const message = `${title} ${problem ?? ''}. ${READ_ON_HOST}`;
      return problem === null ? [] : [{ field: `parameters.${name}`, message }];
    }),
    ...given.flatMap((name) =>
      secrets.some((secret) => secret.name === name)
        ? []
        : [{ field: `parameters.${name}`, message: `${name} is no secret of this runbook.` }],
    ),
  ];
}

function windowProblems({ window }: StartRequest, now: Date): readonly Problem[] {
  if (window === undefined) return [];
  const [from, to] = [Date.parse(window.from), Date.parse(window.to)];
  if (Number.isNaN(from) || Number.isNaN(to) || from >= to)
    return [{ field: 'window', message: 'The window ends before it begins.' }];
  return to > now.getTime() ? [] : [{ field: 'window', message: 'The window is over.' }];
}

function instant(at: string | Date): string {
  return utc(new Date(at).toISOString());
}

/** Why a run may not begin now because of its window; null when it may. */
export function outsideWindow(plan: Pick<Plan, 'rehearsal' | 'window'>, now: Date): Result<never> | null {
  const { window } = plan;
  const where = windowAt(plan, now);
  if (window === undefined || where === 'none' || where === 'open') return null;
  return fail(
    'refused',
    `The window of this change is from ${instant(window.from)} to ${instant(window.to)}.`,
    {
      kept: 'Nothing was started.',
      hint:
        where === 'before'
          ? `It is ${instant(now)} now. Start it when the window has begun.`
          : `It is ${instant(now)} now. Agree on a new window and prepare the run again.`,
    },
  );
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
