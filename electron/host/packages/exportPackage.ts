/** Makes a package out of the library of this desk. It is unsigned: whoever releases it signs it afterwards. */
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Instant } from '../../contract/ids.ts';
import type { PackageRequest } from '../../contract/packages.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { escapeText } from '../../domain/evidence/jcs.ts';
import { gather } from '../../domain/package/gather.ts';
import { contentPath, MAX_PACKAGE_BYTES } from '../../domain/package/names.ts';
import { buildPackage, packPackage } from '../../domain/package/write.ts';
import { nodePlatform } from '../evidence/nodePlatform.ts';
import { storage } from '../evidence/files.ts';
import { systemCode } from '../files/durable.ts';
import type { Shelf } from '../library/shelf.ts';
import type { Installed } from './installed.ts';

/** The bytes of the package file. `created`: goes into it; the same library and time give the same bytes. */
export async function exportPackage(
  shelf: Shelf,
  installed: Installed,
  request: PackageRequest,
  created: Date,
): Promise<Result<Uint8Array>> {
  const ids = request.runbooks.length > 0 ? request.runbooks : [...shelf.runbooks.keys()];
  const gathered = gather(shelf, ids, request);
  if (!gathered.ok) return gathered;
  const content = new Map<string, Uint8Array>();
  for (const id of gathered.value.runbooks) {
    const file = shelf.runbooks.get(id);
    if (file === undefined) continue;
    content.set(contentPath('runbook', id), file.bytes);
    const test = await testOf(file.file, id, installed);
    if (!test.ok) return test;
    if (test.value !== null) content.set(contentPath('test', id), test.value);
  }
  for (const file of shelf.reference) {
    const id = basename(file.file).slice(0, -'.reference.yaml'.length);
    if (gathered.value.reference.includes(id)) content.set(contentPath('reference', id), file.bytes);
  }
  for (const file of request.overlays ? shelf.overlays : [])
    content.set(contentPath('overlay', basename(file.file).slice(0, -'.overlay.yaml'.length)), file.bytes);
  const head = {
    format: 1,
    kind: 'runbook-package',
    name: request.name,
    version: request.version,
    title: escapeText(request.title),
    created: Instant.parse(created.toISOString()),
  } as const;
  const bytes = packPackage(nodePlatform, buildPackage(nodePlatform, head, content), null);
  return bytes.length > MAX_PACKAGE_BYTES
    ? fail('unsupported', `The package would have more than ${String(MAX_PACKAGE_BYTES)} bytes.`, {
        hint: 'Make several packages, each of the runbooks of one service.',
      })
    : ok(bytes);
}

/** The test of a runbook stands beside it, in a folder or in the same package. */
async function testOf(file: string, id: string, { intact }: Installed): Promise<Result<Uint8Array | null>> {
  const own = intact.find(({ stored }) => file.startsWith(stored.file));
  if (own !== undefined) return ok(own.proven.files.get(contentPath('test', id))?.bytes ?? null);
  const test = join(dirname(file), 'tests', `${id}.test.yaml`);
  try {
    return ok(await readFile(test));
  } catch (error) {
    return systemCode(error) === 'ENOENT' ? ok(null) : storage(`${test} cannot be read`, error);
  }
}
