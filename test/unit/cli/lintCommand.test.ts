/** `holdpoint lint` as people and pipelines call it: lines, data, exit codes and pages. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { explainCommand, lintCommand } from '../../../electron/cli/lintCommand.ts';
import type { Output } from '../../../electron/cli/output.ts';
import { exitFor } from '../../../electron/cli/exit.ts';
import { exampleRunbook } from '../../../electron/domain/lint/example.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdpoint-lint-'));
});
afterEach(() => rm(folder, { recursive: true }));

function listen() {
  const lines: string[] = [];
  const notes: string[] = [];
  const data: unknown[] = [];
  const output: Output = {
    json: false,
    line: (text) => lines.push(text),
    data: (value) => data.push(value),
    note: (text) => notes.push(text),
    failure: (failure) => {
      notes.push(failure.message);
      return exitFor(failure.code);
    },
    paint: (_colour, text) => text,
  };
  return { lines, notes, data, output };
}

async function runbook(example: string, id = 'example'): Promise<string> {
  const file = join(folder, `${id}.runbook.yaml`);
  await writeFile(file, exampleRunbook(`id: ${id}\n${example}`).text);
  return file;
}

const WARNED = 'parameters:\n  unused: { title: Unused, type: name }';

describe('holdpoint lint', () => {
  it('says where, what, by which rule and what to do, and ends with 1', async () => {
    const file = await runbook('kind: disaster-recovery');
    await runbook('kind: rollback', 'roll-back');
    const heard = listen();
    expect(await lintCommand([file], { strict: false }, heard.output)).toBe(1);
    expect(heard.lines).toEqual([
      `${file}:25:7 error: A runbook for disaster recovery states its RTO and RPO. [runbook.objectives] Add \`objectives: { rto: 15m, rpo: 5m }\`.`,
    ]);
    expect(heard.notes).toEqual(['1 file, 1 error, 0 warnings']);
    expect(heard.data).toMatchObject([{ files: 1, errors: 1, warnings: 0, diagnostics: [{ line: 25 }] }]);
  });

  it('lets warnings pass, but not with --strict', async () => {
    const file = await runbook(`rollback:\n${WARNED}`);
    expect(await lintCommand([file], { strict: false }, listen().output)).toBe(0);
    expect(await lintCommand([file], { strict: true }, listen().output)).toBe(1);
  });

  it('takes the runbooks and documents of a folder, and leaves other files alone', async () => {
    await runbook('rollback: other');
    await runbook('kind: rollback\nrollback:', 'other');
    await writeFile(join(folder, 'page.md'), '# 1. One\n\n# 3. Three\n');
    await writeFile(join(folder, 'coverage.yaml'), 'a: 1\n');
    const heard = listen();
    expect(await lintCommand([folder], { strict: false }, heard.output)).toBe(0);
    expect(heard.data).toMatchObject([{ files: 3, errors: 0 }]);
    expect(
      heard.lines.some(
        (line) => line.includes('page.md:3:1 warning:') && line.includes('[document.section-gap]'),
      ),
    ).toBe(true);
  });

  it('ends with 3 when a file cannot be read, and names it', async () => {
    const heard = listen();
    expect(await lintCommand([join(folder, 'gone.runbook.yaml')], { strict: false }, heard.output)).toBe(3);
    expect(heard.notes.join('\n')).toContain('gone.runbook.yaml cannot be read');
  });
});

describe('holdpoint lint --explain', () => {
  it('prints the page of a rule', () => {
    const heard = listen();
    expect(explainCommand('shell.pipefail', heard.output)).toBe(0);
    expect(heard.lines.join('\n')).toMatch(/^# shell\.pipefail\n[\s\S]*set -o pipefail/);
  });

  it('ends with 2 for a rule that there is not, and says which is meant', () => {
    const heard = listen();
    expect(explainCommand('shell.pipefial', heard.output)).toBe(2);
    expect(heard.notes).toEqual([
      'holdpoint: there is no rule shell.pipefial; did you mean "shell.pipefail"?',
    ]);
  });
});
