/**
 * Holds: who let the run go on. Signed ones are bound to the state of the journal and to the commands behind them; an
 * edit of either voids them.
 */
import type { JournalRecord, RecordOf, Signer } from '../../../contract/records.ts';
import type { HoldStep } from '../../../contract/steps.ts';
import { canonicalize } from '../../evidence/jcs.ts';
import { namesOperator, samePerson, samePrincipal, sameSigner } from '../../run/people.ts';
import { neededBy } from '../../run/holdSignatures.ts';
import { findStep } from '../../runbook/describe.ts';
import { type Context, isOperator, placeOf } from '../context.ts';
import type { SignerSeen } from '../signer.ts';
import { Faults, type Nonces, type ReadStatement, readSignature, readStatement } from './signedStatement.ts';

type At<T extends JournalRecord['type']> = JournalRecord & RecordOf<T>;

/** A request for signatures, and the signatures under it that count. */
interface Request {
  readonly record: At<'hold.request'>;
  readonly read: ReadStatement<'hold'> | null;
  readonly signed: { readonly record: At<'hold.sign'>; readonly signer: SignerSeen }[];
}

/** Checks every hold. Returns how many were passed with signatures that count. */
export async function checkHolds(context: Context, nonces: Nonces): Promise<number> {
  const { reading } = context;
  const open = new Map<string, Request>();
  const passed = new Map<string, Request>();
  const running = new Set<string>();
  let signedHolds = 0;
  for (const record of reading.records) {
    if (record.type === 'hold.request') {
      open.set(record.d.step, await readRequest(context, record, nonces));
      passed.delete(record.d.step);
    } else if (record.type === 'hold.sign') await checkSignature(context, record, open.get(record.d.step));
    else if (record.type === 'hold.pass') {
      const request = open.get(record.d.step);
      const counts = checkPass(context, record, request);
      const byKey = record.d.signers.some(({ basis }) => basis === 'signed');
      if (byKey && request !== undefined) passed.set(record.d.step, request);
      if (byKey && counts) signedHolds += 1;
    } else if (record.type === 'step.start') {
      if (record.d.purpose !== 'probe') {
        checkGuards(context, record, passed);
        // Signatures open a step; once it is open it goes on to the other hosts of its group.
        if (!running.has(record.d.step)) checkStillGood(context, record, passed);
      }
      running.add(record.d.step);
    } else if (record.type === 'step.result') running.delete(record.d.step);
  }
  return signedHolds;
}

async function readRequest(context: Context, record: At<'hold.request'>, nonces: Nonces): Promise<Request> {
  const { plan, start, reading, report } = context;
  const { d } = record;
  const place = placeOf(record);
  const read = await readStatement(context, 'hold', d.statement.file);
  if (read === null) return { record, read, signed: [] };
  const { statement } = read;
  const differs =
    read.sha256 !== d.statement.sha256
      ? 'bytes'
      : statement.runId !== plan.runId
        ? 'run'
        : statement.planSha256 !== start.d.planSha256
          ? 'plan'
          : statement.step !== d.step
            ? 'step'
            : statement.expiresAt !== d.expiresAt
              ? 'end'
              : canonicalize([statement.guards, statement.unguarded ?? []]) !==
                  canonicalize([d.guards, d.unguarded ?? []])
                ? 'commands'
                : null;
  if (differs !== null)
    report.add('hold.statement', d.statement.file, `it has other ${differs} than ${place} says`);
  const upTo = reading.records.filter((other) => other._seq <= record._seq);
  if (!upTo.some((other) => other._prev === statement.head))
    report.add('hold.head', d.statement.file, 'its head is no state of this journal before it');
  if (nonces.reused(statement.nonce, read.sha256))
    report.add('approval.nonce', d.statement.file, 'another statement has its nonce');
  return { record, read: differs === null ? read : null, signed: [] };
}

async function checkSignature(
  context: Context,
  record: At<'hold.sign'>,
  request: Request | undefined,
): Promise<void> {
  const { report } = context;
  const { d } = record;
  const place = placeOf(record);
  if (request === undefined) {
    report.add('hold.statement', place, `${d.step} is signed, and nobody had asked for signatures`);
    return;
  }
  if (request.read === null) return;
  const signed = await readSignature(context, 'hold', d.role, d.signature.file, request.read.bytes);
  if (signed === null) return;
  const { signer } = signed;
  const faults = new Faults(report);
  if (signed.sha256 !== d.signature.sha256 || d.statement !== request.read.sha256)
    faults.add('hold.signature', place, `${d.signature.file} is not what the record says`);
  if (
    signer.fingerprint !== d.fingerprint ||
    !signer.principals.some((name) => samePrincipal(name, d.principal))
  )
    faults.add('hold.untrusted', place, `the key ${signer.fingerprint} is not of ${d.principal}`);
  if ((d.role === 'operator') !== isOperator(context, signer)) {
    const is = d.role === 'operator' ? 'is not the operator' : 'is the operator';
    faults.add('hold.self', place, `${d.principal} signs as ${d.role} and ${is}`);
  }
  if (request.signed.some((other) => sameSigner(other.signer, signer)))
    faults.add('hold.twice', place, `${d.principal} has signed ${d.step} before`);
  if (Date.parse(record.t) > Date.parse(request.record.d.expiresAt))
    faults.add('hold.expired', place, `it was signed after ${request.record.d.expiresAt}`);
  if (faults.none) request.signed.push({ record, signer });
}

