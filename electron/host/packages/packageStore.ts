/**
 * The packages of this desk on disk: the file of each as it was imported, never unpacked, and a small record of which one
 * counts. The record is replaced as a whole: after a crash there is either the old package or the new one. The version
 * before is kept, to go back to.
 */
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Instant, Sha256 } from '../../contract/ids.ts';
import { PackageName, PackageVersion } from '../../contract/packages.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { MAX_PACKAGE_BYTES } from '../../domain/package/names.ts';
import { storage } from '../evidence/files.ts';
import { systemCode, syncFolder, writeDurably } from '../files/durable.ts';
import { sha256 } from '../files/hash.ts';
import { storageFailure } from '../files/storageFailure.ts';

const Kept = z.strictObject({
  /** Of the whole file: its name as well. */
  zip: Sha256,
  /** Of the digest list. */
  sha256: Sha256,
  version: PackageVersion,
  importedAt: Instant,
});
export type Kept = z.infer<typeof Kept>;

const PackageRecord = z.strictObject({ format: z.literal(1), current: Kept, previous: Kept.exactOptional() });
type PackageRecord = z.infer<typeof PackageRecord>;

/** A package of this desk, as it lies on disk now. */
export interface StoredPackage {
  readonly name: PackageName;
  readonly file: string;
  readonly record: PackageRecord | null;
  /** Null when the file is not the one that was imported; `why` says it. */
  readonly bytes: Uint8Array | null;
  readonly why: string;
}

export interface PackageStore {
  /** All packages, by name. Rejects when the folder itself cannot be read. */
  read(): Promise<readonly StoredPackage[]>;
  /** Puts a package in the place of the one of its name. */
  put(name: PackageName, bytes: Uint8Array, kept: Omit<Kept, 'zip'>): Promise<Result<null>>;
  /** Changes the places of the package and the version before it. */
  revert(name: PackageName): Promise<Result<null>>;
  remove(name: PackageName): Promise<Result<null>>;
}

const RECORD = 'installed.json';
const KEPT = 'The packages of this desk are as they were.';

export function createPackageStore(data: string): PackageStore {
  const folder = join(data, 'packages');
  const folderOf = (name: PackageName) => join(folder, name);

  async function read(): Promise<readonly StoredPackage[]> {
    const names = (await list(folder)).flatMap((name) => {
      const parsed = PackageName.safeParse(name);
      return parsed.success ? [parsed.data] : [];
    });
    const found = await Promise.all(names.sort().map(readOne));
    return found.flatMap((one) => (one === null ? [] : [one]));
  }

  /** Null for a folder without a record: an import that did not come to its end. */
  async function readOne(name: PackageName): Promise<StoredPackage | null> {
    const record = await recordOf(folderOf(name));
    if (!record.ok) {
      if (record.error.code === 'not-found') return null;
      return {
        name,
        file: join(folderOf(name), RECORD),
        record: null,
        bytes: null,
        why: record.error.message,
      };
    }
    const { zip } = record.value.current;
    const file = join(folderOf(name), zipName(zip));
    const common = { name, file, record: record.value };
    try {
      if ((await stat(file)).size > MAX_PACKAGE_BYTES) return { ...common, bytes: null, why: CHANGED };
      const bytes = await readFile(file);
      return sha256(bytes) === zip ? { ...common, bytes, why: '' } : { ...common, bytes: null, why: CHANGED };
    } catch (error) {
      return { ...common, bytes: null, why: `The file cannot be read (${systemCode(error)}).` };
    }
  }

  async function put(name: PackageName, bytes: Uint8Array, given: Omit<Kept, 'zip'>): Promise<Result<null>> {
    const own = folderOf(name);
    const current: Kept = { ...given, zip: sha256(bytes) };
    // A record that cannot be read is replaced: that is the way out of it.
    const before = await recordOf(own);
    const old = before.ok ? before.value : null;
    const previous = old === null || old.current.zip === current.zip ? old?.previous : old.current;
    try {
      await mkdir(own, { recursive: true, mode: 0o700 });
      await syncFolder(folder);
      await syncFolder(data);
      await writeDurably(join(own, zipName(current.zip)), bytes);
      await writeRecord(own, { format: 1, current, ...(previous === undefined ? {} : { previous }) });
      return ok(null);
    } catch (error) {
      return { ok: false, error: storageFailure(own, error, KEPT) };
    }
  }

  async function revert(name: PackageName): Promise<Result<null>> {
    const own = folderOf(name);
    const record = await recordOf(own);
    if (!record.ok) return record;
    const { current, previous } = record.value;
    if (previous === undefined)
      return fail('refused', `There is no earlier version of the package ${name} on this desk.`, {
        kept: KEPT,
      });
    const bytes = await readFile(join(own, zipName(previous.zip))).catch(() => null);
    if (bytes === null || sha256(bytes) !== previous.zip) {
      return fail('corrupt', `Version ${previous.version} of the package ${name} is not what was imported.`, {
        kept: KEPT,
        hint: 'Import it again from its file.',
      });
    }
    try {
      await writeRecord(own, { format: 1, current: previous, previous: current });
      return ok(null);
    } catch (error) {
      return { ok: false, error: storageFailure(own, error, KEPT) };
    }
  }

  return {
    read,
    put,
    revert,
    async remove(name) {
      const own = folderOf(name);
      if (!(await list(folder)).includes(name))
        return fail('not-found', `There is no package ${name} on this desk.`);
      try {
        // Without its record a folder is no package any more.
        await rm(join(own, RECORD), { force: true });
        await syncFolder(own);
        await rm(own, { recursive: true, force: true });
        return ok(null);
      } catch (error) {
        return storage(`the package ${name} cannot be removed`, error);
      }
    },
  };
}

const CHANGED = 'The file is not the one that was imported: it was changed or damaged since.';

function zipName(zip: Sha256): string {
  return `${zip}.zip`;
}

/** Files that the record does not name are what a crash or an earlier version left behind. */
async function writeRecord(own: string, record: PackageRecord): Promise<void> {
  await writeDurably(join(own, RECORD), `${JSON.stringify(record)}\n`);
  const named = [record.current, record.previous].flatMap((kept) =>
    kept === undefined ? [] : [zipName(kept.zip)],
  );
  for (const name of await list(own)) {
    if (name !== RECORD && !named.includes(name)) await rm(join(own, name), { force: true, recursive: true });
  }
}

async function recordOf(own: string): Promise<Result<PackageRecord>> {
  const file = join(own, RECORD);
  const text = await readFile(file, 'utf8').catch(systemCode);
  if (text === 'ENOENT') return fail('not-found', 'The package was not imported to its end.');
  try {
    const parsed = PackageRecord.safeParse(JSON.parse(text));
    if (parsed.success) return ok(parsed.data);
  } catch {
    // Not JSON: the same answer as for JSON of another form.
  }
  return fail('corrupt', `Its record ${RECORD} cannot be read.`, { hint: 'Import the package again.' });
}

async function list(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}
