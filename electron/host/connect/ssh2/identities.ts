/**
 * What a hop may log in with: keys of the agent and of files, which of them the built-in client can use, and why not
 * the others. Asks nobody, and must never leave out in silence what a person has configured.
 */
import { access, readFile } from 'node:fs/promises';
import type { ParsedKey } from 'ssh2';
import { fail } from '../../../contract/result.ts';
import type { Failure } from '../../../contract/result.ts';
import type { Hop } from '../connection.ts';
import { keyTypeOf } from '../trust/knownHosts.ts';
import { agentKeys } from './agentKeys.ts';
import { readIdentity } from './identityFile.ts';
import type { Identity } from './identityFile.ts';

export type IdentityHop = Pick<Hop, 'agentSocket' | 'identityFiles' | 'identitiesOnly' | 'certificateFiles'>;

export interface KeyFile {
  readonly file: string;
  readonly identity: Extract<Identity, { kind: 'open' | 'locked' }>;
}

export interface Identities {
  readonly agent: readonly ParsedKey[];
  readonly files: readonly KeyFile[];
  /** Why something cannot be used, in whole sentences. */
  readonly notes: readonly string[];
  /** User certificates beside key files that are used without them. */
  readonly certificates: readonly string[];
}

/** Looks at the agent and at every file. Keys of the agent that belong to a key file come first. */
export async function gatherIdentities(hop: IdentityHop): Promise<Identities> {
  const notes: string[] = [];
  const files: KeyFile[] = [];
  const certificates: string[] = [];
  const named: Buffer[] = [];
  const listed = hop.agentSocket === undefined ? { keys: [], notes: [] } : await agentKeys(hop.agentSocket);
  notes.push(...listed.notes);
  for (const file of hop.identityFiles) {
    const identity = await readIdentity(file);
    const publicKey = publicPart(identity) ?? (await readPublicKey(`${file}.pub`));
    if (publicKey !== undefined) named.push(publicKey);
    const inAgent = listed.keys.some((key) => publicKey?.equals(key.getPublicSSH()) === true);
    if (identity.kind === 'open' || identity.kind === 'locked') files.push({ file, identity });
    else if (identity.kind === 'public' && !inAgent) {
      notes.push(`${file}: is a public key, and no agent holds its private key.`);
    } else if (identity.kind === 'unusable' && !inAgent) notes.push(identity.why);
    if (identity.kind !== 'missing' && (await exists(`${file}-cert.pub`))) {
      certificates.push(`${file}-cert.pub`);
    }
  }
  const isNamed = (key: ParsedKey): boolean => named.some((one) => one.equals(key.getPublicSSH()));
  const first = listed.keys.filter(isNamed);
  const others = listed.keys.filter((key) => !isNamed(key));
  if (hop.identitiesOnly === true && others.length > 0) {
    notes.push(
      `${others.length === 1 ? '1 key' : `${String(others.length)} keys`} of the agent not offered (IdentitiesOnly).`,
    );
  }
  return { agent: hop.identitiesOnly === true ? first : [...first, ...others], files, notes, certificates };
}

/** What can be said before anything is sent: the login rests on something that the built-in client cannot do. */
export async function earlyRefusal(hop: IdentityHop, address: string): Promise<Failure | undefined> {
  for (const file of hop.certificateFiles ?? []) {
    if (!(await exists(file))) continue;
    return fail(
      'unsupported',
      `${address} is to be logged in to with the user certificate ${file}, which the built-in client cannot use. Nothing was sent.`,
      {
        hint: 'Use the system ssh for this host, or take CertificateFile out of the configuration when a plain key or a password is enough.',
      },
    ).error;
  }
  return undefined;
}

function publicPart(identity: Identity): Buffer | undefined {
  switch (identity.kind) {
    case 'open':
      return identity.key.getPublicSSH();
    case 'locked':
      return identity.publicKey.length === 0 ? undefined : identity.publicKey;
    case 'public':
      return identity.publicKey;
    case 'missing':
    case 'unusable':
      return undefined;
  }
}

async function readPublicKey(file: string): Promise<Buffer | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const [type, encoded = ''] = text.trim().split(/\s+/);
  const blob = Buffer.from(encoded, 'base64');
  return type !== '' && keyTypeOf(blob) === type ? blob : undefined;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
