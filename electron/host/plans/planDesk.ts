/**
 * Prepares plans, gathers their approvals and starts them. A plan is good for the one run it names; its approvals are
 * judged again at the moment it starts, and what starts is byte for byte what was approved.
 */
import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { HostEvent } from '../../contract/calls.ts';
import type { StartRequest } from '../../contract/start.ts';
import type { Instant, RunId, Sha256 } from '../../contract/ids.ts';
import type { GivenSignature, PreparedPlan, SignRequest } from '../../contract/people.ts';
import type { Plan } from '../../contract/plan.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { ApprovalStatement } from '../../contract/statements.ts';
import { signRequest, statementText } from '../../domain/evidence/statements.ts';
import { samePrincipal, sameSigner } from '../../domain/run/people.ts';
import { covers, effectivePolicy } from '../../domain/run/policy.ts';
import { sha256 } from '../files/hash.ts';
import type { Clock, SettingsStore } from '../ports.ts';
import { givenOf, type JudgedSignature, type JudgeSignature, shownStatement } from '../requests/judge.ts';
import { loadLedger } from '../runs/ledger.ts';
import type { OpenRun } from '../runs/openRun.ts';
import type { RunDesk } from '../runs/runDesk.ts';
import { planBytes, runFolder } from '../runs/runFolder.ts';
import { createPlanStore, type StoredPlan } from './planStore.ts';

export interface PlanDeskOptions {
  readonly data: string;
  readonly runs: Pick<RunDesk, 'plan' | 'startPlan'>;
  readonly settings: SettingsStore;
  readonly clock: Clock;
  readonly judge: JudgeSignature;
  /** Fingerprints of the operator's keys. */
  readonly operatorKeys: (principal: string) => Promise<readonly string[]>;
  /** Why a key may not release runbooks now; null when it may. */
  readonly releaseProblem: (fingerprint: string) => Promise<string | null>;
  readonly emit: (event: HostEvent) => void;
}

export interface PlanDesk {
  prepare(request: StartRequest): Promise<Result<PreparedPlan>>;
  list(): Promise<Result<readonly PreparedPlan[]>>;
  get(runId: RunId): Promise<Result<{ readonly prepared: PreparedPlan; readonly plan: Plan }>>;
  discard(runId: RunId): Promise<Result<null>>;
  start(runId: RunId, secrets?: Readonly<Record<string, string>>): Promise<Result<OpenRun>>;
  /** What approvers sign. */
  request(runId: RunId): Promise<Result<SignRequest>>;
  /** Takes an approval in, made here or elsewhere. `shown`: SHA-256 of the statement that was signed. */
  approve(runId: RunId, shown: Sha256, armor: string): Promise<Result<GivenSignature>>;
}

interface Judged {
  readonly good: readonly JudgedSignature[];
  /** Why others do not count. */
  readonly bad: readonly string[];
}

const HOUR_MS = 3_600_000;

