/** The runbooks on disk: the person's own before the shipped ones, and what cannot be used with its reason. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunbookId } from '../../../../electron/contract/ids.ts';
import { sha256 } from '../../../../electron/host/files/hash.ts';
import { createLibrary, formatDiagnostic } from '../../../../electron/host/library/library.ts';
import { runbookText } from '../../../fixtures/runs/desk.ts';
import { temporary } from '../runs/temporary.ts';

const step = (word: string) => `      - { id: a, run: echo ${word}, risk: read, expect: { exit: 0 } }`;

async function folders(): Promise<readonly [string, string]> {
  const dir = await temporary();
  const both = [join(dir, 'own'), join(dir, 'shipped')] as const;
  for (const folder of both) await mkdir(folder);
  return both;
}

const id = (name: string) => name as RunbookId;

describe('library', () => {
  test('prefers the person’s own runbook, lists each once, and hands out the exact bytes', async () => {
    const [own, shipped] = await folders();
    const mine = runbookText('twice', step('mine'));
    await writeFile(join(own, 'twice.runbook.yaml'), mine);
    await writeFile(join(shipped, 'twice.runbook.yaml'), runbookText('twice', step('theirs')));
    await writeFile(join(shipped, 'once.runbook.yaml'), runbookText('once', step('once')));
    await writeFile(join(shipped, 'notes.txt'), 'not a runbook');
    const library = createLibrary([own, join(own, 'not-there'), shipped]);
    const { entries, broken } = await library.list();
    expect(entries.map((entry) => entry.runbook.id).sort()).toEqual(['once', 'twice']);
    expect(broken).toEqual([]);
    const found = await library.get(id('twice'));
    expect(found.ok && found.value.sha256).toBe(sha256(mine));
    expect(found.ok && Buffer.from(found.value.bytes).toString()).toBe(mine);
  });

  test('says what is wrong with a file, where, and how to mend it; the others stay usable', async () => {
    const [own, shipped] = await folders();
    await writeFile(
      join(own, 'bad.runbook.yaml'),
      runbookText('bad', '      - { id: a, run: echo a, risk: read }'),
    );
    await mkdir(join(own, 'folder.runbook.yaml'));
    await writeFile(join(shipped, 'good.runbook.yaml'), runbookText('good', step('x')));
    const library = createLibrary([own, shipped]);
    const { entries, broken } = await library.list();
    expect(entries).toHaveLength(1);
    expect(broken).toHaveLength(2);
    const refused = await library.get(id('bad'));
    expect(refused).toMatchObject({ ok: false, error: { code: 'invalid-runbook' } });
    expect(refused.ok ? '' : refused.error.message).toMatch(
      /bad\.runbook\.yaml:\d+:\d+ error: .*\[expect\.missing\]/,
    );
    const unreadable = broken.find(({ file }) => file.includes('folder'))?.diagnostics[0];
    expect(unreadable === undefined ? '' : formatDiagnostic(unreadable)).toContain('cannot be read (EISDIR)');
    expect(await library.get(id('none'))).toMatchObject({ ok: false, error: { code: 'not-found' } });
  });
});
