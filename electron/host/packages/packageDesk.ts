/**
 * Packages of runbooks on this desk: made here, opened from a file, signed, imported, gone back to. A package that was
 * opened is held in memory, and it is those bytes that are imported. Nothing is imported whose signature does not count.
 */
import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { Instant, RunbookId, type Sha256 } from '../../contract/ids.ts';
import type { KeySource } from '../../contract/people.ts';
import type {
  InstalledPackage,
  PackageDigests,
  PackageFile,
  PackageName,
  PackageRequest,
  PackageSigner,
  PackageSource,
  PackageView,
} from '../../contract/packages.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import {
  HEAD,
  MAX_PACKAGE_BYTES,
  packageFileName,
  RELEASE_NAMESPACE,
  SUMS,
} from '../../domain/package/names.ts';
import { judgeRelease, type ProvenPackage, readPackage } from '../../domain/package/read.ts';
import { packPackage } from '../../domain/package/write.ts';
import { readTrust, type Trust } from '../../domain/verify/trust.ts';
import type { BundleDesk } from '../bundles/bundleDesk.ts';
import { nodePlatform } from '../evidence/nodePlatform.ts';
import type { KeyRing } from '../evidence/keyRing.ts';
import { systemCode } from '../files/durable.ts';
import type { Library } from '../library/library.ts';
import type { Clock } from '../ports.ts';
import { readArmor } from '../requests/armor.ts';
import { exportPackage } from './exportPackage.ts';
import { type InstalledPackages, type IntactPackage } from './installed.ts';
import type { PackageStore } from './packageStore.ts';
import { changesOf, checkPackage, type CheckedPackage, replacedBy, whyBarred } from './viewPackage.ts';

export interface PackageDeskOptions {
  readonly store: PackageStore;
  readonly installed: InstalledPackages;
  readonly library: Pick<Library, 'shelf'>;
  readonly uploads: Pick<BundleDesk, 'takeUpload'>;
  readonly trust: () => Promise<Result<Trust>>;
  readonly signer: KeyRing['signer'];
  readonly clock: Pick<Clock, 'now'>;
  /** Whether a file of the library is one that comes before all packages. */
  readonly isOwn: (file: string) => boolean;
  readonly onChanged: () => void;
}

export interface PackageDesk {
  list(): Promise<Result<readonly InstalledPackage[]>>;
  /** A new, unsigned package, opened. */
  make(request: PackageRequest): Promise<Result<PackageView>>;
  open(source: PackageSource): Promise<Result<PackageView>>;
  /** What is signed, to be carried elsewhere. */
  digests(id: string): Result<PackageDigests>;
  /** `shown`: digest of the list that was on the screen. */
  sign(id: string, shown: Sha256, key: KeySource, passphrase?: string): Promise<Result<PackageView>>;
  /** Takes a signature that was made elsewhere. */
  take(id: string, shown: Sha256, armor: string): Promise<Result<PackageView>>;
  file(id: string): Promise<Result<PackageFile>>;
  import(id: string, shown: Sha256): Promise<Result<readonly InstalledPackage[]>>;
  close(id: string): Result<null>;
  revert(name: PackageName): Promise<Result<readonly InstalledPackage[]>>;
  remove(name: PackageName): Promise<Result<readonly InstalledPackage[]>>;
}

/** Held at a time; one more closes the oldest. */
const MAX_OPEN = 4;

interface Opened {
  readonly id: string;
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly proven: ProvenPackage;
  readonly checked: CheckedPackage;
}

