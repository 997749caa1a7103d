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
import type { FilesSeen, Listed } from './files.ts';
import type { Container } from './members.ts';
import { Report } from './report.ts';

export interface Story {
  readonly records: number;
  readonly principals: Principals;
  readonly rests: readonly string[];
  /** Absent when the plan, the summary or the beginning of the journal cannot be read. */
  readonly context?: Context;
}

/** The files of a story, parsed; null where one cannot be. */
export interface StoryFiles {
  readonly plan: Plan | null;
  readonly run: RunFile | null;
  readonly runbook: Context['runbook'];
  /** What is wrong with them. Counts only when the bundle turns out to be what was signed. */
  readonly findings: Report;
}

/** Reads plan, summary, hosts and runbook. Each is held against its digest in the manifest, which is signed. */
export async function readStory(container: Container, listed: Listed): Promise<StoryFiles> {
  const findings = new Report();
  const reader = new ContentReader(container, listed, findings);
  const plan = await reader.json(PLAN, Plan);
  const run = await reader.json(RUN_FILE, RunFile);
  for (const path of container.members.keys()) if (kindOf(path) === 'host') await reader.json(path, null);
  const runbook = await readRunbook(reader, plan?.runbook.id ?? '', findings);
  return { plan, run, runbook, findings };
}

/** To be asked only of a bundle whose every byte is what was signed. */
export function checkStory(
  given: Pick<Context, 'container' | 'trust' | 'signatures' | 'report' | 'manifestSha256'> & {
    readonly policyOf: (plan: Plan) => Context['policy'];
  },
  { plan, run, runbook, findings }: StoryFiles,
  reading: JournalReading | null,
  seen: FilesSeen,
): Story {
  const { container, report } = given;
  const digests = new Map<string, string>(seen.files.map((file) => [file.path, file.sha256]));
  const reader = new ContentReader(container, digests, report);
  report.append(findings);
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
    switch (note.kind) {
      // What a person or the app did for the seal, told in run.json and by the report; no contradiction.
      case 'left-out':
      case 'secret-found':
      case 'secret-not-searched':
      case 'secret-given-again':
        break;
      case 'tampered-at-rest':
      case 'missing':
      case 'uncited':
        report.add(`seal.${note.kind}`, note.file, `noted when the run was sealed: ${note.message}`);
    }
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
