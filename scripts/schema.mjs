// Writes runbooks/runbook.schema.json from the one schema of the authoring format. `--check` only compares.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { format, resolveConfig } from 'prettier';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(root, 'runbooks', 'runbook.schema.json');

/** The text of the schema file, as it should stand. */
export async function schemaText() {
  const folder = await mkdtemp(join(tmpdir(), 'holdpoint-schema-'));
  try {
    const bundle = join(folder, 'schema.mjs');
    await build({
      entryPoints: [join(root, 'electron', 'domain', 'runbook', 'schema.ts')],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
    });
    const { runbookJsonSchema } = await import(pathToFileURL(bundle).href);
    const options = await resolveConfig(target);
    return await format(JSON.stringify(runbookJsonSchema()), { ...options, filepath: target });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] !== undefined && pathToFileURL(process.argv[1]).href === import.meta.url) {
  const text = await schemaText();
  if (process.argv.includes('--check')) {
    const current = await readFile(target, 'utf8').catch(() => '');
    if (current !== text) {
      console.error('runbooks/runbook.schema.json is not up to date. Run: npm run schema');
      process.exitCode = 1;
    }
  } else {
    await writeFile(target, text);
    console.log('runbooks/runbook.schema.json written');
  }
}
