/** `holdpoint report` as a person would use it: of a run of this desk and of somebody's bundle. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeBundle, RUN_ID } from '../../fixtures/evidence/makeRun.ts';
import { runCli } from '../../fixtures/platform/runCli.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hp-report-'));
});
afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

describe('holdpoint report', () => {
  it('makes the report of a bundle with the trust of this desk', async () => {
    const { bundle, allowedSigners } = await makeBundle(join(home, 'elsewhere'));
    const trust = join(home, 'allowed_signers');
    await writeFile(trust, allowedSigners);
    expect(await runCli(home, ['trust', 'set', '--allowed-signers', trust])).toMatchObject({ code: 0 });
    const out = join(home, 'report.md');
    const said = await runCli(home, ['report', bundle.path, '--format', 'markdown', '--out', out]);
    expect(said).toMatchObject({ code: 0, stdout: `${out}\n` });
    const text = await readFile(out, 'utf8');
    expect(text).toContain('# Small upgrade');
    expect(text).toContain('| L1 intact and attributed | **holds** |');
    // Nothing of the opened bundle stays behind.
    expect(await readdir(join(home, 'data', 'open-bundles'))).toEqual([]);
  });

  it('makes the report of a run of this desk, and says what the desk does not trust', async () => {
    await mkdir(join(home, 'data'), { recursive: true });
    await makeBundle(join(home, 'data'));
    const out = join(home, 'report.html');
    const said = await runCli(home, ['report', RUN_ID, '--out', out]);
    expect(said).toMatchObject({ code: 0 });
    const html = await readFile(out, 'utf8');
    expect(html).toMatch(/^<!doctype html>/);
    expect(html).toContain('✗ fails');
    expect(html).toContain('signature.untrusted');
  });

  it('refuses what it cannot do with the way on: no such run, no such format, no room to write', async () => {
    expect(await runCli(home, ['report', '20200101T000000Z-000000'])).toMatchObject({ code: 2 });
    const { bundle } = await makeBundle(join(home, 'elsewhere'));
    const odd = await runCli(home, ['report', bundle.path, '--format', 'docx']);
    expect(odd).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('html, pdf, markdown, csv, json') as string,
    });
    // Nobody this desk knows has signed it.
    const strange = await runCli(home, ['report', bundle.path]);
    expect(strange.code).not.toBe(0);
    expect(strange.stderr).toContain('findings');
  });
});
