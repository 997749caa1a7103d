/** The single-file verifier as an auditor has it: one file in an empty folder, nothing installed beside it. */
import { createHash } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildIfStale } from '../../scripts/build.mjs';
import { makeBundle } from '../fixtures/evidence/makeRun.ts';
import { type Ran, run } from '../fixtures/evidence/shell.ts';
import { unzip, zip } from '../fixtures/evidence/rezip.ts';

let root = '';
let bundle = '';
let bad = '';

beforeAll(async () => {
  await buildIfStale(['verifier']);
  root = await mkdtemp(join(tmpdir(), 'holdpoint-verify-'));
  const made = await makeBundle(join(root, 'made'));
  await copyFile('dist/holdpoint-verify.mjs', join(root, 'holdpoint-verify.mjs'));
  await writeFile(join(root, 'allowed_signers'), made.allowedSigners);
  [bundle, bad] = [join(root, 'good.zip'), join(root, 'bad.zip')];
  await copyFile(made.bundle.path, bundle);
  const parts = await unzip(bundle);
  await writeFile(
    bad,
    zip(
      parts.map((part) =>
        part.name.endsWith('02-upgrade.out') ? { ...part, data: Buffer.from('all well\n') } : part,
      ),
    ),
  );
  await rm(join(root, 'made'), { recursive: true });
});
afterAll(() => rm(root, { recursive: true, force: true }));

const verifier = (...args: readonly string[]): Promise<Ran> =>
  run(process.execPath, [join(root, 'holdpoint-verify.mjs'), ...args], { cwd: root });
const trust = ['--allowed-signers', 'allowed_signers'];

describe('the single-file verifier', () => {
  it('is published with its digest', async () => {
    const digest = createHash('sha256')
      .update(await readFile('dist/holdpoint-verify.mjs'))
      .digest('hex');
    expect(await readFile('dist/holdpoint-verify.mjs.sha256', 'latin1')).toBe(
      `${digest}  holdpoint-verify.mjs\n`,
    );
  });

  it('asks for nothing but Node’s own modules, and names no folder of the build', async () => {
    const text = await readFile('dist/holdpoint-verify.mjs', 'utf8');
    const asked = [...text.matchAll(/^import .*? from "([^"]+)";$/gm)].map(([, name]) => name);
    expect(asked.length).toBeGreaterThan(3);
    expect(asked.filter((name) => name?.startsWith('node:') !== true)).toEqual([]);
    expect(text).not.toContain(process.cwd());
  });

  it('verifies alone in an empty folder: three levels, exit 0', async () => {
    const said = await verifier('good.zip', ...trust);
    expect(said.stderr).toBe('');
    expect(said.stdout).toContain('L1 intact and attributed: holds');
    expect(said.stdout).toContain('L2 consistent: holds');
    expect(said.stdout).toContain('L3 externally witnessed: none');
    expect(said.code).toBe(0);
  });

  it('names the finding and its place, exit 4', async () => {
    const said = await verifier('bad.zip', ...trust);
    expect(said.stdout).toContain('L1  manifest.hash-mismatch  outputs/02-upgrade.out: ');
    expect(said.code).toBe(4);
  });

  it('says the same by its exit when nobody reads what it says', async () => {
    const asked = (name: string) =>
      `"${process.execPath}" holdpoint-verify.mjs ${name} ${trust.join(' ')} | :; echo "\${PIPESTATUS[0]}"`;
    for (const [name, code] of [
      ['good.zip', '0\n'],
      ['bad.zip', '4\n'],
    ] as const) {
      const said = await run('bash', ['-c', asked(name)], { cwd: root });
      expect(said).toMatchObject({ stdout: code, stderr: '' });
    }
  });

  it('does not end with 0 when what it says cannot be kept', async () => {
    const asked = (name: string) =>
      `"${process.execPath}" holdpoint-verify.mjs ${name} ${trust.join(' ')} > /dev/full`;
    const good = await run('bash', ['-c', asked('good.zip')], { cwd: root });
    expect(good.code).toBe(3);
    expect(good.stderr).toMatch(/^holdpoint: the output could not be written: .*ENOSPC.*\n$/);
    expect((await run('bash', ['-c', asked('bad.zip')], { cwd: root })).code).toBe(4);
  });

  it('gives a line of JSON for each bundle, and the worse exit of both', async () => {
    const said = await verifier('good.zip', 'bad.zip', ...trust, '--json');
    const lines = said.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { holds: boolean });
    expect(lines.map(({ holds }) => holds)).toEqual([true, false]);
    expect(said.stdout).toMatch(/^[\x0a\x20-\x7e]*$/);
    expect(said.code).toBe(4);
  });

  it('demands what the auditor demands', async () => {
    const said = await verifier('good.zip', ...trust, '--minimum', 'approvals=1,timestamp,anchors');
    for (const id of ['approval.missing', 'timestamp.missing', 'anchor.missing'])
      expect(said.stdout).toContain(id);
    expect(said.code).toBe(4);
  });

  it('remembers what it saw, and finds the same run with another content', async () => {
    const seen = join(root, 'seen');
    expect((await verifier('good.zip', ...trust, '--seen', seen)).code).toBe(0);
    expect((await verifier('good.zip', ...trust, '--seen', seen)).code).toBe(0);
    const kept = await readFile(seen, 'latin1');
    expect(kept).toMatch(/^20261121T020311Z-4f2a9c [0-9a-f]{64}\n$/);
    await writeFile(seen, kept.replace(/[0-9a-f]{64}/, 'f'.repeat(64)));
    const again = await verifier('good.zip', ...trust, '--seen', seen);
    expect(again.stdout).toContain('replay.seen');
    expect(again.code).toBe(4);
  });

  it.each([
    [[], 2],
    [['good.zip'], 2],
    [['none.zip', ...trust], 3],
    [['good.zip', 'none.zip', ...trust], 3],
    [['good.zip', '--allowed-signers', 'none'], 3],
    [['good.zip', ...trust, '--minimum', 'everything'], 2],
    [['good.zip', ...trust, '--at', 'yesterday'], 2],
    [['good.zip', ...trust, '--what'], 2],
    [['.', ...trust], 3],
  ])('says what is wrong with %j, exit %i', async (args, code) => {
    const said = await verifier(...args);
    expect(said.stderr).toMatch(/^holdpoint-verify: \S/);
    expect(said.stderr).not.toMatch(/\n\s+at /);
    expect(said.code).toBe(code);
  });
});
