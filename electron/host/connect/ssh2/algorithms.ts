/**
 * The cryptography that the built-in client agrees to. Must never offer SHA-1 signatures or MACs, CBC ciphers or
 * 1024/2048-bit SHA-1 groups unless a legacy profile was given a reason; a host that has nothing better is refused
 * with words.
 */
import type { Algorithms, CipherAlgorithm, KexAlgorithm, MacAlgorithm, ServerHostKeyAlgorithm } from 'ssh2';

/** Key types as known_hosts writes them, with the signature algorithms that prove such a key, best first. */
const hostKeyAlgorithms: readonly (readonly [
  keyType: string,
  algorithms: readonly ServerHostKeyAlgorithm[],
])[] = [
  ['ssh-ed25519', ['ssh-ed25519']],
  ['ecdsa-sha2-nistp256', ['ecdsa-sha2-nistp256']],
  ['ecdsa-sha2-nistp384', ['ecdsa-sha2-nistp384']],
  ['ecdsa-sha2-nistp521', ['ecdsa-sha2-nistp521']],
  ['ssh-rsa', ['rsa-sha2-512', 'rsa-sha2-256']],
];

const kex: readonly KexAlgorithm[] = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group-exchange-sha256',
  'diffie-hellman-group16-sha512',
  'diffie-hellman-group18-sha512',
  'diffie-hellman-group14-sha256',
];
const cipher: readonly CipherAlgorithm[] = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'chacha20-poly1305@openssh.com',
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
];
const hmac: readonly MacAlgorithm[] = [
  'hmac-sha2-256-etm@openssh.com',
  'hmac-sha2-512-etm@openssh.com',
  'hmac-sha2-256',
  'hmac-sha2-512',
];

/** What a legacy profile adds, after everything else: what Debian 8 and network devices of that age have. */
const old = {
  kex: [
    'diffie-hellman-group-exchange-sha1',
    'diffie-hellman-group14-sha1',
    'diffie-hellman-group1-sha1',
  ] satisfies KexAlgorithm[],
  serverHostKey: ['ssh-rsa', 'ssh-dss'] satisfies ServerHostKeyAlgorithm[],
  cipher: ['aes256-cbc', 'aes192-cbc', 'aes128-cbc', '3des-cbc'] satisfies CipherAlgorithm[],
  hmac: ['hmac-sha1-etm@openssh.com', 'hmac-sha1'] satisfies MacAlgorithm[],
};
const oldNames = new Set<string>(Object.values(old).flat());

/** Whether only a legacy profile would allow this algorithm. */
export function isOutdated(algorithm: string): boolean {
  return oldNames.has(algorithm);
}

/**
 * What to offer. Host key algorithms of `knownTypes` come first, so that a host which is known by one key type is
 * not met with another one and taken for changed. `legacy` adds the old ones at the end.
 */
export function offeredAlgorithms(knownTypes: readonly string[], legacy = false): Algorithms {
  const known = hostKeyAlgorithms.filter(([type]) => knownTypes.includes(type));
  const others = hostKeyAlgorithms.filter(([type]) => !knownTypes.includes(type));
  const serverHostKey = [...known, ...others].flatMap(([, algorithms]) => algorithms);
  return {
    kex: legacy ? [...kex, ...old.kex] : [...kex],
    serverHostKey: legacy ? [...serverHostKey, ...old.serverHostKey] : serverHostKey,
    cipher: legacy ? [...cipher, ...old.cipher] : [...cipher],
    hmac: legacy ? [...hmac, ...old.hmac] : [...hmac],
    compress: ['none'],
  };
}
