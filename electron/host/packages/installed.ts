/**
 * The packages of this desk, proven anew whenever their file is another one and judged by the trust of today. What is
 * damaged gives no files; what nobody may have signed gives them, and counts as unsigned.
 */
import { join } from 'node:path';
import type { PackageSigner } from '../../contract/packages.ts';
import { ok, type Result } from '../../contract/result.ts';
import { contentOf, type ContentKind } from '../../domain/package/names.ts';
import { type PackageParts, partsOf } from '../../domain/package/parts.ts';
import { judgeRelease, type ProvenPackage, readPackage } from '../../domain/package/read.ts';
import { type ReadTrust, readTrust, type Trust } from '../../domain/verify/trust.ts';
import { nodePlatform } from '../evidence/nodePlatform.ts';
import type { PlaceFiles, ShelfPlace } from '../library/shelf.ts';
import type { PackageStore, StoredPackage } from './packageStore.ts';

/** A package that is byte for byte what was imported. */
export interface IntactPackage {
  readonly stored: StoredPackage;
  readonly proven: ProvenPackage;
  readonly signer: PackageSigner;
  readonly parts: () => PackageParts;
}

export interface Installed {
  readonly intact: readonly IntactPackage[];
  readonly damaged: readonly StoredPackage[];
}

export interface InstalledPackages {
  read(): Promise<Result<Installed>>;
  /** Their files for the library. */
  readonly place: ShelfPlace;
}

interface Known {
  readonly proven: ProvenPackage;
  parts: PackageParts | null;
}

/** Nobody is trusted: to prove bytes, not to judge them. */
const NOBODY: Trust = { allowedSigners: '' };

export function createInstalledPackages(options: {
  readonly store: PackageStore;
  readonly trust: () => Promise<Result<Trust>>;
  readonly now: () => Date;
}): InstalledPackages {
  /** By the digest of the file. */
  let known = new Map<string, Known>();

  async function prove(): Promise<{
    readonly proven: readonly (readonly [StoredPackage, Known])[];
    readonly damaged: readonly StoredPackage[];
  }> {
    const proven: (readonly [StoredPackage, Known])[] = [];
    const damaged: StoredPackage[] = [];
    const next = new Map<string, Known>();
    for (const stored of await options.store.read()) {
      const zip = stored.record?.current.zip;
      if (stored.bytes === null || zip === undefined) {
        damaged.push(stored);
        continue;
      }
      const made = known.get(zip) ?? (await proveOne(stored.bytes));
      if (typeof made === 'string') {
        damaged.push({ ...stored, why: made });
        continue;
      }
      next.set(zip, made);
      proven.push([stored, made]);
    }
    known = next;
    return { proven, damaged };
  }

  async function read(): Promise<Result<Installed>> {
    const trust = await trustOf();
    if (!trust.ok) return trust;
    const { proven, damaged } = await prove();
    const intact: IntactPackage[] = [];
    for (const [stored, one] of proven) {
      const { sums, signature } = one.proven;
      const signer = await judgeRelease(nodePlatform, trust.value, sums, signature);
      if (!signer.ok) return signer;
      intact.push({
        stored,
        proven: one.proven,
        signer: signer.value,
        parts: () => (one.parts ??= partsOf(one.proven.files)),
      });
    }
    return ok({ intact, damaged });
  }

  async function trustOf(): Promise<Result<ReadTrust>> {
    const trust = await options.trust();
    return trust.ok ? readTrust(nodePlatform, { ...trust.value, at: options.now() }) : trust;
  }

  return {
    read,
    async place() {
      const { proven, damaged } = await prove();
      return (kind) => ({
        files: proven.flatMap(([stored, { proven: one }]) => filesOf(stored, one, kind)),
        broken: kind === 'runbook' ? damaged.map(brokenOf) : [],
      });
    },
  };
}

async function proveOne(bytes: Uint8Array): Promise<Known | string> {
  const trust = readTrust(nodePlatform, NOBODY);
  if (!trust.ok) return trust.error.message;
  const read = await readPackage(nodePlatform, bytes, trust.value);
  return read.ok ? { proven: read.value.proven, parts: null } : read.error.message;
}

function filesOf(stored: StoredPackage, { files }: ProvenPackage, kind: ContentKind): PlaceFiles['files'] {
  return [...files].flatMap(([path, { bytes, text, sha256 }]) =>
    contentOf(path)?.kind === kind
      ? [{ file: join(stored.file, ...path.split('/')), bytes: Buffer.from(bytes), text, sha256 }]
      : [],
  );
}

function brokenOf({ name, file, why }: StoredPackage): PlaceFiles['broken'][number] {
  const message = `The package ${name} cannot be used. ${why}`;
  const hint = 'import it again, go back to the version before, or remove it';
  return {
    file,
    diagnostics: [{ severity: 'error', rule: 'package.damaged', message, hint, file, line: 1, column: 1 }],
  };
}
