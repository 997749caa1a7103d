/**
 * Bundles that are open for reading. Each is copied into a private file first, then verified strictly with the trust of
 * this desk, and read from that same file until it is closed. It changes no bundle and takes no trust from one.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { BundleView, RunSnapshot } from '../../contract/views.ts';
import type { RunId } from '../../contract/ids.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { PLAN } from '../../domain/evidence/names.ts';
import { openContainer } from '../../domain/verify/container.ts';
import type { Container } from '../../domain/verify/members.ts';
import { Report } from '../../domain/verify/report.ts';
import { type Trust, type Verification, verify } from '../../domain/verify/verify.ts';
import { hashFile, storage } from '../evidence/files.ts';
import { fileSource, nodePlatform } from '../evidence/nodePlatform.ts';
import { storageFailure } from '../files/storageFailure.ts';
import { createBundleFolder, type PrivateFile } from './bundleFolder.ts';

/** Open at a time, uploads that are under way among them. One more closes the one that was used longest ago. */
export const MAX_OPEN = 8;
export const MAX_READ_BYTES = 1024 * 1024;

export interface BundleDeskOptions {
  readonly data: string;
  readonly trust: () => Promise<Result<Trust>>;
  /** The bundle of a run of this desk, made and verified anew. */
  readonly bundleOf: (runId: RunId) => Promise<Result<{ readonly name: string; readonly path: string }>>;
}

/** An open bundle with everything that the verifier made of it. */
export interface OpenBundle {
  readonly view: BundleView;
  readonly verification: Verification;
  /** Bytes of a member; fewer at its end. Null when it has no such member. */
  read(path: string, offset: number, length: number): Promise<Uint8Array | null>;
  size(path: string): number | null;
}

export interface BundleDesk {
  begin(name: string, bytes: number): Promise<Result<{ readonly id: string }>>;
  /** Answers how many bytes have come so far. */
  chunk(id: string, base64: string): Promise<Result<Received>>;
  openUpload(id: string): Promise<Result<BundleView>>;
  /** The bytes of an upload that is no bundle, at most `limit`; it is gone afterwards. */
  takeUpload(
    id: string,
    limit: number,
  ): Promise<Result<{ readonly name: string; readonly bytes: Uint8Array }>>;
  openPath(path: string): Promise<Result<BundleView>>;
  openRun(runId: RunId): Promise<Result<BundleView>>;
  read(
    id: string,
    path: string,
    offset: number,
    length: number,
  ): Promise<Result<{ readonly base64: string; readonly end: boolean }>>;
  /** For the report. */
  get(id: string): Result<OpenBundle>;
  close(id: string): Promise<Result<null>>;
  /** Removes what a killed app left behind. Never rejects. */
  tidy(): Promise<void>;
  closeAll(): Promise<void>;
}

interface Received {
  readonly received: number;
}

interface Upload {
  readonly name: string;
  readonly bytes: number;
  readonly file: PrivateFile;
  received: number;
  /** Pieces are written one after the other, in the order they came. */
  queue: Promise<Result<Received>>;
}

