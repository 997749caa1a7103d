/** Plan, summary, signatures and journal name the same run, people, files and hosts. */
import type { JournalRecord } from '../../contract/records.ts';
import { canonicalize, type Json } from '../evidence/jcs.ts';
import {
  JOURNAL,
  PLAN,
  RUN_FILE,
  RUNBOOK,
  type SignatureRole,
  signaturePath,
  topDirectory,
} from '../evidence/names.ts';
import { makeRunFile } from '../evidence/runFile.ts';
import type { Context } from './context.ts';
import type { FindingId } from './findings.ts';

export function checkAgreement(context: Context): void {
  const { container, plan, run, start, digests, report } = context;
  const differs = (id: FindingId, place: string, message: string) => {
    report.add(id, place, message);
  };
  if (container.top !== topDirectory(run.runId))
    differs('run.mismatch', RUN_FILE, `the top directory is ${container.top}`);
  if (digests.get(PLAN) !== start.d.planSha256)
    differs('plan.mismatch', PLAN, 'it is not the plan that run.start names');
  if (digests.get(RUNBOOK) !== start.d.runbook.sha256) {
    differs('runbook.mismatch', RUNBOOK, 'it is not the runbook that run.start names');
  }
  const same = (name: string, a: Json, b: Json) => {
    if (canonicalize(a) !== canonicalize(b))
      differs('plan.mismatch', PLAN, `${name} is not the same in plan and run.start`);
  };
  same('runId', plan.runId, start.d.runId);
  same('rehearsal', plan.rehearsal, start.d.rehearsal);
  same('runbook', plan.runbook, start.d.runbook);
  same('operator', plan.operator, start.d.operator);
  same('groups', plan.groups ?? null, start.d.groups ?? null);
  checkTargets(context);
  checkSummary(context);
}

/** run.json decides nothing: every field of it must follow from plan and journal. */
function checkSummary({ plan, run, runbook, reading, start, files, report }: Context): void {
  const end = reading.records.at(-1);
  if (end?.type !== 'run.end') return;
  const derived = makeRunFile({
    plan,
    planSha256: start.d.planSha256,
    start,
    end,
    journal: { head: reading.head, records: reading.count },
    files: files.filter((file) => file.path !== RUN_FILE).map(({ path, bytes }) => ({ path, bytes })),
    principal: start.d.device.id,
    tool: run.tool,
    notes: run.notes,
    story: { runbook, records: reading.records },
  });
  const is = new Map<string, Json>(Object.entries(run));
  const should = new Map<string, Json>(Object.entries(derived));
  for (const key of new Set([...is.keys(), ...should.keys()])) {
    if (canonicalize(is.get(key) ?? null) === canonicalize(should.get(key) ?? null)) continue;
    report.add('run.mismatch', RUN_FILE, `“${key}” does not follow from plan and journal`);
  }
}

/** Connections go to targets of the plan, and a run is a rehearsal in all of its parts or in none. */
function checkTargets({ plan, reading, report }: Context): void {
  const targets = new Map(Object.entries(plan.targets));
  for (const [name, address] of targets) {
    if (address.kind !== 'rehearsal' || plan.rehearsal) continue;
    report.add('rehearsal.mismatch', PLAN, `target ${name} is a rehearsal host in a run that is none`);
  }
  for (const [group, members] of Object.entries(plan.groups ?? {})) {
    for (const member of members.filter((name) => !targets.has(name))) {
      report.add('plan.target', PLAN, `${member} of group ${group} has no address`);
    }
  }
  for (const record of reading.records) {
    const place = `${JOURNAL}:${String(record._seq + 1)}`;
    const target = hostOf(record);
    if (target !== undefined && !targets.has(target)) {
      report.add('plan.target', place, `${target} is not a target of the plan`);
    }
    if (record.type === 'host.connect' && record.d.pin === 'rehearsal' && !plan.rehearsal) {
      report.add('rehearsal.mismatch', place, 'a rehearsal host in a run that is none');
    }
  }
}

const ABOUT_A_HOST = [
  'host.connect',
  'host.key-replaced',
  'step.start',
  'target.result',
  'file.transfer',
  'anchor.emit',
] as const;
type AboutAHost = Extract<JournalRecord, { type: (typeof ABOUT_A_HOST)[number] }>;

/** The host that a record speaks of as reached or worked on. */
function hostOf(record: JournalRecord): string | undefined {
  return isAboutAHost(record) ? record.d.target : undefined;
}

function isAboutAHost(record: JournalRecord): record is AboutAHost {
  return ABOUT_A_HOST.some((type) => type === record.type);
}

export type Principals = Partial<Readonly<Record<SignatureRole, string>>>;

/** What plan and verifier demand is signed, by the very people and device that the run names. */
export function checkPeople(context: Context): Principals {
  const { plan, run, start, policy, signatures, report } = context;
  const named: Record<SignatureRole, string> = { seal: start.d.device.id, operator: plan.operator.principal };
  const principals: Partial<Record<SignatureRole, string>> = {};
  for (const { role, principals: allowed, fingerprint } of signatures) {
    if (allowed.includes(named[role])) principals[role] = named[role];
    else if (allowed.length > 0) {
      const message = `the key ${fingerprint} is of ${allowed.join(', ')}, the run names ${named[role]}`;
      report.add('signature.principal', signaturePath(role), message);
    }
  }
  const demanded = new Set([...policy.signatures, ...run.policy.signatures]);
  const stands = (role: SignatureRole) =>
    signatures.some((signature) => signature.role === role) ||
    report.findings.some((finding) => finding.place === signaturePath(role));
  for (const role of demanded) {
    if (stands(role)) continue;
    const message = 'plan or verifier demand this signature; it is not in the bundle';
    report.add('signature.missing', signaturePath(role), message);
  }
  // What a bundle asks of itself is never less than what every auditor asks: whose word it is.
  if (!demanded.has('operator') && !stands('operator')) {
    const message = `no person signed this run: its plan asks for the seal of ${named.seal} alone, and ${named.operator} did not sign`;
    report.add('signature.no-person', signaturePath('operator'), message);
  }
  return principals;
}
