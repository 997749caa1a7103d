/**
 * Reads the content of a bundle whose bytes are proven and asks whether it holds together: plan, summary, journal and
 * files say the same things, and what the journal tells can be true.
 */
import { Plan } from '../../contract/plan.ts';
import { checkConsistency } from '../evidence/consistency.ts';
import type { JournalReading } from '../evidence/journal.ts';
import { JOURNAL, kindOf, PLAN, RUN_FILE, RUNBOOK } from '../evidence/names.ts';
import { RunFile } from '../evidence/runFile.ts';
import { parseRunbook } from '../runbook/parse.ts';
import { checkAgreement, checkPeople, type Principals } from './agreement.ts';
import { ContentReader } from './content.ts';
import type { Context } from './context.ts';
import type { FilesSeen } from './files.ts';
import type { Report } from './report.ts';

export interface Story {
  readonly records: number;
  readonly principals: Principals;
  readonly rests: readonly string[];
  /** Absent when the plan, the summary or the beginning of the journal cannot be read. */
  readonly context?: Context;
}

export async function checkStory(
  given: Pick<Context, 'container' | 'trust' | 'signatures' | 'report' | 'manifestSha256'> & {
    readonly policyOf: (plan: Plan) => Context['policy'];
  },
  reading: JournalReading | null,
  seen: FilesSeen,
): Promise<Story> {
  const { container, report } = given;
  const digests = new Map<string, string>(seen.files.map((file) => [file.path, file.sha256]));
  const reader = new ContentReader(container, digests, report);
  const plan = await reader.json(PLAN, Plan);
  const run = await reader.json(RUN_FILE, RunFile);
  for (const path of container.members.keys()) if (kindOf(path) === 'host') await reader.json(path, null);
  const runbook = await readRunbook(reader, plan?.runbook.id ?? '', report);
  if (reading === null && !digests.has(JOURNAL))
    report.add('file.missing', JOURNAL, 'it is not in the bundle');
  for (const problem of reading?.problems ?? [])
    report.add(problem.id, `${JOURNAL}:${String(problem.line)}`, problem.message);
  const start = reading?.records[0];
  const records = reading?.count ?? 0;
  if (plan === null || run === null || reading === null || start?.type !== 'run.start') {
    if (reading !== null && start?.type !== 'run.start')
      report.add('run.boundaries', `${JOURNAL}:1`, 'the journal does not begin with run.start');
    return { records, principals: {}, rests: [] };
  }
  const context: Context = {
    ...given,
    reader,
    plan,
    run,
    runbook,
    reading,
    start,
    digests,
    files: seen.files,
    outputs: seen.outputs,
    policy: given.policyOf(plan),
  };
  checkAgreement(context);
  const principals = checkPeople(context);
  for (const note of run.notes) {
    // The last two are a person's word on the seal, told in run.json and by the report; no contradiction.
    if (note.kind === 'left-out' || note.kind === 'secret-found' || note.kind === 'secret-not-searched')
      continue;
    report.add(`seal.${note.kind}`, note.file, `noted when the run was sealed: ${note.message}`);
  }
  for (const check of seen.content) check();
  for (const { id, line, message } of checkConsistency(reading.records))
    report.add(id, `${JOURNAL}:${String(line)}`, message);
  return {
    records,
    principals,
    rests: [
      `the journal is one unbroken chain of ${String(records)} records, head ${reading.head}`,
      `${String(seen.cited)} files are, to the byte, what the journal vouches for`,
      'plan, runbook, summary and journal agree; every passed step has its checks on record',
    ],
    context,
  };
}

/** The runbook as the run had it. Its file name in the bundle is fixed; the one it was written under follows its id. */
async function readRunbook(reader: ContentReader, id: string, report: Report): Promise<Context['runbook']> {
  const text = await reader.text(RUNBOOK);
  if (text === null) return null;
  const { runbook, diagnostics } = parseRunbook(text, `${id}.runbook.yaml`);
  if (runbook !== null) return runbook;
  const first = diagnostics.find(({ severity }) => severity === 'error');
  const place = first === undefined ? RUNBOOK : `${RUNBOOK}:${String(first.line)}`;
  report.add('runbook.form', place, first?.message ?? 'it is not a runbook');
  return null;
}
