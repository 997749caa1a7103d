/** The verifier's platform on Node: node:crypto, node:zlib, and files as sources of bytes. */
import { isUtf8 } from 'node:buffer';
import { webcrypto } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Worker } from 'node:worker_threads';
import type { Platform } from '../../domain/verify/ports.ts';
import { nodeCrypto } from './nodeCrypto.ts';
import { digestPlatform, fdSource, type FdSource } from './scanPlatform.ts';
import { scanInThreads, usualThreading } from './scanThreads.ts';

function utf8(bytes: Uint8Array): string | null {
  return isUtf8(bytes) ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8') : null;
}

export const nodePlatform: Platform = {
  ...nodeCrypto,
  ...digestPlatform,
  utf8,
  subtle: webcrypto.subtle,
  beginScan: (source, jobs) => (isFile(source) ? scanInThreads(source, jobs) : null),
};

/** For a program that does nothing but verify. `ready`: threads that it has started already. */
export function waitingPlatform(ready: Worker[]): Platform {
  return {
    ...nodePlatform,
    beginScan: (source, jobs) =>
      isFile(source) ? scanInThreads(source, jobs, { ...usualThreading(), waits: true, ready }) : null,
  };
}

function isFile(source: object): source is FdSource {
  return 'fd' in source;
}

/** An open file as a source of bytes. The caller closes the handle, after the last read. */
export async function fileSource(handle: FileHandle): Promise<FdSource> {
  const { size } = await handle.stat();
  return fdSource(handle.fd, size);
}
