/**
 * The signatures of a run's holds: makes the statement of what would be sent, has signatures judged, and puts both on
 * record. A statement and a signature are on disk before the record that cites them.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Instant, RunId, Sha256, StepId } from '../../contract/ids.ts';
import type { IntentOf } from '../../contract/intents.ts';
import type { SignatureWanted, SignRequest } from '../../contract/people.ts';
import type { Plan } from '../../contract/plan.ts';
import type { FileRef, RecordBody } from '../../contract/records.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { HoldStatement } from '../../contract/statements.ts';
import { holdSignaturePath, holdStatementPath } from '../../domain/evidence/names.ts';
import { parseStatementOf, signRequest, statementText } from '../../domain/evidence/statements.ts';
import { boundBehind, purposeOfStep } from '../../domain/run/holdGuards.ts';
import {
  admitHoldRequest,
  admitHoldSignature,
  counting,
  signatureBarred,
} from '../../domain/run/holdSignatures.ts';
import type { SignedHolds } from '../../domain/run/people.ts';
import { valuesOf } from '../../domain/run/scope.ts';
import type { EvaluateWhen } from '../../domain/run/settle.ts';
import type { HoldRequest, RunState } from '../../domain/run/state.ts';
import { commandText } from '../../domain/runbook/commandText.ts';
import { writeDurably } from '../files/durable.ts';
import { sha256 } from '../files/hash.ts';
import { storageFailure } from '../files/storageFailure.ts';
import type { Clock } from '../ports.ts';
import type { Journal } from '../runs/journal.ts';
import type { JudgeSignature } from './judge.ts';

/** What the desk knows of people who sign, for an open run. */
export interface HoldPeople {
  readonly judge: JudgeSignature;
  /** Fingerprints of the operator's keys. */
  readonly operatorKeys: (principal: string) => Promise<readonly string[]>;
  readonly requestHours: () => number;
}

export interface HoldRoom {
  readonly dir: string;
  readonly plan: Plan;
  readonly planSha256: Sha256;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly when: EvaluateWhen;
  readonly people: HoldPeople;
  readonly state: () => RunState;
  readonly intend: (bodies: readonly RecordBody[]) => Promise<Result<null>>;
}

export interface HoldDesk {
  /** What the rules about the signatures of a hold need to know now; absent when holds are passed by name. */
  signed(step: StepId): Promise<SignedHolds | undefined>;
  request(step: StepId): Promise<Result<null>>;
  sign(intent: IntentOf<'sign-hold'>): Promise<Result<null>>;
  /** Judges the signatures of a hold again: trust may have changed since they were given. */
  recheck(step: StepId): Promise<Result<null>>;
}

const HOUR_MS = 3_600_000;
/** How often the statement is made anew when the journal went on meanwhile. */
const HEAD_TRIES = 5;

