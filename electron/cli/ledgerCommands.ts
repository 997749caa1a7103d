/** `holdpoint ledger` and `holdpoint abandon`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { RunId } from '../contract/ids.ts';
import type { LedgerEntryView } from '../contract/people.ts';
import { fail } from '../contract/result.ts';
import { withClient } from './evidenceCommands.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { Output } from './output.ts';

/** Prints every run this desk ever opened; 1 when something is not right about the list. */
export function ledgerCommand(exportTo: string | undefined, output: Output): Promise<ExitCode> {
  return withClient(output, async (client) => {
    const seen = await client.call('ledger.view', {});
    if (!seen.ok) return output.failure(seen.error);
    const { entries, findings, head } = seen.value;
    if (exportTo === undefined) {
      for (const entry of entries) output.line(entryLine(entry));
      for (const { id, place, message } of findings) output.line(`${id}  ${place}: ${message}`);
      output.note(`${String(entries.length)} entries, head ${head}`);
      output.data(seen.value);
      return findings.length === 0 ? EXIT.ok : EXIT.findings;
    }
    const made = await client.call('ledger.export', {});
    if (!made.ok) return output.failure(made.error);
    const path = join(resolve(exportTo), made.value.name);
    await mkdir(resolve(exportTo), { recursive: true });
    await writeFile(path, Buffer.from(made.value.base64, 'base64'));
    for (const { id, place, message } of findings) output.note(`${id}  ${place}: ${message}`);
    output.line(path);
    output.data({ path, head, entries: entries.length, findings });
    return EXIT.ok;
  });
}

function entryLine(entry: LedgerEntryView): string {
  const { seq, t, type, runId } = entry;
  const more = {
    open: [entry.runbook, entry.rehearsal === true ? 'REHEARSAL' : undefined],
    seal: [entry.result],
    abandon: [entry.reason],
  }[type];
  return [String(seq), t, type.padEnd(7), runId, ...more].filter((part) => part !== undefined).join('  ');
}

/** Closes an interrupted run as crashed and seals what is there. */
export async function abandonCommand(run: string, reason: string, output: Output): Promise<ExitCode> {
  const runId = RunId.safeParse(run);
  if (!runId.success) return output.failure(fail('bad-request', `${run} is not the id of a run.`).error);
  if (reason.trim().length < 3)
    return output.failure(fail('bad-request', 'Say why, in three characters or more.').error);
  return withClient(output, async (client) => {
    const closed = await client.call('run.abandon', { runId: runId.data, reason });
    if (!closed.ok) return output.failure(closed.error);
    output.line(`${runId.data} is closed.`);
    output.data({ runId: runId.data });
    return EXIT.ok;
  });
}
