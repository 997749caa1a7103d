/** `holdpoint report`: the report of a run of this desk, or of a bundle, as a file. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Arg } from '../contract/calls.ts';
import { type ReportFormat, reportFormats } from '../contract/views.ts';
import { RunId } from '../contract/ids.ts';
import { fail, ok, type Result } from '../contract/result.ts';
import { storageFailure } from '../host/files/storageFailure.ts';
import { type Client, connectClient } from './client.ts';
import { compose } from './compose.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { Output } from './output.ts';

type ReportOf = Arg<'evidence.report'>['of'];

/** The format an option names, or undefined. */
export function reportFormat(text: string): ReportFormat | undefined {
  return reportFormats.find((format) => format === text);
}

/** Writes the report beside the caller, or to `out`. `subject`: the id of a run, or the path of a bundle. */
export async function reportCommand(
  subject: string,
  args: { readonly format: string; readonly out?: string },
  output: Output,
): Promise<ExitCode> {
  const format = reportFormat(args.format);
  if (format === undefined) {
    const hint = `It is one of ${reportFormats.join(', ')}.`;
    return output.failure(fail('bad-request', `--format ${args.format} is not known.`, { hint }).error);
  }
  const composed = await compose(output);
  if (!composed.ok) return output.failure(composed.error);
  const client = connectClient(composed.value.host);
  try {
    const of = await subjectOf(client, subject);
    if (!of.ok) return output.failure(of.error);
    const made = await client.call('evidence.report', { of: of.value, format });
    if (!made.ok) return output.failure(made.error);
    const path = resolve(args.out ?? made.value.name);
    const bytes = Buffer.from(made.value.base64, 'base64');
    const written = await write(path, bytes);
    if (!written.ok) return output.failure(written.error);
    output.line(path);
    output.data({ path, format, bytes: bytes.length });
    return EXIT.ok;
  } finally {
    client.close();
    await composed.value.host.close();
  }
}

async function subjectOf(client: Client, subject: string): Promise<Result<ReportOf>> {
  const runId = RunId.safeParse(subject);
  if (runId.success) return ok({ kind: 'run', runId: runId.data });
  const opened = await client.call('bundle.open', { kind: 'path', path: resolve(subject) });
  return opened.ok ? ok({ kind: 'bundle', id: opened.value.id }) : opened;
}

async function write(path: string, bytes: Uint8Array): Promise<Result<null>> {
  try {
    await writeFile(path, bytes);
    return ok(null);
  } catch (error) {
    return { ok: false, error: storageFailure(path, error, 'The evidence was not touched.') };
  }
}
