/** Has a host count the digest of a file with whatever tool it has. Must never take another tool's words for a digest. */
import { randomBytes } from 'node:crypto';
import type { Sha256 } from '../../contract/ids.ts';
import type { Connection } from '../connect/connection.ts';
import { quote } from './quote.ts';
import { runScript } from './scriptExec.ts';

/** How long the host may take to count a digest or to answer, in ms. */
const countMs = 120_000;

/** `NONCE DIGEST`: the first tool of the usual ones that is there. */
export const hashFunction = `hp_hash() {
  if command -v sha256sum >/dev/null 2>&1; then sha256sum
  elif command -v shasum >/dev/null 2>&1; then shasum -a 256
  elif command -v openssl >/dev/null 2>&1; then openssl dgst -sha256
  elif command -v sha256 >/dev/null 2>&1; then sha256
  else echo none; fi
}`;

/** The digest of a file's first bytes as the host counts it, or undefined where it cannot. */
export async function hostDigest(
  connection: Connection,
  path: string,
  bytes: number,
): Promise<Sha256 | undefined> {
  const nonce = randomBytes(12).toString('hex');
  const script = `${hashFunction}
LC_ALL=C; export LC_ALL
head -c 1 </dev/null >/dev/null 2>&1 || exit 1
exec 3<${quote(path)} || exit 1
printf '%s ' ${nonce}; head -c ${String(bytes)} <&3 | hp_hash`;
  const answer = await runScript(connection, script, { timeoutMs: countMs });
  if (!answer.ok) return undefined;
  return digestIn(answer.value.stdout.split(nonce)[1] ?? '');
}

/** The first SHA-256 in hex within a tool's answer. */
export function digestIn(text: string): Sha256 | undefined {
  return /(?:^|[^0-9a-f])([0-9a-f]{64})(?![0-9a-f])/.exec(text)?.[1] as Sha256 | undefined;
}