export function createBundleDesk(options: BundleDeskOptions): BundleDesk {
  const folder = createBundleFolder(options.data);
  const uploads = new Map<string, Upload>();
  const open = new Map<string, OpenBundle & { readonly file: PrivateFile }>();
  /** Places taken by bundles that are being opened. */
  let opening = 0;

  /** Ids in the order of their last use: pages that were reloaded leave theirs behind. */
  const used = new Set<string>();

  function touch(id: string): void {
    used.delete(id);
    used.add(id);
  }

  async function makeRoom(): Promise<Result<null>> {
    while (uploads.size + open.size + opening >= MAX_OPEN) {
      const [oldest] = used;
      if (oldest === undefined) return full();
      await drop(oldest);
    }
    return ok(null);
  }

  async function drop(id: string): Promise<void> {
    const file = open.get(id)?.file ?? uploads.get(id)?.file;
    used.delete(id);
    open.delete(id);
    uploads.delete(id);
    await file?.remove();
  }

  async function begin(name: string, bytes: number): Promise<Result<{ readonly id: string }>> {
    const room = await makeRoom();
    if (!room.ok) return room;
    opening += 1;
    const file = await folder.create(bytes);
    opening -= 1;
    if (!file.ok) return file;
    const id = newId();
    touch(id);
    uploads.set(id, {
      name,
      bytes,
      file: file.value,
      received: 0,
      queue: Promise.resolve(ok({ received: 0 })),
    });
    return ok({ id });
  }

  function chunk(id: string, base64: string): Promise<Result<Received>> {
    const upload = uploads.get(id);
    if (upload === undefined) return Promise.resolve(notOpen());
    touch(id);
    upload.queue = upload.queue.then((before) => (before.ok ? append(upload, base64) : before));
    return upload.queue;
  }

  /** An upload that has come whole. Another one is dropped. */
  async function whole(id: string): Promise<Result<Upload>> {
    const upload = uploads.get(id);
    if (upload === undefined) return notOpen();
    const written = await upload.queue;
    if (written.ok && upload.received === upload.bytes) return ok(upload);
    await drop(id);
    return written.ok
      ? fail(
          'bad-request',
          `${upload.name} did not come whole: ${String(upload.received)} of ${String(upload.bytes)} bytes.`,
        )
      : written;
  }

  async function takeUpload(id: string, limit: number) {
    const upload = await whole(id);
    if (!upload.ok) return upload;
    const { name, bytes, file } = upload.value;
    try {
      if (bytes > limit)
        return fail('unsupported', `${name} is larger than it may be (${String(limit)} bytes).`);
      return ok({ name, bytes: await readFile(file.path) });
    } catch (error) {
      return storage(`${name} cannot be read`, error);
    } finally {
      await drop(id);
    }
  }

  async function openUpload(id: string): Promise<Result<BundleView>> {
    const come = await whole(id);
    if (!come.ok) return come;
    const upload = come.value;
    // Gone while its last piece was written.
    if (!uploads.delete(id)) return notOpen();
    used.delete(id);
    opening += 1;
    try {
      return await takeIn(id, upload.name, upload.file);
    } finally {
      opening -= 1;
    }
  }

  async function openCopy(path: string, name: string): Promise<Result<BundleView>> {
    const room = await makeRoom();
    if (!room.ok) return room;
    opening += 1;
    try {
      const file = await folder.copyOf(path);
      return file.ok ? await takeIn(newId(), name, file.value) : file;
    } finally {
      opening -= 1;
    }
  }

  async function takeIn(id: string, name: string, file: PrivateFile): Promise<Result<BundleView>> {
    const opened = await verified(id, name, file);
    if (opened.ok) {
      open.set(id, { ...opened.value, file });
      touch(id);
      return ok(opened.value.view);
    }
    await file.remove();
    return opened;
  }

  async function verified(id: string, name: string, file: PrivateFile): Promise<Result<OpenBundle>> {
    const trust = await options.trust();
    if (!trust.ok) return trust;
    try {
      const source = await fileSource(file.handle);
      const checked = await verify(nodePlatform, source, trust.value);
      if (!checked.ok) return checked;
      const hashed = await hashFile(file.path);
      if (!hashed.ok) return hashed;
      const container = await openContainer(nodePlatform, source, new Report());
      const { bytes, sha256 } = hashed.value;
      return ok(openBundle({ id, name, bytes, sha256 }, checked.value, container));
    } catch (error) {
      return storage(`${name} cannot be read`, error);
    }
  }

  async function read(id: string, path: string, offset: number, length: number) {
    const found = open.get(id);
    if (found === undefined) return notOpen();
    touch(id);
    const size = found.size(path);
    if (size === null) return fail('not-found', `There is no file ${path} in this bundle.`);
    try {
      const bytes = (await found.read(path, offset, Math.min(length, MAX_READ_BYTES))) ?? new Uint8Array();
      return ok({ base64: Buffer.from(bytes).toString('base64'), end: offset + bytes.length >= size });
    } catch (error) {
      return storage(`${path} cannot be read`, error);
    }
  }

  return {
    begin,
    chunk,
    openUpload,
    takeUpload,
    openPath: (path) => openCopy(path, fileName(path)),
    async openRun(runId) {
      const made = await options.bundleOf(runId);
      return made.ok ? openCopy(made.value.path, made.value.name) : made;
    },
    read,
    get(id) {
      const found = open.get(id);
      if (found === undefined) return notOpen();
      touch(id);
      return ok(found);
    },
    async close(id) {
      await drop(id);
      return ok(null);
    },
    tidy: () => folder.tidy(),
    async closeAll() {
      const files = [...open.values(), ...uploads.values()].map(({ file }) => file);
      used.clear();
      open.clear();
      uploads.clear();
      await Promise.all(files.map((file) => file.remove()));
    },
  };
}

async function append(upload: Upload, base64: string): Promise<Result<Received>> {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.toString('base64') !== base64) return fail('bad-request', 'A piece of the bundle is not base64.');
  if (upload.received + bytes.length > upload.bytes) {
    return fail('bad-request', `${upload.name} is longer than was said.`);
  }
  try {
    await upload.file.handle.writeFile(bytes);
    upload.received += bytes.length;
    return ok({ received: upload.received });
  } catch (error) {
    return { ok: false, error: storageFailure('The bundle', error, 'Nothing of this desk was changed.') };
  }
}

/** Members can be read as soon as the archive has its one form; a story is shown only of an intact bundle. */
function openBundle(
  about: Pick<BundleView, 'id' | 'name' | 'bytes' | 'sha256'>,
  verification: Verification,
  container: Container | null,
): OpenBundle {
  const { verdict, signatures, files } = verification;
  const snapshot = snapshotOf(verification);
  const member = (path: string) => container?.members.get(path);
  return {
    view: { ...about, verdict, signatures, files, ...(snapshot === null ? {} : { snapshot }) },
    verification,
    size: (path) => member(path)?.bytes ?? null,
    async read(path, offset, length) {
      const found = member(path);
      if (container === null || found === undefined) return null;
      const left = Math.max(0, found.bytes - offset);
      return container.source.read(found.dataOffset + Math.min(offset, found.bytes), Math.min(length, left));
    },
  };
}

function snapshotOf({ intact, content, files }: Verification): RunSnapshot | null {
  const planSha256 = files.find((file) => file.path === PLAN)?.sha256;
  if (!intact || content === undefined || planSha256 === undefined) return null;
  const { plan, runbook, records } = content;
  if (runbook === null) return null;
  const recordings = files.filter((file) => file.path.startsWith('recordings/'));
  const recordingBytes = recordings.reduce((sum, file) => sum + file.bytes, 0);
  return { plan, planSha256, runbook, records, live: false, links: [], recordingBytes };
}

function newId(): string {
  return randomBytes(16).toString('hex');
}

function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

function notOpen(): ReturnType<typeof fail> {
  return fail('not-found', 'This bundle is not open any more.', { hint: 'Open it again.' });
}

function full(): ReturnType<typeof fail> {
  return fail('busy', `${String(MAX_OPEN)} bundles are being opened already.`, {
    hint: 'Wait for one of them.',
  });
}
