/** The request for a timestamp (RFC 3161 section 2.4.1): SHA-256 of the bytes, a nonce, and the certificates wanted. */
import { encode, encodeInteger, encodeOid, TAG } from './der.ts';

const SHA_256 = '2.16.840.1.101.3.4.2.1';

export const TIMESTAMP_QUERY = 'application/timestamp-query';
export const TIMESTAMP_REPLY = 'application/timestamp-reply';

/**
 * DER of a TimeStampReq over a SHA-256 digest (32 bytes). `nonce`: random bytes, read as an unsigned number; 8 are
 * enough for a reply not to be replayed.
 */
export function timestampRequest(sha256: Uint8Array, nonce: Uint8Array): Uint8Array {
  return encode(
    TAG.sequence,
    encode(TAG.integer, Uint8Array.of(1)),
    encode(
      TAG.sequence,
      encode(TAG.sequence, encodeOid(SHA_256), encode(TAG.null)),
      encode(TAG.octetString, sha256),
    ),
    encodeInteger(nonce),
    encode(TAG.boolean, Uint8Array.of(0xff)),
  );
}
