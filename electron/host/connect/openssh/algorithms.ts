/**
 * Which cryptography the system's ssh may agree to. Old algorithms are taken out of whatever the configuration allows,
 * and put at the end of it for a host with a legacy profile. Must never make a list wider than that.
 */
import { fail, ok } from '../../../contract/result.ts';
import type { Result } from '../../../contract/result.ts';

/** Lists that `ssh -G` prints and that are looked through, with the word for them. */
export const algorithmKinds = {
  kexalgorithms: { option: 'KexAlgorithms', query: 'kex', word: 'key exchange' },
  hostkeyalgorithms: { option: 'HostKeyAlgorithms', query: 'key-sig', word: 'host key type' },
  ciphers: { option: 'Ciphers', query: 'cipher', word: 'cipher' },
  macs: { option: 'MACs', query: 'mac', word: 'MAC' },
  // OpenSSH before 8.5 calls it PubkeyAcceptedKeyTypes; later ones know both names.
  pubkeyacceptedalgorithms: { option: 'PubkeyAcceptedKeyTypes', query: 'key-sig', word: 'user key type' },
} as const;

export type AlgorithmKind = keyof typeof algorithmKinds;
export const kindsOfAlgorithms = Object.keys(algorithmKinds) as readonly AlgorithmKind[];

export type AlgorithmLists = Readonly<Partial<Record<AlgorithmKind, readonly string[]>>>;

/** SHA-1 and MD5, CBC and stream ciphers of old, DSA, and 1024-bit or SHA-1 groups. */
export function isOutdated(name: string): boolean {
  const plain = name.replace(/@.*$/, '').replace(/-cert-v0[01]$/, '');
  return (
    plain === 'ssh-rsa' ||
    plain === 'ssh-dss' ||
    /-sha1(-|$)|^hmac-(sha1|md5|ripemd160)|^gss-.*-sha1|-group1-|-cbc$|^arcfour|^3des|^blowfish|^cast128/.test(
      plain,
    )
  );
}

/** What a list has to become: options for the command line, in `-o` form. */
export interface AlgorithmInput {
  /** As the configuration has it for this host. */
  readonly effective: AlgorithmLists;
  /** As this ssh has it without any configuration. */
  readonly defaults: AlgorithmLists;
  /** All that this ssh can do; only needed for a legacy profile. */
  readonly supported: AlgorithmLists;
  readonly legacy: boolean;
  /** Types of host keys that are asked for first, when ssh is not to look that up in known_hosts by itself. */
  readonly preferredHostKeys?: readonly string[];
  /** Types of host keys that are not asked for: the host has shown them, and they do not count. */
  readonly withoutHostKeys?: readonly string[];
}

/** `Name=value` for each list that has to differ from what ssh would use by itself. */
export function algorithmOptions(address: string, input: AlgorithmInput): Result<string[]> {
  const options: string[] = [];
  for (const kind of kindsOfAlgorithms) {
    const effective = input.effective[kind];
    if (effective === undefined) continue;
    const { option, word } = algorithmKinds[kind];
    const isHostKey = kind === 'hostkeyalgorithms';
    const without = isHostKey ? (input.withoutHostKeys ?? []) : [];
    const kept = effective.filter((name) => input.legacy || !isOutdated(name));
    const added = input.legacy
      ? (input.supported[kind] ?? []).filter((name) => isOutdated(name) && !effective.includes(name))
      : [];
    const all = [...kept, ...added].filter((name) => !without.includes(keyTypeOfAlgorithm(name)));
    const wanted = isHostKey ? preferredFirst(all, input.preferredHostKeys ?? []) : all;
    if (wanted.length === 0) {
      return fail(
        'unsupported',
        `The ssh configuration allows ${address} only outdated cryptography (${word}: ${effective.slice(0, 6).join(', ')}), which is off.`,
        { hint: 'Allow something newer, or give the host a legacy profile with a reason.' },
      );
    }
    if (wanted.join() !== effective.join()) options.push(`${option}=${valueFor(kind, wanted, input)}`);
  }
  return ok(options);
}

/** The type of the key that proves itself with this algorithm: RSA keys have several. */
export function keyTypeOfAlgorithm(name: string): string {
  const plain = name.replace(/-cert-v01@openssh\.com$/, '');
  if (name !== plain && plain.startsWith('sk-')) return `${plain}@openssh.com`;
  return /^rsa-sha2-/.test(plain) ? 'ssh-rsa' : plain;
}

function preferredFirst(names: readonly string[], types: readonly string[]): readonly string[] {
  const isPreferred = (name: string): boolean => types.includes(keyTypeOfAlgorithm(name));
  return [...names.filter(isPreferred), ...names.filter((name) => !isPreferred(name))];
}

/**
 * ssh asks first for the host keys it knows the host by, but only while its list of host key algorithms is the default
 * one with additions or subtractions: so the list is told as those, where that says the same.
 */
function valueFor(kind: AlgorithmKind, wanted: readonly string[], input: AlgorithmInput): string {
  const defaults = input.defaults[kind];
  if (kind !== 'hostkeyalgorithms' || defaults === undefined) return wanted.join();
  const missing = defaults.filter((name) => !wanted.includes(name));
  const extra = wanted.filter((name) => !defaults.includes(name));
  const same = defaults.filter((name) => wanted.includes(name)).join();
  if (extra.length === 0 && missing.length > 0 && same === wanted.join()) return `-${missing.join()}`;
  if (missing.length === 0 && extra.length > 0 && [...defaults, ...extra].join() === wanted.join()) {
    return `+${extra.join()}`;
  }
  return wanted.join();
}
