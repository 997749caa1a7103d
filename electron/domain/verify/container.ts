/**
 * Reads a bundle's zip and proves that it has the one form our writer gives it: each header is encoded again from what
 * it says and must come out the same. So no two programs can see different files in it. Trusts nothing it reads.
 */
import { byPath, foldPath, MAX_PATH_BYTES, pathProblem } from '../evidence/names.ts';
import { equalBytes, latin1 } from '../signatures/bytes.ts';
import type { FindingId } from './findings.ts';
import { type Container, type Member, readAt } from './members.ts';
import type { ByteSource, Platform } from './ports.ts';
import type { Report } from './report.ts';
import {
  CENTRAL_BYTES,
  CENTRAL_SIGNATURE,
  centralHeader,
  END_BYTES,
  END_SIGNATURE,
  endRecord,
  HeaderReader,
  LOCAL_BYTES,
  LOCAL_SIGNATURE,
  localHeader,
  MAX_ENTRIES,
  MAX_ZIP_BYTES,
  type ZipEntry,
} from './zip.ts';

const END_PLACE = 'end of central directory';
const MAX_NAME_BYTES = MAX_PATH_BYTES + 80;
const TOP = /^ev-[A-Za-z0-9_-]+$/;

/**
 * The members of the archive, or null when its form is not right; then the report says what and where. `topForm`: what
 * its one top directory may be called.
 */
export async function openContainer(
  platform: Platform,
  source: ByteSource,
  report: Report,
  topForm: RegExp = TOP,
): Promise<Container | null> {
  const { size } = source;
  const refuse = (id: FindingId, place: string, message: string): null => {
    report.add(id, place, message);
    return null;
  };
  if (size > MAX_ZIP_BYTES) return refuse('zip.too-large', 'bundle', 'the file is larger than 4 GiB');
  if (size < END_BYTES) return refuse('zip.not-a-zip', 'bundle', 'the file is too short to be a zip');
  const endBytes = await readAt(source, size - END_BYTES, END_BYTES);
  const end = new HeaderReader(endBytes);
  if (endBytes.length < END_BYTES || end.u32(0) !== END_SIGNATURE)
    return refuse('zip.end', END_PLACE, await whyNoEnd(source, size));
  const count = end.u16(10);
  const centralBytes = end.u32(12);
  const centralOffset = end.u32(16);
  if (!equalBytes(endBytes, endRecord(count, centralBytes, centralOffset))) {
    return refuse('zip.end', END_PLACE, 'it has a comment, several disks or counts that differ');
  }
  if (centralOffset + centralBytes + END_BYTES !== size) {
    return refuse(
      'zip.end',
      END_PLACE,
      'the central directory is not where it should be: there is data before, between or after',
    );
  }
  if (count > MAX_ENTRIES || centralBytes > MAX_ENTRIES * (CENTRAL_BYTES + MAX_NAME_BYTES)) {
    return refuse('zip.too-many', END_PLACE, 'there are too many entries');
  }
  const members = await readMembers(
    source,
    await readAt(source, centralOffset, centralBytes),
    centralOffset,
    count,
    report,
  );
  if (members === null) return null;
  checkNames(members, report, topForm);
  if (report.has('container')) return null;
  const top = members[0]?.name.split('/')[0] ?? '';
  return { platform, source, top, members: new Map(members.map((member) => [member.path, member])) };
}

async function whyNoEnd(source: ByteSource, size: number): Promise<string> {
  const tail = await readAt(source, Math.max(0, size - 66_000), Math.min(size, 66_000));
  const found = latin1(tail).lastIndexOf('PK\x05\x06');
  if (found === -1) return 'there is none: the file is cut off, damaged, or not a zip';
  return `it is followed by ${String(tail.length - found - END_BYTES)} bytes: a comment or data after the end`;
}

async function readMembers(
  source: ByteSource,
  central: Uint8Array,
  centralOffset: number,
  count: number,
  report: Report,
): Promise<readonly Member[] | null> {
  const members: Member[] = [];
  const numbers = new HeaderReader(central);
  let at = 0;
  let offset = 0;
  while (at < central.length) {
    const broken = brokenCentral(central, at);
    if (broken !== null) {
      report.add('zip.central', await nameAt(source, offset, members.length), broken);
      return null;
    }
    const nameBytes = numbers.u16(at + 28);
    const name = latin1(central.subarray(at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameBytes));
    const entry: ZipEntry = {
      name,
      bytes: numbers.u32(at + 24),
      crc32: numbers.u32(at + 16),
    };
    const header = central.subarray(at, at + CENTRAL_BYTES + nameBytes);
    const place = await placeOf(source, offset, name, members.length);
    if (!equalBytes(header, centralHeader(entry, offset))) {
      const [id, message] = centralProblem(header, offset);
      report.add(id, place, message);
    }
    if (offset + LOCAL_BYTES + nameBytes + entry.bytes > centralOffset) {
      report.add('zip.size', place, 'the entry reaches into the central directory: its size is wrong');
      return null;
    }
    const local = await readAt(source, offset, LOCAL_BYTES + nameBytes);
    if (!equalBytes(local, localHeader(entry))) {
      report.add('zip.local-differs', place, localProblem(await localName(source, offset), name));
    }
    const dataOffset = offset + LOCAL_BYTES + nameBytes;
    members.push({ ...entry, path: name.slice(name.indexOf('/') + 1), dataOffset });
    offset = dataOffset + entry.bytes;
    at += CENTRAL_BYTES + nameBytes;
  }
  if (members.length !== count) {
    report.add(
      'zip.end',
      END_PLACE,
      `it counts ${String(count)} entries, there are ${String(members.length)}`,
    );
  }
  if (offset !== centralOffset) {
    const last = members.at(-1)?.path ?? 'bundle';
    report.add('zip.gap', last, 'there is hidden data between this entry and the central directory');
  }
  return members;
}

