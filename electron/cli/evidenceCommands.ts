/** `holdpoint verify`, `export` and `keys export`. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Verdict } from '../contract/calls.ts';
import { RunId } from '../contract/ids.ts';
import { fail, type Result } from '../contract/result.ts';
import { verifyBundle } from '../host/evidence/verify.ts';
import { type Client, connectClient } from './client.ts';
import { compose } from './compose.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { Output } from './output.ts';

/** Verifies a bundle with trust given by the caller. 0 when L1 and L2 hold, 4 when not. */
export async function verifyCommand(
  zip: string,
  args: { readonly allowedSigners: string; readonly revoked?: string },
  output: Output,
): Promise<ExitCode> {
  const trust = await readText(args.allowedSigners);
  if (!trust.ok) return output.failure(trust.error);
  const revoked = args.revoked === undefined ? null : await readText(args.revoked);
  if (revoked?.ok === false) return output.failure(revoked.error);
  const verified = await verifyBundle(
    { zip: resolve(zip) },
    { allowedSigners: trust.value, ...(revoked === null ? {} : { revoked: revoked.value }) },
  );
  if (!verified.ok) return output.failure(verified.error);
  const { verdict } = verified.value;
  output.data(verified.value);
  printVerdict(verdict, output);
  return verdict.l1 === 'holds' && verdict.l2 === 'holds' ? EXIT.ok : EXIT.verification;
}

function printVerdict(verdict: Verdict, output: Output): void {
  const stamp = verdict.rehearsal === true ? '  REHEARSAL' : '';
  output.line(`run ${verdict.runId ?? 'unknown'}  result ${verdict.result ?? 'unknown'}${stamp}`);
  output.line(`L1 intact and attributed: ${verdict.l1}`);
  for (const line of verdict.rests.l1) output.line(`   ${line}`);
  output.line(`L2 consistent: ${verdict.l2}`);
  for (const line of verdict.rests.l2) output.line(`   ${line}`);
  output.line(`L3 externally witnessed: ${verdict.l3}`);
  for (const line of verdict.rests.l3) output.line(`   ${line}`);
  for (const finding of verdict.findings) {
    output.line(`${finding.level}  ${finding.id}  ${finding.place}: ${finding.message}`);
  }
}

async function readText(path: string): Promise<Result<string>> {
  try {
    return { ok: true, value: await readFile(path, 'utf8') };
  } catch {
    return fail('not-found', `${path} cannot be read.`);
  }
}

/** Writes the bundle of an ended run to a folder. */
export async function exportCommand(run: string, out: string, output: Output): Promise<ExitCode> {
  const runId = RunId.safeParse(run);
  if (!runId.success) return output.failure(fail('bad-request', `${run} is not the id of a run.`).error);
  return withClient(output, async (client) => {
    const directory = resolve(out);
    await mkdir(directory, { recursive: true });
    const exported = await client.call('evidence.export', { runId: runId.data, directory });
    if (!exported.ok) return output.failure(exported.error);
    output.line(exported.value.path);
    output.data(exported.value);
    return EXIT.ok;
  });
}

/** Prints the allowed_signers lines of this desk's keys, or writes them to a file. */
export async function keysExportCommand(out: string | undefined, output: Output): Promise<ExitCode> {
  return withClient(output, async (client) => {
    const trust = await client.call('evidence.trust-file', {});
    if (!trust.ok) return output.failure(trust.error);
    if (out !== undefined) await writeFile(out, trust.value.text);
    else output.line(trust.value.text.trimEnd());
    output.data({ allowedSigners: trust.value.text });
    return EXIT.ok;
  });
}

async function withClient(output: Output, work: (client: Client) => Promise<ExitCode>): Promise<ExitCode> {
  const composed = await compose(output);
  if (!composed.ok) return output.failure(composed.error);
  const client = connectClient(composed.value.host);
  try {
    return await work(client);
  } finally {
    client.close();
    await composed.value.host.close();
  }
}
