/** The runbooks on disk: the person's own before the shipped ones, and what cannot be used with its reason. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
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

const overlay = (site: string, body: string) =>
  `overlay: 1\nsite: ${site}\nversion: 3\nconfirmed: { by: Jana Novak, on: 2026-11-01 }\n${body}`;
const VENDOR = `      - { id: a, run: mvctl pause, risk: reversible, expect: { exit: 0 }, vendor-confirm: Pauses the jobs. }`;
const PAGE = `reference: 1
id: jobs
title: Jobs
service: Test
summary: Jobs.
source: { document: manual }
entries: [{ id: gateway, title: Gateway, lines: 1, values: { interval: { duration: 60s } } }]
`;

describe('a library with overlays, called runbooks and reference pages', () => {
  async function site() {
    const dir = await temporary();
    const folder = (name: string) => join(dir, name);
    for (const name of ['own', 'shipped', 'shipped/reference', 'overlays', 'rehearsal'])
      await mkdir(folder(name), { recursive: true });
    const write = (name: string, text: string) => writeFile(folder(name), text);
    await write('shipped/part.runbook.yaml', runbookText('part', VENDOR));
    await write(
      'shipped/whole.runbook.yaml',
      runbookText(
        'whole',
        '      - { id: do, call: { runbook: part } }',
        'parameters: { beat: { title: Beat, type: duration, from: jobs.gateway.interval } }',
      ),
    );
    await write('shipped/plain.runbook.yaml', runbookText('plain', step('x')));
    await write('shipped/reference/jobs.reference.yaml', PAGE);
    await write('overlays/prague.overlay.yaml', overlay('prague', 'parameters: { whole: { beat: 90s } }\n'));
    await write(
      'rehearsal/rehearsal.overlay.yaml',
      overlay('rehearsal', 'vendor: { part: { a: { run: pretend } } }\n'),
    );
    const library = createLibrary([folder('own'), folder('shipped')], {
      overlays: [folder('overlays'), folder('not-there')],
      rehearsal: [folder('rehearsal')],
    });
    const get = async (name: string, rehearsal: boolean) => {
      const found = await library.get(id(name), { rehearsal });
      if (!found.ok) throw new Error(found.error.message);
      return found.value;
    };
    return { folder, write, library, get };
  }

  test('hands out what runs in production, and what runs in a rehearsal', async () => {
    const { get, library } = await site();
    const real = await get('whole', false);
    expect(real).toMatchObject({
      rehearsal: false,
      vendorOpen: ['do-a'],
      sources: [
        { kind: 'called', id: 'part' },
        { kind: 'overlay', id: 'prague' },
      ],
      overlay: [{ what: 'parameter', name: 'beat', was: '60s', is: '90s', site: 'prague' }],
    });
    const rehearsed = await get('whole', true);
    expect(rehearsed).toMatchObject({ rehearsal: true, vendorOpen: [], overlay: [{ site: 'rehearsal' }] });
    expect(rehearsed.runbook.parameters[0]).toMatchObject({ default: '60s', from: 'jobs.gateway.interval' });
    expect(rehearsed.sha256).not.toBe(real.sha256);
    for (const entry of [real, rehearsed]) expect(entry.sha256).toBe(sha256(entry.bytes));
    expect((await library.list()).entries.map((entry) => [entry.runbook.id, entry.rehearsal])).toEqual([
      ['part', false],
      ['plain', false],
      ['whole', false],
    ]);
  });

  test('keeps the bytes of every file it is made of; one that is made of nothing else stays as it is', async () => {
    const { get, folder } = await site();
    const whole = await get('whole', false);
    expect(whole.kept.map(({ kind, id: name }) => [kind, name])).toEqual([
      ['main', 'whole'],
      ['called', 'part'],
      ['overlay', 'prague'],
    ]);
    const files = ['shipped/whole.runbook.yaml', 'shipped/part.runbook.yaml', 'overlays/prague.overlay.yaml'];
    for (const [n, name] of files.entries()) {
      const bytes = await readFile(folder(name));
      expect(Buffer.from(whole.kept[n]?.bytes ?? []).equals(bytes)).toBe(true);
      expect(whole.kept[n]?.sha256).toBe(sha256(bytes));
    }
    const plain = await get('plain', false);
    expect(plain.kept).toEqual([]);
    expect(plain.sha256).toBe(sha256(await readFile(folder('shipped/plain.runbook.yaml'))));
  });

  test('reads a file again when it has changed, wherever it stands in what is put together', async () => {
    const { get, write } = await site();
    const before = await get('whole', false);
    expect((await get('whole', false)).sha256).toBe(before.sha256);
    await write('overlays/prague.overlay.yaml', overlay('prague', 'parameters: { whole: { beat: 95s } }\n'));
    const after = await get('whole', false);
    expect(after.sha256).not.toBe(before.sha256);
    expect(after.runbook.parameters[0]?.default).toBe('95s');
  });

  test('a broken overlay of the site stops real runs, says so once, and leaves rehearsals alone', async () => {
    const { get, library, write } = await site();
    await write('overlays/prague.overlay.yaml', overlay('prague', 'parameter: {}\n'));
    const refused = await library.get(id('plain'));
    expect(refused).toMatchObject({ ok: false, error: { code: 'invalid-runbook' } });
    expect(refused.ok ? '' : refused.error.message).toContain('prague.overlay.yaml:5');
    expect((await get('plain', true)).runbook.id).toBe('plain');
    const { entries, broken } = await library.list();
    expect(entries.map((entry) => entry.rehearsal)).toEqual([true, true, true]);
    expect(broken.map(({ file, diagnostics }) => [file.split('/').at(-1), diagnostics.length])).toEqual([
      ['prague.overlay.yaml', 1],
    ]);
  });

  test('an overlay that names a runbook that is not there is told', async () => {
    const { library, write } = await site();
    await write(
      'overlays/prague.overlay.yaml',
      overlay('prague', 'parameters: { hole: { beat: 90s }, "*": { other: x } }\n'),
    );
    const { broken } = await library.list();
    expect(broken[0]?.diagnostics).toMatchObject([
      {
        severity: 'warning',
        rule: 'overlay.runbook',
        line: 5,
        hint: expect.stringContaining('whole') as string,
      },
    ]);
  });

  test('refuses what the app itself put together, and pages and files that cannot be read', async () => {
    const { get, library, folder, write } = await site();
    const { bytes } = await get('whole', false);
    await writeFile(join(folder('own'), 'whole.runbook.yaml'), bytes);
    await writeFile(join(folder('own'), 'odd.runbook.yaml'), Buffer.from([0x61, 0xff, 0xfe]));
    await write('shipped/reference/bad.reference.yaml', 'reference: 2\n');
    expect(await library.get(id('whole'))).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('runbook.linked') as string },
    });
    expect(await library.get(id('odd'))).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('not UTF-8') as string },
    });
    const files = (await library.list()).broken.map(({ file }) => file.split('/').at(-1));
    expect(files.sort()).toEqual(['bad.reference.yaml', 'odd.runbook.yaml', 'whole.runbook.yaml']);
  });
});
