/** The SSH wire types with Node's Buffer (domain/signatures/wire.ts): for the agent, key files and signers. */
import * as wire from '../../domain/signatures/wire.ts';

export { SshFormatError, stripZeros } from '../../domain/signatures/wire.ts';

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** `uint32` length and the bytes. */
export function sshString(value: Uint8Array | string): Buffer {
  return asBuffer(wire.sshString(value));
}

export function sshUint32(value: number): Buffer {
  return asBuffer(wire.sshUint32(value));
}

/** A positive `mpint` from an unsigned big-endian number. */
export function sshMpint(unsigned: Uint8Array): Buffer {
  return asBuffer(wire.sshMpint(unsigned));
}

/** Reads one value after the other, as Buffers. */
export class SshReader extends wire.SshReader {
  override take(length: number): Buffer {
    return asBuffer(super.take(length));
  }

  override string(): Buffer {
    return asBuffer(super.string());
  }

  override mpint(): Buffer {
    return asBuffer(super.mpint());
  }
}
