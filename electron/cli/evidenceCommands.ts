/** `holdpoint export` and `keys export`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { RunId } from '../contract/ids.ts';
import { fail } from '../contract/result.ts';
import { type Client, connectClient } from './client.ts';
import { compose } from './compose.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { Output } from './output.ts';

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

/** Does some work as a client of a host of its own, which ends with it. */
export async function withClient(
  output: Output,
  work: (client: Client) => Promise<ExitCode>,
): Promise<ExitCode> {
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