export function createPackageDesk(options: PackageDeskOptions): PackageDesk {
  const { store, installed } = options;
  const opened = new Map<string, Opened>();
  let queue: Promise<unknown> = Promise.resolve();

  /** One change of the disk at a time. */
  function serially<T>(work: () => Promise<T>): Promise<T> {
    const next = queue.then(work);
    queue = next.catch(() => undefined);
    return next;
  }

  async function prove(bytes: Uint8Array) {
    const trust = await options.trust();
    if (!trust.ok) return trust;
    const read = readTrust(nodePlatform, { ...trust.value, at: options.clock.now() });
    return read.ok ? readPackage(nodePlatform, bytes, read.value) : read;
  }

  /** By the trust of now: it may have changed since the package was opened. */
  async function signerOf({ sums, signature }: ProvenPackage): Promise<Result<PackageSigner>> {
    const trust = await options.trust();
    if (!trust.ok) return trust;
    const read = readTrust(nodePlatform, { ...trust.value, at: options.clock.now() });
    return read.ok ? judgeRelease(nodePlatform, read.value, sums, signature) : read;
  }

  async function take(file: string, bytes: Uint8Array): Promise<Result<PackageView>> {
    const read = await prove(bytes);
    if (!read.ok) return read;
    const { proven } = read.value;
    const id = randomBytes(16).toString('hex');
    const one: Opened = { id, file, bytes, proven, checked: await checkPackage(proven) };
    for (const old of [...opened.keys()].slice(0, Math.max(0, opened.size - MAX_OPEN + 1)))
      opened.delete(old);
    opened.set(id, one);
    return view(one);
  }

  async function view({ id, file, bytes, proven, checked }: Opened): Promise<Result<PackageView>> {
    const [signer, now] = await Promise.all([signerOf(proven), installed.read()]);
    if (!signer.ok) return signer;
    if (!now.ok) return now;
    const before = now.value.intact.find(({ stored }) => stored.name === proven.head.name);
    const { parts: _parts, ...shown } = checked;
    return ok({
      id,
      file,
      bytes: bytes.length,
      ...headOf(proven),
      signer: signer.value,
      ...shown,
      changes: changesOf(checked, await options.library.shelf(), before, (path) =>
        isFront(path, proven, now.value.intact),
      ),
      ...replacedBy(proven, before),
      ...whyBarred(signer.value, checked.errors.length),
    });
  }

  /** Packages come in the order of their names. */
  function isFront(path: string, { head }: ProvenPackage, intact: readonly IntactPackage[]): boolean {
    const owner = intact.find(({ stored }) => path.startsWith(stored.file));
    return owner === undefined ? options.isOwn(path) : owner.stored.name < head.name;
  }

  function held(id: string, shown?: Sha256): Result<Opened> {
    const one = opened.get(id);
    if (one === undefined)
      return fail('not-found', 'This package is not open any more.', { hint: 'Open it again.' });
    return shown === undefined || shown === one.proven.sha256
      ? ok(one)
      : fail('refused', 'This is not the package that was shown.', { hint: 'Look at it again.' });
  }

  /** The same package with a signature in the place of the one it has. */
  async function signed(one: Opened, armor: string): Promise<Result<PackageView>> {
    const { proven, checked } = one;
    const files = new Map([...proven.files].map(([path, { bytes }]) => [path, bytes]));
    files.set(HEAD, proven.headBytes);
    const unpacked = { name: proven.head.name, files, sums: proven.sums };
    const bytes = packPackage(nodePlatform, unpacked, Buffer.from(armor, 'latin1'));
    const read = await prove(bytes);
    if (!read.ok) return read;
    const next = { ...one, bytes, proven: read.value.proven, checked };
    opened.set(one.id, next);
    return view(next);
  }

  function mayBeSigned({ checked }: Opened): Result<null> {
    const [first] = checked.errors;
    return first === undefined
      ? ok(null)
      : fail('refused', `The package has errors, and is not signed: ${first.message}`, {
          hint: `Correct ${first.file} and make the package anew.`,
        });
  }

  async function list(): Promise<Result<readonly InstalledPackage[]>> {
    const now = await installed.read();
    if (!now.ok) return now;
    const intact = now.value.intact.map((one): InstalledPackage => ({
      state: 'intact',
      ...headOf(one.proven),
      signer: one.signer,
      importedAt: one.stored.record?.current.importedAt ?? '',
      runbooks: [...one.parts().runbooks.keys()].map((id) => RunbookId.parse(id)),
      overlays: [...one.parts().overlays.keys()],
      ...previousOf(one.stored),
    }));
    const damaged = now.value.damaged.map((stored): InstalledPackage => ({
      state: 'damaged',
      name: stored.name,
      why: stored.why,
      ...previousOf(stored),
    }));
    return ok([...intact, ...damaged].sort((a, b) => (a.name < b.name ? -1 : 1)));
  }

  async function changed(done: Result<null>): Promise<Result<readonly InstalledPackage[]>> {
    if (!done.ok) return done;
    options.onChanged();
    return list();
  }

  async function importOne(id: string, shown: Sha256): Promise<Result<readonly InstalledPackage[]>> {
    const one = held(id, shown);
    if (!one.ok) return one;
    const { proven, bytes, checked } = one.value;
    const signer = await signerOf(proven);
    if (!signer.ok) return signer;
    const { barred } = whyBarred(signer.value, checked.errors.length);
    if (barred !== undefined) {
      return fail(signer.value.state === 'good' ? 'refused' : 'trust', barred, {
        kept: 'The library of this desk is as it was.',
        ...(signer.value.state === 'good'
          ? {}
          : {
              hint: 'Who may release runbooks is for the security team to say, in the trust file of this desk.',
            }),
      });
    }
    const { name, version } = proven.head;
    const importedAt = Instant.parse(options.clock.now().toISOString());
    const done = await store.put(name, bytes, { sha256: proven.sha256, version, importedAt });
    if (done.ok) opened.delete(id);
    return changed(done);
  }

  return {
    list,
    async make(request) {
      const now = await installed.read();
      if (!now.ok) return now;
      const made = await exportPackage(
        await options.library.shelf(),
        now.value,
        request,
        options.clock.now(),
      );
      return made.ok ? take(packageFileName(request.name, request.version), made.value) : made;
    },
    async open(source) {
      const read =
        source.kind === 'path'
          ? await readFrom(source.path)
          : await options.uploads.takeUpload(source.id, MAX_PACKAGE_BYTES);
      return read.ok ? take(read.value.name, read.value.bytes) : read;
    },
    digests(id) {
      const one = held(id);
      if (!one.ok) return one;
      const may = mayBeSigned(one.value);
      if (!may.ok) return may;
      const { sums, sha256 } = one.value.proven;
      return ok({
        file: SUMS,
        text: Buffer.from(sums).toString('latin1'),
        sha256,
        namespace: RELEASE_NAMESPACE,
        command: `ssh-keygen -Y sign -f KEY -n ${RELEASE_NAMESPACE} ${SUMS}`,
      });
    },
    async sign(id, shown, key, passphrase) {
      const one = held(id, shown);
      if (!one.ok) return one;
      const may = mayBeSigned(one.value);
      if (!may.ok) return may;
      const signer = await options.signer(key, passphrase);
      if (!signer.ok) return signer;
      const armor = await signer.value.sign(RELEASE_NAMESPACE, one.value.proven.sums);
      return armor.ok ? signed(one.value, armor.value) : armor;
    },
    async take(id, shown, armor) {
      const one = held(id, shown);
      if (!one.ok) return one;
      const may = mayBeSigned(one.value);
      if (!may.ok) return may;
      const brought = readArmor(armor);
      if (!brought.ok) return brought;
      const { namespace } = brought.value.signature;
      return namespace === RELEASE_NAMESPACE
        ? signed(one.value, brought.value.armor)
        : fail('refused', `The signature was made for ${namespace}, not for ${RELEASE_NAMESPACE}.`, {
            hint: `Sign ${SUMS} again with: ssh-keygen -Y sign -n ${RELEASE_NAMESPACE}`,
          });
    },
    async file(id) {
      const one = held(id);
      if (!one.ok) return one;
      const { proven, bytes } = one.value;
      const signer = await signerOf(proven);
      if (!signer.ok) return signer;
      const file = packageFileName(proven.head.name, proven.head.version);
      const base64 = Buffer.from(bytes).toString('base64');
      return ok({ ...headOf(proven), file, base64, signer: signer.value });
    },
    import: (id, shown) => serially(() => importOne(id, shown)),
    close(id) {
      opened.delete(id);
      return ok(null);
    },
    revert: (name) => serially(async () => changed(await store.revert(name))),
    remove: (name) => serially(async () => changed(await store.remove(name))),
  };
}

function headOf({ head, sha256 }: ProvenPackage) {
  const { name, version, title, created } = head;
  return { name, version, title, created, sha256 };
}

function previousOf({ record }: IntactPackage['stored']) {
  return record?.previous === undefined ? {} : { previous: { version: record.previous.version } };
}

/** A file of this computer, when it can be a package at all. */
async function readFrom(
  path: string,
): Promise<Result<{ readonly name: string; readonly bytes: Uint8Array }>> {
  try {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      if (size > MAX_PACKAGE_BYTES)
        return fail(
          'unsupported',
          `${path} is larger than a package can be (${String(MAX_PACKAGE_BYTES)} bytes).`,
        );
      return ok({ name: basename(path), bytes: await handle.readFile() });
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = systemCode(error);
    return code === 'ENOENT'
      ? noFile(path)
      : fail('storage', `${path} cannot be read (${code === '' ? 'unknown reason' : code}).`);
  }
}

function noFile(path: string): ReturnType<typeof fail> {
  return fail('not-found', `There is no file ${path}.`);
}
