// Writes the JSON Schemas of the authoring formats into runbooks/, each from the one schema the app reads by. `--check`
// only compares.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { format, resolveConfig } from 'prettier';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = [
  { file: 'runbook.schema.json', entry: 'schema.ts', made: 'runbookJsonSchema' },
  { file: 'overlay.schema.json', entry: 'link/overlaySchema.ts', made: 'overlayJsonSchema' },
];
export const schemaFiles = sources.map(({ file }) => file);

/** The text of a schema file in runbooks/, as it should stand. */
export async function schemaText(file) {
  const source = sources.find((one) => one.file === file);
  if (source === undefined) throw new Error(`There is no schema ${file}.`);
  const folder = await mkdtemp(join(tmpdir(), 'holdpoint-schema-'));
  try {
    const bundle = join(folder, 'schema.mjs');
    await build({
      entryPoints: [join(root, 'electron', 'domain', 'runbook', source.entry)],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
    });
    const module = await import(pathToFileURL(bundle).href);
    const target = join(root, 'runbooks', file);
    return await format(JSON.stringify(module[source.made]()), {
      ...(await resolveConfig(target)),
      filepath: target,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] !== undefined && pathToFileURL(process.argv[1]).href === import.meta.url) {
  for (const file of schemaFiles) {
    const target = join(root, 'runbooks', file);
    const text = await schemaText(file);
    if (!process.argv.includes('--check')) {
      await writeFile(target, text);
      console.log(`runbooks/${file} written`);
    } else if ((await readFile(target, 'utf8').catch(() => '')) !== text) {
      console.error(`runbooks/${file} is not up to date. Run: npm run schema`);
      process.exitCode = 1;
    }
  }
}
