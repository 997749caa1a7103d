import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunId } from '../../../../electron/contract/ids.ts';
import type { JournalRecord } from '../../../../electron/contract/records.ts';
import { readRunFile } from '../../../../electron/host/runs/runFiles.ts';
import { runFolder } from '../../../../electron/host/runs/runFolder.ts';
import { temporary } from './temporary.ts';

const runId = '20261122T020000Z-4f2a9c' as RunId;
const path = 'messages/00003-tell.txt';
const text = 'Channel: email\n\nThe window opens.\n';

async function kept(content: string): Promise<{ data: string; records: readonly JournalRecord[] }> {
  const data = await temporary();
  const dir = runFolder(data, runId);
  await mkdir(join(dir, 'messages'), { recursive: true });
  await writeFile(join(dir, path), content);
  await writeFile(join(dir, 'journal.jsonl'), 'secret');
  const message = {
    file: path,
    bytes: Buffer.byteLength(text),
    sha256: createHash('sha256').update(text).digest('hex'),
  };
  return { data, records: [{ type: 'notify', d: { message } } as unknown as JournalRecord] };
}

describe('a small file of a run', () => {
  it('is read to the byte when the journal vouches for it', async () => {
    const { data, records } = await kept(text);
    expect(await readRunFile(data, runId, records, path)).toEqual({
      ok: true,
      value: { base64: Buffer.from(text).toString('base64') },
    });
  });
  it.each(['journal.jsonl', '../other/journal.jsonl', 'messages/../journal.jsonl', ''])(
    'is refused when the journal names no %j',
    async (other) => {
      const { data, records } = await kept(text);
      expect(await readRunFile(data, runId, records, other)).toMatchObject({
        ok: false,
        error: { code: 'not-found' },
      });
    },
  );
  it.each([text.replace('opens', 'close'), `${text}more`])(
    'is not shown when it is another than the journal vouches for',
    async (content) => {
      const { data, records } = await kept(content);
      expect(await readRunFile(data, runId, records, path)).toMatchObject({
        ok: false,
        error: { code: 'corrupt' },
      });
    },
  );
  it('says so when it is gone, and when it is too large to be shown', async () => {
    const { records } = await kept(text);
    const elsewhere = await temporary();
    const gone = await readRunFile(elsewhere, runId, records, path);
    expect(gone).toMatchObject({ ok: false, error: { code: 'not-found' } });
    const file = { file: path, bytes: 2_000_000, sha256: '0'.repeat(64) };
    const large = [{ type: 'file.transfer', d: { file } } as unknown as JournalRecord];
    expect(await readRunFile(elsewhere, runId, large, path)).toMatchObject({
      ok: false,
      error: { code: 'unsupported' },
    });
  });
});