function brokenCentral(central: Uint8Array, at: number): string | null {
  const numbers = new HeaderReader(central);
  if (at + CENTRAL_BYTES > central.length) return 'the central directory ends in the middle of an entry';
  if (numbers.u32(at) !== CENTRAL_SIGNATURE)
    return 'the central directory has something else than an entry here';
  const nameBytes = numbers.u16(at + 28);
  if (nameBytes > MAX_NAME_BYTES) return 'the name is too long';
  if (at + CENTRAL_BYTES + nameBytes > central.length) return 'the name reaches beyond the central directory';
  if (numbers.u16(at + 30) > 0) return 'the entry has an extra field';
  if (numbers.u16(at + 32) > 0) return 'the entry has a comment';
  return null;
}

/** Why a central header is not as our writer makes it: a stable id and words. */
function centralProblem(header: Uint8Array, offset: number): readonly [FindingId, string] {
  const numbers = new HeaderReader(header);
  const unix = numbers.u16(4) >> 8 === 3 ? numbers.u32(38) >>> 28 : 0o10;
  if (numbers.u16(8) & 1) return ['zip.encrypted', 'the entry is encrypted'];
  if (unix === 0o12) return ['zip.link', 'the entry is a symbolic link'];
  if (unix === 0o4) return ['zip.directory', 'the entry is a folder'];
  if (numbers.u16(10) !== 0)
    return ['zip.method', 'the entry is compressed: bundles hold their files as they are'];
  if (numbers.u32(20) === 0xffff_ffff) return ['zip.zip64', 'the entry uses zip64'];
  if (numbers.u32(20) !== numbers.u32(24)) return ['zip.size', 'its two sizes differ'];
  const stated = numbers.u32(42);
  if (stated !== offset) {
    return [
      'zip.gap',
      `it begins at ${String(stated)}, not right after the entry before it at ${String(offset)}`,
    ];
  }
  return [
    'zip.header',
    'its header is not the one that belongs in a bundle (flags, date, version or attributes)',
  ];
}

/** Both names are told: one of them may be what the attacker made of it. */
function localProblem(own: string | null, name: string): string {
  if (own === null) return 'no entry begins where it should';
  if (own !== name) return `the local header calls it ${own}, the central directory ${name}`;
  return 'the local header and the central directory say different things of it';
}

/** An entry by its path; by its local name when the central one is not fit to be shown, else by its number. */
async function placeOf(source: ByteSource, offset: number, name: string, index: number): Promise<string> {
  const slash = name.indexOf('/');
  return slash > 0 && pathProblem(name.slice(slash + 1)) === null
    ? name.slice(slash + 1)
    : nameAt(source, offset, index);
}

async function nameAt(source: ByteSource, offset: number, index: number): Promise<string> {
  const name = (await localName(source, offset)) ?? '';
  const path = name.slice(name.indexOf('/') + 1);
  return pathProblem(path) === null ? path : `entry ${String(index + 1)}`;
}

/** The name in the local header at an offset; null when none begins there. */
async function localName(source: ByteSource, offset: number): Promise<string | null> {
  const local = await readAt(source, offset, LOCAL_BYTES + MAX_NAME_BYTES);
  if (local.length < LOCAL_BYTES) return null;
  const numbers = new HeaderReader(local);
  if (numbers.u32(0) !== LOCAL_SIGNATURE) return null;
  return latin1(local.subarray(LOCAL_BYTES, LOCAL_BYTES + numbers.u16(26)));
}

function checkNames(members: readonly Member[], report: Report, topForm: RegExp): void {
  const tops = new Set(members.map((member) => member.name.slice(0, Math.max(0, member.name.indexOf('/')))));
  const folded = new Set<string>();
  let before = '';
  for (const [index, { name, path }] of members.entries()) {
    const top = name.slice(0, Math.max(0, name.indexOf('/')));
    const wrong = pathProblem(path);
    const place = wrong === null ? path : `entry ${String(index + 1)}`;
    if (wrong !== null || !topForm.test(top))
      report.add('zip.name', place, `the name ${name} is not allowed: ${wrong ?? 'top directory'}`);
    if (folded.has(foldPath(name)))
      report.add('zip.duplicate', place, 'the name occurs twice (upper and lower case count as the same)');
    else if (byPath(before, name) > 0) report.add('zip.order', place, 'the entries are not in byte order');
    folded.add(foldPath(name));
    before = name;
  }
  if (tops.size > 1) report.add('zip.top-directory', 'bundle', 'there is more than one top directory');
  if (members.length === 0) report.add('zip.empty', 'bundle', 'there are no files');
}