/** Whether nothing is wrong with the passing of a hold. */
function checkPass(context: Context, record: At<'hold.pass'>, request: Request | undefined): boolean {
  const { policy, report } = context;
  const { step, signers } = record.d;
  const place = placeOf(record);
  const faults = new Faults(report);
  if (policy.holds === 'signed' && signers.some(({ basis }) => basis !== 'signed'))
    faults.add('hold.named', place, `${step} was passed by naming people`);
  if (signers.some(({ basis }) => basis === 'signed')) {
    if (request === undefined)
      faults.add('hold.statement', place, `nobody had asked for signatures at ${step}`);
    else if (Date.parse(record.t) > Date.parse(request.record.d.expiresAt))
      faults.add('hold.expired', place, `the signatures were good until ${request.record.d.expiresAt}`);
    for (const signer of signers.filter(({ basis }) => basis === 'signed')) {
      if (request?.signed.some((one) => isThat(one.record, signer)) === true) continue;
      const who = `${signer.principal ?? signer.name} as ${signer.role}`;
      faults.add('hold.signers', place, `${step}: there is no signature of ${who} that counts`);
    }
  }
  const found = context.runbook === null ? undefined : findStep(context.runbook, step)?.step;
  if (found?.kind === 'hold') checkCount(context, record, found, faults);
  return faults.none;
}

function isThat({ d }: At<'hold.sign'>, signer: Signer): boolean {
  return d.role === signer.role && d.fingerprint === signer.fingerprint && d.principal === signer.principal;
}

/** Enough people, each in a role that the hold asks for, nobody twice, and nobody else's role taken by the operator. */
function checkCount({ plan }: Context, record: At<'hold.pass'>, step: HoldStep, faults: Faults): void {
  const { signers } = record.d;
  const place = placeOf(record);
  const free = [...step.signers];
  for (const { role, name } of signers) {
    const at = free.indexOf(role);
    if (at === -1) faults.add('hold.signers', place, `${step.id} does not ask for ${name} as ${role}`);
    else free.splice(at, 1);
  }
  for (const { role, name, principal } of signers) {
    const own = [name, ...(principal === undefined ? [] : [principal])];
    if ((role === 'operator') === own.some((one) => namesOperator(one, plan.operator))) continue;
    const is = role === 'operator' ? 'is not the operator' : 'is the operator';
    faults.add('hold.self', place, `${step.id} was passed by ${name} as ${role}, who ${is}`);
  }
  const whose = ({ principal, name }: Signer) => principal ?? name;
  if (signers.some((one, n) => signers.slice(0, n).some((other) => samePerson(whose(other), whose(one)))))
    faults.add('hold.twice', place, `${step.id}: the same person stands twice`);
  const needed = neededBy(step);
  if (signers.length >= needed) return;
  faults.add(
    'hold.signers',
    place,
    `${step.id} was passed by ${String(signers.length)} of the ${String(needed)} people it needs`,
  );
}

/** A step is opened as long as the signatures of the last hold that speaks of it are good. */
function checkStillGood(
  { report }: Context,
  record: At<'step.start'>,
  passed: ReadonlyMap<string, Request>,
): void {
  const { step } = record.d;
  const speaking = [...passed.values()].filter(
    ({ record: { d } }) => d.guards.some((one) => one.step === step) || d.unguarded?.includes(step) === true,
  );
  const last = speaking.sort((a, b) => a.record._seq - b.record._seq).at(-1);
  if (last === undefined || Date.parse(record.t) <= Date.parse(last.record.d.expiresAt)) return;
  report.add(
    'hold.expired',
    placeOf(record),
    `${step} was started at ${record.t}; the signatures of ${last.record.d.step} were good until ${last.record.d.expiresAt}`,
  );
}

/** What is sent is what the last hold that speaks of the step was signed for. */
function checkGuards(
  { report }: Context,
  record: At<'step.start'>,
  passed: ReadonlyMap<string, Request>,
): void {
  const { step, target, command } = record.d;
  const guarded = [...passed.values()].filter(({ record: { d } }) =>
    d.guards.some((one) => one.step === step),
  );
  const last = guarded.sort((a, b) => a.record._seq - b.record._seq).at(-1);
  if (last === undefined) return;
  const guards = last.record.d.guards.filter((guard) => guard.step === step);
  if (guards.some((guard) => guard.target === target && guard.commandSha256 === command.sha256)) return;
  const what = guards.some((guard) => guard.target === target) ? 'its command' : `the target ${target}`;
  report.add(
    'hold.command',
    placeOf(record),
    `${step}: ${what} is not what was signed at ${last.record.d.step}`,
  );
}
