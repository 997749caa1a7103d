/** SHA-256 in the forms the host needs. */
import { createHash } from 'node:crypto';
import type { Sha256 } from '../../contract/ids.ts';

/** Digest of bytes, or of the UTF-8 bytes of a text, in lower-case hex. */
export function sha256(data: string | Uint8Array): Sha256 {
  return createHash('sha256').update(data).digest('hex') as Sha256;
}