export function createPlanDesk(options: PlanDeskOptions): PlanDesk {
  const { clock, settings } = options;
  const store = createPlanStore(options.data);
  /** Plans that a person was told of because they cannot be read: they stand in no list. */
  const told = new Set<RunId>();
  let queue: Promise<unknown> = Promise.resolve();

  /** One change at a time: two approvals do not take the same name, and a plan is not started twice. */
  function serially<T>(work: () => Promise<T>): Promise<T> {
    const next = queue.then(work);
    queue = next.catch(() => undefined);
    return next;
  }

  async function prepare(request: StartRequest): Promise<Result<PreparedPlan>> {
    const made = await options.runs.plan(request);
    if (!made.ok) return made;
    const { plan, entry } = made.value;
    const now = clock.now();
    const statement: ApprovalStatement = {
      format: 1,
      kind: 'approval',
      runId: plan.runId,
      planSha256: sha256(planBytes(plan)),
      runbook: plan.runbook,
      operator: plan.operator.principal,
      ticket: plan.change.ticket,
      requestedAt: now.toISOString() as Instant,
      expiresAt: new Date(now.getTime() + settings.read().requestHours * HOUR_MS).toISOString() as Instant,
      nonce: randomBytes(16).toString('hex'),
    };
    const written = await store.write(plan, entry, statementText(statement));
    if (!written.ok) return written;
    changed();
    const stored = await store.read(plan.runId);
    return stored.ok ? ok(await preparedOf(stored.value)) : stored;
  }

  async function list(): Promise<Result<readonly PreparedPlan[]>> {
    const plans: PreparedPlan[] = [];
    for (const runId of await store.list()) {
      const stored = await store.read(runId);
      // Started already: its folder was to be removed when the app went away.
      if (await hasRun(runId)) continue;
      if (stored.ok) plans.push(await preparedOf(stored.value));
      else if (!told.has(runId)) {
        told.add(runId);
        options.emit({ type: 'notice', failure: stored.error });
      }
    }
    return ok(plans);
  }

  async function preparedOf(stored: StoredPlan): Promise<PreparedPlan> {
    const { plan, statement, entry, planSha256 } = stored;
    const { good } = await judgeAll(stored);
    const needed = plan.policy.approvals ?? 0;
    const late = clock.now().getTime() > Date.parse(statement.expiresAt);
    return {
      runId: plan.runId,
      planSha256,
      runbook: plan.runbook.id,
      title: entry.runbook.title,
      version: plan.runbook.version,
      ticket: plan.change.ticket,
      operator: plan.operator.name,
      createdAt: plan.createdAt,
      expiresAt: statement.expiresAt,
      state: late ? 'expired' : good.length >= needed ? 'approved' : 'waiting',
      needed,
      approvals: good.map(givenOf),
      secrets: plan.secrets ?? [],
    };
  }

  /** The approvals that count now, each by another person with another key. */
  async function judgeAll(stored: StoredPlan): Promise<Judged> {
    const { principal } = stored.plan.operator;
    const operator = { principal, keys: await options.operatorKeys(principal) };
    const good: JudgedSignature[] = [];
    const bad: string[] = [];
    for (const armor of stored.signatures) {
      const judged = await options.judge({ statement: stored.request, role: 'approve', armor, operator });
      if (!judged.ok) bad.push(judged.error.message);
      else if (twice(good, judged.value) === null) good.push(judged.value);
    }
    return { good, bad };
  }

  async function approve(runId: RunId, shown: Sha256, armor: string): Promise<Result<GivenSignature>> {
    const stored = await store.read(runId);
    if (!stored.ok) return stored;
    const late = expired(stored.value);
    if (late !== null) return late;
    const same = shownStatement(shown, sha256(stored.value.request));
    if (!same.ok) return same;
    const { principal } = stored.value.plan.operator;
    const operator = { principal, keys: await options.operatorKeys(principal) };
    const judged = await options.judge({ statement: stored.value.request, role: 'approve', armor, operator });
    if (!judged.ok) return judged;
    const { good } = await judgeAll(stored.value);
    const again = twice(good, judged.value);
    if (again !== null) return again;
    const n = stored.value.signatures.length + 1;
    const kept = await store.addSignature(runId, n, judged.value.armor);
    if (!kept.ok) return kept;
    changed();
    return ok(givenOf(judged.value));
  }

  async function start(runId: RunId, secrets: Readonly<Record<string, string>>): Promise<Result<OpenRun>> {
    const used = await startedAlready(runId);
    if (used !== null) return used;
    const stored = await store.read(runId);
    if (!stored.ok) return stored;
    const barred =
      expired(stored.value) ??
      whyNotBy(stored.value) ??
      whyNotWith(stored.value, secrets) ??
      (await whyNotReleased(stored.value));
    if (barred !== null) return barred;
    const { good, bad } = await judgeAll(stored.value);
    const needed = stored.value.plan.policy.approvals ?? 0;
    if (good.length < needed) {
      return fail(
        'refused',
        `The plan has ${String(good.length)} of the ${String(needed)} approvals it needs.`,
        {
          kept: 'Nothing was started; the plan waits.',
          hint: bad.length === 0 ? 'Have it approved by more people.' : `Not counted: ${bad.join(' ')}`,
        },
      );
    }
    const { plan, entry, request } = stored.value;
    const approvals = good.map(({ armor, principal, fingerprint }) => ({
      statement: request,
      signature: armor,
      principal,
      fingerprint,
    }));
    const started = await options.runs.startPlan({ plan, entry }, approvals, secrets);
    if (!started.ok) return started;
    const removed = await store.remove(runId);
    if (!removed.ok) options.emit({ type: 'notice', failure: removed.error });
    changed();
    return started;
  }

  /** A plan is good for one run, also when somebody puts its folder back, or takes the run's away. */
  async function startedAlready(runId: RunId): Promise<Result<never> | null> {
    const ledger = await loadLedger(options.data);
    if (!ledger.ok) return ledger;
    const opened = ledger.value.reading.records.some(({ d }) => d.runId === runId);
    return opened || (await hasRun(runId))
      ? fail('refused', `The plan ${runId} was started already: its approvals were for that one run.`, {
          hint: 'Prepare the run again, and have it approved anew.',
        })
      : null;
  }

  async function hasRun(runId: RunId): Promise<boolean> {
    return stat(runFolder(options.data, runId)).then(
      () => true,
      () => false,
    );
  }

  function expired({ statement }: StoredPlan): Result<never> | null {
    return clock.now().getTime() <= Date.parse(statement.expiresAt)
      ? null
      : fail('refused', `The request for approval has expired (${statement.expiresAt}).`, {
          hint: 'Prepare the run again, and have it approved anew.',
        });
  }

  /** Who starts it is who planned it, under what the site demands today. */
  function whyNotBy({ plan, entry }: StoredPlan): Result<never> | null {
    const site = settings.read();
    if (!samePrincipal(site.operatorPrincipal, plan.operator.principal)) {
      return fail(
        'refused',
        `The plan is ${plan.operator.principal}’s, and this desk is ${site.operatorPrincipal}’s now.`,
        { hint: 'The operator it names starts it; or prepare it again as the present one.' },
      );
    }
    const { rehearsal } = plan;
    const today = effectivePolicy(site.policy, entry.runbook.policy, {
      rehearsal,
      inRehearsals: site.policyInRehearsals,
    });
    return covers(plan.policy, today)
      ? null
      : fail('refused', 'The site demands more of runs than when this plan was made.', {
          hint: 'Prepare the run again, and have it approved anew.',
        });
  }

  function whyNotWith({ plan }: StoredPlan, secrets: Readonly<Record<string, string>>): Result<never> | null {
    const names: readonly string[] = plan.secrets ?? [];
    const missing = names.filter((name) => !Object.hasOwn(secrets, name));
    const strange = Object.keys(secrets).filter((name) => !names.includes(name));
    if (missing.length > 0)
      return fail('refused', `The plan needs these secrets again: ${missing.join(', ')}.`);
    return strange.length > 0 ? fail('bad-request', `The plan has no secret ${strange.join(', ')}.`) : null;
  }

  /** What was released when the plan was made may have been taken back since. */
  async function whyNotReleased({ plan }: StoredPlan): Promise<Result<never> | null> {
    const { release, policy, rehearsal } = plan;
    if (rehearsal || policy.runbooks !== 'signed' || release === undefined) return null;
    const problem = await options.releaseProblem(release.fingerprint);
    return problem === null
      ? null
      : fail(
          'refused',
          `The release of the runbook by ${release.principal} does not count any more: ${problem}.`,
          {
            kept: 'Nothing was started; the plan waits.',
            hint: 'Import a package of it that is signed anew, and prepare the run again.',
          },
        );
  }

  function changed(): void {
    options.emit({ type: 'people.changed' });
  }

  return {
    prepare: (request) => serially(() => prepare(request)),
    list,
    async get(runId) {
      const stored = await store.read(runId);
      return stored.ok ? ok({ prepared: await preparedOf(stored.value), plan: stored.value.plan }) : stored;
    },
    discard: (runId) =>
      serially(async () => {
        const removed = await store.remove(runId);
        if (removed.ok) changed();
        return removed;
      }),
    start: (runId, secrets = {}) => serially(() => start(runId, secrets)),
    async request(runId) {
      const stored = await store.read(runId);
      if (!stored.ok) return stored;
      const late = expired(stored.value);
      if (late !== null) return late;
      const { statement, request } = stored.value;
      return ok(signRequest(statement, request, sha256(request), 'approve'));
    },
    approve: (runId, shown, armor) => serially(() => approve(runId, shown, armor)),
  };
}

/** The refusal of a second approval by one person, or with one key. */
function twice(good: readonly JudgedSignature[], given: JudgedSignature): Result<never> | null {
  const before = good.find((other) => sameSigner(other, given));
  if (before === undefined) return null;
  return fail(
    'refused',
    samePrincipal(before.principal, given.principal)
      ? `${given.principal} has approved this plan already.`
      : before.fingerprint === given.fingerprint
        ? `The key of ${given.principal} has approved this plan already, as ${before.principal}.`
        : `The trust file has ${given.principal} as one person with ${before.principal}, who has approved this plan already.`,
    { hint: 'Another person has to approve.' },
  );
}
