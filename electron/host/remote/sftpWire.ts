/**
 * Packets of SFTP version 3 (draft-ietf-secsh-filexfer-02, and the extensions in OpenSSH's PROTOCOL file). Pure. Must
 * refuse a packet that does not say what its length promises.
 */

export const sftpType = {
  init: 1,
  version: 2,
  open: 3,
  close: 4,
  read: 5,
  write: 6,
  lstat: 7,
  fstat: 8,
  fsetstat: 10,
  remove: 13,
  stat: 17,
  rename: 18,
  extended: 200,
  status: 101,
  handle: 102,
  data: 103,
  attrs: 105,
} as const;

export const sftpOpen = { read: 1, write: 2, create: 8, exclusive: 0x20 } as const;

/** Status codes (section 7). */
export const sftpStatus = { ok: 0, eof: 1, noSuchFile: 2, permissionDenied: 3, unsupported: 8 } as const;

/** No reply is larger than this: a header and 256 KiB (OpenSSH's own limit). */
export const longestPacket = 256 * 1024 + 1024;

export interface SftpAttributes {
  readonly size?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** With the type of the file in its upper bits, as in st_mode. */
  readonly mode?: number;
  readonly atime?: number;
  /** Seconds since 1970. */
  readonly mtime?: number;
}

const flag = { size: 1, owner: 2, mode: 4, times: 8, extended: 0x80000000 } as const;

type Field =
  | { readonly u32: number }
  | { readonly u64: number }
  | { readonly text: string | Uint8Array }
  | SftpAttributes;

/** A packet with its length in front. */
export function packet(type: number, ...fields: readonly Field[]): Buffer {
  const body = Buffer.concat(fields.map(encode));
  const head = Buffer.alloc(5);
  head.writeUInt32BE(body.byteLength + 1, 0);
  head.writeUInt8(type, 4);
  return Buffer.concat([head, body]);
}

function encode(field: Field): Buffer {
  if ('u32' in field) return u32(field.u32);
  if ('u64' in field) return u64(field.u64);
  if ('text' in field) {
    const bytes = typeof field.text === 'string' ? Buffer.from(field.text, 'utf8') : field.text;
    return Buffer.concat([u32(bytes.byteLength), bytes]);
  }
  return attributes(field);
}

function attributes(of: SftpAttributes): Buffer {
  const parts: Buffer[] = [];
  let flags = 0;
  if (of.uid !== undefined && of.gid !== undefined) {
    flags |= flag.owner;
    parts.push(u32(of.uid), u32(of.gid));
  }
  if (of.mode !== undefined) {
    flags |= flag.mode;
    parts.push(u32(of.mode));
  }
  return Buffer.concat([u32(flags), ...parts]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

export class SftpSyntaxError extends Error {}

/** Reads the fields of one packet. */
export interface PacketReader {
  u32(): number;
  u64(): number;
  text(): Buffer;
  attributes(): SftpAttributes;
  readonly done: boolean;
}

export function readPacket(bytes: Buffer): PacketReader {
  let at = 0;
  const take = (length: number): Buffer => {
    if (length > bytes.byteLength - at) throw new SftpSyntaxError('a packet ends too early');
    at += length;
    return bytes.subarray(at - length, at);
  };
  const number = (): number => take(4).readUInt32BE();
  const long = (): number => Number(take(8).readBigUInt64BE());
  const text = (): Buffer => take(number());
  return {
    u32: number,
    u64: long,
    text,
    attributes: () => {
      const flags = number();
      const found = {
        ...((flags & flag.size) === 0 ? {} : { size: long() }),
        ...((flags & flag.owner) === 0 ? {} : { uid: number(), gid: number() }),
        ...((flags & flag.mode) === 0 ? {} : { mode: number() }),
        ...((flags & flag.times) === 0 ? {} : { atime: number(), mtime: number() }),
      };
      if ((flags & flag.extended) !== 0)
        for (let n = number(); n > 0; n -= 1) {
          text();
          text();
        }
      return found;
    },
    get done() {
      return at === bytes.byteLength;
    },
  };
}

/** Cuts a byte stream into packets: type and body. Throws `SftpSyntaxError` when a length cannot be one. */
export function createSplitter(onPacket: (type: number, body: Buffer) => void): (bytes: Uint8Array) => void {
  let parts: Buffer[] = [];
  let have = 0;
  let need = 4;
  let inBody = false;
  return (bytes) => {
    // A copy: the bytes are only valid during the call.
    parts.push(Buffer.from(Uint8Array.from(bytes)));
    have += bytes.byteLength;
    while (have >= need) {
      const whole = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
      const piece = whole.subarray(0, need);
      const rest = whole.subarray(need);
      parts = rest.byteLength === 0 ? [] : [rest];
      have = rest.byteLength;
      if (inBody) {
        inBody = false;
        need = 4;
        onPacket(piece.readUInt8(0), piece.subarray(1));
      } else {
        need = piece.readUInt32BE();
        if (need < 1 || need > longestPacket) throw new SftpSyntaxError(`a packet of ${String(need)} bytes`);
        inBody = true;
      }
    }
  };
}
