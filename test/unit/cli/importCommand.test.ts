/** `holdpoint import`, on files of its own. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importCommand } from '../../../electron/cli/importCommand.ts';
import type { Output } from '../../../electron/cli/output.ts';
import { parseRunbook } from '../../../electron/domain/runbook/parse.ts';
import { EXIT, exitFor } from '../../../electron/cli/exit.ts';

let folder = '';
let said: string[] = [];
const output: Output = {
  json: false,
  line: (text) => void said.push(text),
  data: () => undefined,
  note: (text) => void said.push(text),
  failure: (failure) => {
    said.push(failure.message, failure.kept ?? '', failure.hint ?? '');
    return exitFor(failure.code);
  },
  paint: (_, text) => text,
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdpoint-import-'));
  said = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function document(text: string, name = 'restart.md'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

describe('holdpoint import', () => {
  it('writes a draft that is a runbook, and lists what is wrong with its lines', async () => {
    const path = await document('# Restart\n\n```sh\ncurl -sk https://localhost/ | jq .\n```\n');
    expect(await importCommand(path, { out: folder, id: 'restart-the-proxy' }, output)).toBe(EXIT.findings);
    const file = join(folder, 'restart-the-proxy.runbook.yaml');
    const { runbook } = parseRunbook(await readFile(file, 'utf8'), file);
    expect(runbook?.title).toBe('Restart');
    expect(said.some((line) => line.includes(`${path}:4:`) && line.includes('tls.insecure'))).toBe(true);
    expect(said.at(-1)).toContain(file);
  });

  it('ends with 0 when there is nothing to find', async () => {
    const path = await document('# Look\n\nThe lamp is green.\n');
    expect(await importCommand(path, { out: folder }, output)).toBe(EXIT.ok);
    expect(
      parseRunbook(await readFile(join(folder, 'restart.runbook.yaml'), 'utf8'), 'restart.runbook.yaml')
        .runbook,
    ).not.toBeNull();
  });

  it('never writes over a file', async () => {
    const path = await document('# Look\n\n- [ ] The lamp is green\n');
    const file = join(folder, 'restart.runbook.yaml');
    await writeFile(file, 'mine');
    expect(await importCommand(path, { out: folder }, output)).not.toBe(EXIT.ok);
    expect(await readFile(file, 'utf8')).toBe('mine');
    expect(said).toContain('The file was not touched.');
  });

  it('makes the folder it is told to write to', async () => {
    const path = await document('# Look\n\nThe lamp is green.\n');
    const out = join(folder, 'drafts', 'new');
    expect(await importCommand(path, { out }, output)).toBe(EXIT.ok);
    expect(await readFile(join(out, 'restart.runbook.yaml'), 'utf8')).toContain('The lamp is green.');
  });

  it.each([
    ['a file that is not there', 'none.md', {}, EXIT.usage],
    ['a folder', '.', {}, EXIT.usage],
    ['an id that is none', 'restart.md', { id: '../x' }, EXIT.usage],
    ['a folder that cannot be made', 'restart.md', { out: '/dev/null/none' }, EXIT.io],
    ['a folder that is a file', 'restart.md', { out: '/dev/null' }, EXIT.io],
  ])('says what is wrong with %s', async (_, name, args, code) => {
    await document('# Look\n\n- [ ] The lamp is green\n');
    expect(await importCommand(join(folder, name), { out: folder, ...args }, output)).toBe(code);
    expect(said.join('')).not.toBe('');
  });

  it('refuses what is too large before it reads it', async () => {
    const path = await document('a'.repeat(300 * 1024));
    expect(await importCommand(path, { out: folder }, output)).toBe(EXIT.findings);
    expect(said.join('\n')).toContain('larger than 256 KiB');
  });
});
