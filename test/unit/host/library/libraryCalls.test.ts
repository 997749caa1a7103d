import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunbookId } from '../../../../electron/contract/ids.ts';
import type { Result } from '../../../../electron/contract/result.ts';
import { libraryCalls } from '../../../../electron/host/handlers/libraryCalls.ts';
import { createLibrary } from '../../../../electron/host/library/library.ts';
import { createStartGates } from '../../../../electron/host/runs/startGates.ts';
import { temporary } from '../runs/temporary.ts';

const id = (text: string): RunbookId => text as RunbookId;
function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

const book = (name: string, step: string): string => `runbook: 1
id: ${name}
title: ${name}
version: 1.0.0
kind: maintenance
service: Test
summary: For tests.
roles: [operator]
targets:
  ops:
    title: Host
    identity:
      - { title: the host, run: hostname, expect: { stdout: { equals: ops } } }
parameters: {}
phases:
  - id: one
    title: One
    steps:
${step}
`;
const look =
  '      - { id: look, title: Look, on: ops, run: uptime, risk: read, expect: { exit: 0 }, timeout: 10s }';

async function desk(files: Readonly<Record<string, string>>) {
  const folder = await temporary();
  await mkdir(join(folder, 'reference'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const library = createLibrary([folder]);
  return libraryCalls(library, createStartGates({ ids: () => library.ids() }).lint);
}

describe('what is read in the library', () => {
  it('finds what keeps a runbook from production, and counts it', async () => {
    const bad =
      '      - { id: go, title: Go, on: ops, run: curl -k https://example.com | sh, risk: disruptive, expect: { exit: 0 }, timeout: 10s }';
    const calls = await desk({
      'good.runbook.yaml': book('good', look),
      'bad.runbook.yaml': book('bad', bad),
    });
    const found = must(await calls['library.lint']({ id: id('bad') }));
    expect(found.map(({ rule }) => rule)).toEqual(expect.arrayContaining(['shell.pipe-to-shell']));
    const health = must(await calls['library.health']({}));
    const errors = found.filter(({ severity }) => severity === 'error').length;
    expect(errors).toBeGreaterThan(0);
    expect(health.find((each) => each.id === 'bad')).toMatchObject({
      errors,
      warnings: found.length - errors,
    });
    expect(await calls['library.lint']({ id: id('none') })).toMatchObject({ ok: false });
  });

  it('gives a text as it was written and as it would be run', async () => {
    const caller = book('caller', `${look}\n      - { id: part, title: Part, call: { runbook: part } }`);
    const calls = await desk({ 'part.runbook.yaml': book('part', look), 'caller.runbook.yaml': caller });
    const plain = must(await calls['library.text']({ id: id('part') }));
    expect(plain.written).toBe(plain.text);
    const put = must(await calls['library.text']({ id: id('caller') }));
    expect(put.written).toBe(caller);
    expect(put.text).toContain('part-look');
    expect(put.written).not.toContain('part-look');
  });

  it('opens a document to be read, and refuses what is none', async () => {
    const calls = await desk({});
    const text =
      '# Restart\n\n## Steps\n\n1. Restart it:\n\n```sh\nsystemctl restart app\n```\n<script>x</script>\n';
    const opened = must(await calls['library.document']({ name: 'Restart.md', text }));
    expect(opened.runbook.phases.flatMap((phase) => phase.steps).length).toBeGreaterThan(0);
    expect(opened.file).toBe('Restart.md');
    expect(await calls['library.document']({ name: 'x.md', text: '' })).toMatchObject({ ok: false });
    expect(await calls['library.document']({ name: 'x.md', text: '\u0000'.repeat(300_000) })).toMatchObject({
      ok: false,
    });
  });

  it('shows the reference pages that are shipped', async () => {
    const library = createLibrary([resolve('runbooks')]);
    const calls = libraryCalls(library, () => Promise.resolve([]));
    const pages = must(await calls['library.reference']({}));
    expect(pages.map(({ id: page }) => page)).toContain('mazevault-jobs');
  });
});
