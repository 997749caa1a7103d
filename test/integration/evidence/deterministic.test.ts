/** The same run gives the same bytes, wherever on earth and in whatever language the desk is. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeRun } from '../../fixtures/evidence/makeRun.ts';

const run = promisify(execFile);
const PLACES = [
  { TZ: 'UTC', LC_ALL: 'C', LANG: 'C' },
  { TZ: 'Pacific/Kiritimati', LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8' },
  { TZ: 'America/St_Johns', LC_ALL: 'ar_EG.UTF-8', LANG: 'ar_EG.UTF-8' },
];

let root: string;
let program: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'holdpoint-same-'));
  program = join(root, 'program.mjs');
  await build({
    entryPoints: [resolve('test/fixtures/evidence/sealAndReport.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    // Optional native parts that the evidence does not need.
    external: ['*.node'],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); const __dirname = import.meta.dirname ?? '.';",
    },
  });
});

afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

describe('a run that is sealed, bundled and reported on in three time zones and locales', () => {
  it('gives byte for byte the same bundle and the same reports', async () => {
    const { dir } = await makeRun(root);
    const made: { readonly said: string; readonly files: ReadonlyMap<string, Buffer> }[] = [];
    for (const [index, place] of PLACES.entries()) {
      const copy = join(root, `copy-${String(index)}`);
      const out = join(root, `out-${String(index)}`);
      await cp(dir, copy, { recursive: true });
      await mkdir(out);
      const { stdout } = await run(process.execPath, [program, copy, out], {
        env: { PATH: process.env['PATH'], HOME: root, ...place },
      });
      const names = (await readdir(out)).sort();
      const files = new Map<string, Buffer>();
      for (const name of names) files.set(name, await readFile(join(out, name)));
      made.push({ said: stdout, files });
    }
    // Each process really was somewhere else.
    expect(new Set(made.map(({ said }) => said)).size).toBe(PLACES.length);
    const [first, ...others] = made;
    expect([...(first?.files.keys() ?? [])]).toHaveLength(5);
    for (const { files } of others) {
      for (const [name, bytes] of first?.files ?? []) expect(files.get(name)?.equals(bytes), name).toBe(true);
    }
  });
});
