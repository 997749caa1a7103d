/** What the page carries: its own code and the libraries it draws with, nothing of the host and no schema code. */
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';

let inputs: readonly string[] = [];

beforeAll(async () => {
  const { metafile } = await build({
    entryPoints: ['renderer/main.tsx'],
    bundle: true,
    write: false,
    metafile: true,
    outdir: 'out',
    format: 'esm',
    platform: 'browser',
    jsx: 'automatic',
    loader: { '.woff2': 'file', '.woff': 'file', '.svg': 'file' },
    logLevel: 'silent',
  });
  inputs = Object.keys(metafile.inputs);
});

describe('the page', () => {
  it('is bundled at all', () => {
    expect(inputs).toContain('electron/domain/run/evolve.ts');
    expect(inputs.some((file) => file.includes('node_modules/react-dom/'))).toBe(true);
  });

  it.each(['zod', 'yaml', 'ssh2', 'ws', 'conf', 'electron'])('carries no %s', (name) => {
    expect(inputs.filter((file) => file.includes(`node_modules/${name}/`))).toEqual([]);
  });

  it('carries nothing of the host and its shells', () => {
    expect(inputs.filter((file) => /^electron\/(host|desktop|serve|cli)\//.test(file))).toEqual([]);
  });
});
