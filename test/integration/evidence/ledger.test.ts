/** The ledger of a real desk, exported and checked with what an auditor has: unzip, ssh-keygen, perl, cmp. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { deskFolder, must, openDesk, type Desk, runbookText } from '../../fixtures/runs/desk.ts';
import { run } from '../../fixtures/evidence/shell.ts';

const bash = promisify(execFile);

const BOOK = runbookText(
  'short',
  `      - id: note
        title: Say it
        attest: { text: { label: What } }
`,
);

async function exported(desk: Desk, into: string): Promise<string> {
  const made = must(await desk.client.call('ledger.export', {}));
  const path = join(into, made.name);
  await mkdir(into, { recursive: true });
  await writeFile(path, Buffer.from(made.base64, 'base64'));
  expect(await run('unzip', ['-q', path, '-d', into])).toMatchObject({ code: 0, stdout: '', stderr: '' });
  return join(into, made.name.replace(/\.zip$/, ''));
}

/** The commands of the export's own README, as they stand there. */
async function commandsOf(folder: string): Promise<readonly string[]> {
  const readme = await readFile(join(folder, 'README.txt'), 'utf8');
  return readme.split('\n').flatMap((line) => (line.startsWith('  ') ? [line.trim()] : []));
}

async function withDeskTrust(desk: Desk, folder: string): Promise<void> {
  const { text } = must(await desk.client.call('evidence.trust-file', {}));
  await writeFile(join(folder, 'allowed_signers'), text);
  await writeFile(join(folder, 'revoked'), '');
}

describe('an exported ledger', () => {
  test('is checked by the commands that it brings, and grows from one export to the next', async () => {
    const home = await deskFolder();
    const desk = await openDesk({ home, runbooks: { short: BOOK } });
    const first = await desk.start('short');
    await first.finish();
    const earlier = await exported(desk, join(home, 'one'));
    await desk.start('short');
    const now = await exported(desk, join(home, 'two'));
    await withDeskTrust(desk, now);
    await mkdir(join(now, 'earlier'));
    await writeFile(join(now, 'earlier', 'ledger.jsonl'), await readFile(join(earlier, 'ledger.jsonl')));
    const commands = await commandsOf(now);
    expect(commands).toHaveLength(4);
    const said: string[] = [];
    for (const command of commands) said.push((await bash('bash', ['-c', command], { cwd: now })).stdout);
    expect(said[0]).toMatch(/^Good "ledger\.evidence-v1@holdpoint" signature for .+@device/);
    expect(said[1]).toMatch(/^Good "ledger\.evidence-v1@holdpoint" signature/);
    expect(said[2]).toMatch(/^3 entries, head [0-9a-f]{64}\n$/);
    expect(said[3]).toBe('');
    const csv = (await readFile(join(now, 'population.csv'), 'utf8')).trimEnd().split('\r\n');
    expect(csv).toHaveLength(3);
    expect(csv[1]).toContain(`${first.runId},short,yes,sealed,`);
    expect(csv[2]).toContain(',short,yes,not closed,');
    const view = must(await desk.client.call('ledger.view', {}));
    expect(view.findings).toMatchObject([{ id: 'ledger.unsealed', place: 'ledger.jsonl:3' }]);
    expect(said[2]).toContain(view.head);
  });

  test('whose lines were changed afterwards fails those commands', async () => {
    const home = await deskFolder();
    const desk = await openDesk({ home, runbooks: { short: BOOK } });
    await (await desk.start('short')).finish();
    const folder = await exported(desk, join(home, 'out'));
    await withDeskTrust(desk, folder);
    const file = join(folder, 'ledger.jsonl');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.split('\n').slice(1).join('\n'));
    const commands = await commandsOf(folder);
    for (const command of [commands[0], commands[2]]) {
      await expect(bash('bash', ['-c', command ?? ''], { cwd: folder })).rejects.toThrow();
    }
  });

  test('is the same to the byte when nothing has happened in between', async () => {
    const desk = await openDesk({ runbooks: { short: BOOK } });
    await (await desk.start('short')).finish();
    const first = must(await desk.client.call('ledger.export', {}));
    expect(must(await desk.client.call('ledger.export', {}))).toEqual(first);
  });
});
