/** allowed_signers and revocation lists with Node's digests; the rules are in domain/signatures/allowedSigners.ts. */
import type { Result } from '../../contract/result.ts';
import * as lists from '../../domain/signatures/allowedSigners.ts';
import { nodeCrypto } from './nodeCrypto.ts';

export {
  type AllowedSigner,
  allowedSignersLine,
  parseAllowedSigners,
  type Standing,
  standingOf,
} from '../../domain/signatures/allowedSigners.ts';

/** Fingerprints of revoked keys: public keys, one a line, as `ssh-keygen -r` takes them. Binary KRLs are refused. */
export function parseRevoked(text: string): Result<ReadonlySet<string>> {
  return lists.parseRevoked(nodeCrypto, text);
}
