/** Reads files piece by piece through one buffer. It must never hold a whole file, however large that is. */
import { open } from 'node:fs/promises';

const CHUNK_BYTES = 256 * 1024;

/**
 * The bytes of a file from its beginning, as it is now; rejects with the system's error. A chunk is good until the next
 * one is asked for: keep a copy, never the chunk. A stream would take a buffer of full size for every read, and one more
 * to find the end; a run on many hosts has hundreds of small files, and the collector was busy with little else.
 */
export async function* readChunks(path: string): AsyncGenerator<Buffer, void> {
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, size + 1));
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
