/** The runbook that a run was made with, out of its sealed evidence: verified on opening, closed again at once. */
import type { RunId } from '../../../electron/contract/ids.ts';
import { fail, ok, type Result } from '../../../electron/contract/result.ts';
import type { Client } from '../../api/client.ts';
import { t } from '../../i18n/t.ts';
import { bundleSource } from '../bundle/source.ts';

const RUNBOOK = 'plan/runbook.yaml';

export async function runbookOfRun(client: Client, runId: RunId): Promise<Result<string>> {
  const opened = await client.call('bundle.open', { kind: 'run', runId });
  if (!opened.ok) return opened;
  const { id, files } = opened.value;
  const file = files.find(({ path }) => path === RUNBOOK);
  const read =
    file === undefined
      ? fail('not-found', t('versions.no-file'))
      : await bundleSource(client, id, file).read(0, file.bytes);
  await client.call('bundle.close', { id });
  return read.ok ? ok(new TextDecoder('utf-8').decode(read.value)) : read;
}