/** The desk of one run. All of it but `signed` is called one at a time, on a state that nobody else changes. */
export function createHoldDesk(room: HoldRoom): HoldDesk {
  const { plan, people } = room;
  const byKey = plan.policy.holds === 'signed';

  async function signed(step: StepId): Promise<SignedHolds | undefined> {
    if (!byKey) return undefined;
    const operatorKeys = await people.operatorKeys(plan.operator.principal);
    return { now: room.clock.now(), operatorKeys, names: await namesOf(step, operatorKeys) };
  }

  /** Under which names the keys that signed the open request are listed now. One that does not count any more has none. */
  async function namesOf(step: StepId, keys: readonly string[]): Promise<NonNullable<SignedHolds['names']>> {
    const request = room.state().steps.find((candidate) => candidate.step.id === step)?.request;
    const text = request === undefined ? null : await readStatement(room.dir, request);
    const names = new Map<string, readonly string[]>();
    if (request === undefined || text?.ok !== true) return names;
    const operator = { principal: plan.operator.principal, keys };
    for (const { role, fingerprint, signature } of request.signatures) {
      const armor = await readFile(join(room.dir, signature.file), 'latin1').catch(() => '');
      const judged = await people.judge({ statement: text.value, role, armor, operator });
      if (judged.ok) names.set(fingerprint, judged.value.principals);
    }
    return names;
  }

  /** The commands behind the hold as they would be sent now, and the steps whose command is not known yet. */
  function behind(state: RunState, step: StepId): Pick<HoldStatement, 'guards' | 'unguarded'> {
    const hold = state.steps.find((view) => view.step.id === step);
    if (hold === undefined) return { guards: [] };
    const { guards, unguarded } = boundBehind(state, hold, room.when, ({ step: behind }) => {
      const text = commandText(behind, purposeOfStep(behind.kind), valuesOf(state, plan));
      return text === null ? null : sha256(text);
    });
    return { guards: [...guards], ...(unguarded.length === 0 ? {} : { unguarded: [...unguarded] }) };
  }

  async function request(step: StepId): Promise<Result<null>> {
    const state = room.state();
    const admitted = admitHoldRequest(state, step, await signed(step));
    if (!admitted.ok) return admitted;
    const now = room.clock.now();
    const expiresAt = new Date(now.getTime() + people.requestHours() * HOUR_MS).toISOString() as Instant;
    const n = room.journal.records.filter((record) => record.type === 'hold.request').length + 1;
    const file = holdStatementPath(n, step);
    const bound = behind(state, step);
    let statement = '';
    for (let tries = 0, head: Sha256 | null = null; tries < HEAD_TRIES; tries += 1) {
      if (head === room.journal.position.head) break;
      head = room.journal.position.head;
      const made: HoldStatement = {
        format: 1,
        kind: 'hold',
        runId: plan.runId,
        planSha256: room.planSha256,
        step,
        head,
        ...bound,
        requestedAt: now.toISOString() as Instant,
        expiresAt,
        nonce: randomBytes(16).toString('hex'),
      };
      statement = statementText(made);
      const kept = await keep(join(room.dir, file), statement, 'The statement of the hold');
      if (!kept.ok) return kept;
    }
    return room.intend([
      {
        type: 'hold.request',
        d: { step, statement: refOf(file, statement), ...bound, expiresAt },
      },
    ]);
  }

  async function sign({ step, role, armor }: IntentOf<'sign-hold'>): Promise<Result<null>> {
    const rules = await signed(step);
    const admitted = admitHoldSignature(room.state(), step, role, rules);
    if (!admitted.ok) return admitted;
    if (rules === undefined) return fail('internal', 'A signature was let in without rules for it.');
    const { request: open, step: hold } = admitted.value;
    const text = await readStatement(room.dir, open);
    if (!text.ok) return text;
    const operator = { principal: plan.operator.principal, keys: rules.operatorKeys };
    const judged = await people.judge({ statement: text.value, role, armor, operator });
    if (!judged.ok) return judged;
    const { principal, fingerprint, armor: kept } = judged.value;
    const given = { role, principal, fingerprint, statement: open.statement.sha256 };
    const known = { ...given, principals: judged.value.principals };
    const barred = signatureBarred(room.state(), hold, open, known, rules);
    if (barred !== null) return barred;
    const file = holdSignaturePath(open.statement.file, open.signatures.length + 1);
    const written = await keep(join(room.dir, file), kept, 'The signature');
    if (!written.ok) return written;
    const recorded = await room.intend([
      { type: 'hold.sign', d: { step, ...given, signature: refOf(file, kept) } },
    ]);
    // A signature that no record cites is no part of the run.
    if (!recorded.ok) await unlink(join(room.dir, file)).catch(() => undefined);
    return recorded;
  }

  async function recheck(step: StepId): Promise<Result<null>> {
    const rules = await signed(step);
    const view = room.state().steps.find((candidate) => candidate.step.id === step);
    if (rules === undefined || view?.step.kind !== 'hold' || view.request === undefined) return ok(null);
    const text = await readStatement(room.dir, view.request);
    if (!text.ok) return text;
    const operator = { principal: plan.operator.principal, keys: rules.operatorKeys };
    for (const given of counting(room.state(), view.step, view.request, rules)) {
      const armor = await readFile(join(room.dir, given.signature.file), 'latin1').catch(() => '');
      if (sha256(Buffer.from(armor, 'latin1')) !== given.signature.sha256)
        return damaged(given.signature.file);
      const judged = await people.judge({ statement: text.value, role: given.role, armor, operator });
      if (judged.ok && judged.value.principal === given.principal) continue;
      return fail(
        'refused',
        `The signature of ${given.principal} does not count any more: ${judged.ok ? `the key is ${judged.value.principal}’s now.` : judged.error.message}`,
        { hint: 'Ask for the signatures again.' },
      );
    }
    return ok(null);
  }

  return { signed, request, sign, recheck };
}

/** The statement of the open request, to be signed in a role. For a run that is open, or only read. */
export async function holdRequestOf(
  dir: string,
  runId: RunId,
  state: RunState,
  wanted: Extract<SignatureWanted, { kind: 'hold' }>,
): Promise<Result<SignRequest>> {
  const view = state.steps.find((candidate) => candidate.step.id === wanted.step);
  if (view?.step.kind !== 'hold') return fail('not-found', `Run ${runId} has no hold ${wanted.step}.`);
  if (!view.step.signers.includes(wanted.role)) {
    return fail('refused', `${view.step.title} asks for no signature of a ${wanted.role}.`);
  }
  if (view.request === undefined) {
    return fail('refused', `No signatures were asked for at ${view.step.title}.`, {
      hint: 'Ask for them at the hold first.',
    });
  }
  const text = await readStatement(dir, view.request);
  if (!text.ok) return text;
  const statement = parseStatementOf('hold', text.value);
  if (!statement.ok) return damaged(view.request.statement.file);
  return ok(signRequest(statement.value, text.value, view.request.statement.sha256, wanted.role));
}

async function readStatement(dir: string, request: HoldRequest): Promise<Result<string>> {
  const text = await readFile(join(dir, request.statement.file), 'utf8').catch(() => null);
  return text !== null && sha256(text) === request.statement.sha256
    ? ok(text)
    : damaged(request.statement.file);
}

function damaged(file: string): Result<never> {
  return fail('corrupt', `${file} of this run is not what the journal says it is.`, {
    kept: 'Nothing was signed.',
    hint: 'Ask for the signatures again; keep the folder for examination.',
  });
}

function refOf(file: string, content: string): FileRef {
  return { file, bytes: Buffer.byteLength(content), sha256: sha256(content) };
}

async function keep(path: string, content: string, what: string): Promise<Result<null>> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeDurably(path, content);
    return ok(null);
  } catch (error) {
    return { ok: false, error: storageFailure(what, error, 'Nothing was put on record.') };
  }
}
