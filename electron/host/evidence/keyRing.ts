/**
 * The keys a person could sign with on this desk: the one that the app made, those of the agent, key files. Listing
 * them reads public halves alone and never asks for a passphrase.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyOnDesk, KeySource } from '../../contract/people.ts';
import { ok, type Result } from '../../contract/result.ts';
import { escapeText } from '../../domain/evidence/jcs.ts';
import type { Paths, SecretBox, SettingsStore } from '../ports.ts';
import { agentSigner, listAgentKeys } from './agent.ts';
import { appKeySigner } from './keys.ts';
import { publicKeyFile } from './publicKeyFile.ts';
import { keyFileSigner, type Signer } from './signer.ts';
import { parsePublicKey } from './sshkey.ts';
import { SshFormatError, SshReader } from './sshwire.ts';
import type { TrustStore } from './trustStore.ts';

export interface KeyRing {
  /** Errors: those of the source (`not-found`, `auth`, `network`, `unsupported`, …). */
  signer(source: KeySource, passphrase?: string): Promise<Result<Signer>>;
  /** Public half without a passphrase, where there is a `.pub` file beside the private one. */
  publicKey(source: KeySource): Promise<Result<Pick<Signer, 'keyType' | 'publicKeyBlob' | 'fingerprint'>>>;
  list(trust: Pick<TrustStore, 'listings'>): Promise<Result<readonly KeyOnDesk[]>>;
}

export interface KeyRingOptions {
  readonly paths: Pick<Paths, 'config' | 'ssh'>;
  readonly secrets: SecretBox;
  readonly settings: Pick<SettingsStore, 'read'>;
}

type Found = Omit<KeyOnDesk, 'listed'> & { readonly blob: Buffer };

export function createKeyRing({ paths, secrets, settings }: KeyRingOptions): KeyRing {
  function signer(source: KeySource, passphrase?: string): Promise<Result<Signer>> {
    switch (source.kind) {
      case 'app':
        return appKeySigner(paths, secrets, 'operator');
      case 'file':
        return keyFileSigner(source.path, passphrase);
      case 'agent':
        return agentSigner(settings.read().agentSocket, source.fingerprint);
    }
  }

  async function appKey(): Promise<readonly Found[]> {
    const made = await appKeySigner(paths, secrets, 'operator');
    if (!made.ok) return [];
    const { keyType, fingerprint, publicKeyBlob: blob } = made.value;
    const comment = 'made by Holdpoint on this desk';
    return [{ source: { kind: 'app' }, keyType, fingerprint, comment, encrypted: false, blob }];
  }

  /** Keys of types that cannot sign evidence (certificates, DSA) are left out. */
  async function agentKeys(): Promise<readonly Found[]> {
    const { agentSocket } = settings.read();
    const listed = agentSocket === '' ? ok([]) : await listAgentKeys(agentSocket);
    if (!listed.ok) return [];
    return listed.value.flatMap(({ blob, comment, fingerprint }) => {
      const key = parsePublicKey(blob);
      if (!key.ok) return [];
      const source = { kind: 'agent', fingerprint } as const;
      const shown = escapeText(comment).slice(0, 200);
      return [{ source, keyType: key.value.type, fingerprint, comment: shown, encrypted: false, blob }];
    });
  }

  async function fileKeys(): Promise<readonly Found[]> {
    const { operatorKey } = settings.read();
    const names = await readdir(paths.ssh).catch((): string[] => []);
    const usual = names.filter((name) => /^id_.*\.pub$/.test(name)).sort();
    const files = new Set(usual.map((name) => join(paths.ssh, name.slice(0, -'.pub'.length))));
    if (operatorKey.kind === 'file') files.add(operatorKey.path);
    const found = await Promise.all([...files].map(keyFile));
    return found.flatMap((one) => (one === null ? [] : [one]));
  }

  return {
    signer,
    async publicKey(source) {
      const beside = source.kind === 'file' ? await publicKeyFile(`${source.path}.pub`) : null;
      if (beside?.ok !== true) return signer(source);
      const key = parsePublicKey(beside.value.publicKeyBlob);
      return key.ok ? ok({ ...beside.value, fingerprint: key.value.fingerprint }) : key;
    },
    async list(trust) {
      const found = (await Promise.all([appKey(), agentKeys(), fileKeys()])).flat();
      const keys: KeyOnDesk[] = [];
      for (const { blob, ...key } of found) {
        const listed = await trust.listings(blob);
        if (!listed.ok) return listed;
        keys.push({ ...key, listed: listed.value });
      }
      return ok(keys);
    },
  };
}

/** A key file that could sign: its private half is there, and it is not on a token. */
async function keyFile(path: string): Promise<Found | null> {
  const text = await readFile(path, 'latin1').catch(() => null);
  if (text === null) return null;
  const header = openSshHeader(text);
  const beside = await readFile(`${path}.pub`, 'utf8').catch(() => null);
  const [, base64 = '', ...comment] = (beside ?? '').split('\n')[0]?.trim().split(/\s+/) ?? [];
  const blob = beside === null ? header?.blob : Buffer.from(base64, 'base64');
  const key = blob === undefined ? null : parsePublicKey(blob);
  if (key?.ok !== true || key.value.type.startsWith('sk-')) return null;
  const encrypted = header?.encrypted ?? /ENCRYPTED/.test(text);
  return {
    source: { kind: 'file', path },
    keyType: key.value.type,
    fingerprint: key.value.fingerprint,
    comment: escapeText(comment.join(' ')).slice(0, 200),
    encrypted,
    blob: key.value.blob,
  };
}

/** Cipher and public key of an OpenSSH private key file (PROTOCOL.key); null for another form. */
function openSshHeader(text: string): { readonly encrypted: boolean; readonly blob: Buffer } | null {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END/.exec(text)?.[1];
  if (body === undefined) return null;
  try {
    const reader = new SshReader(Buffer.from(body, 'base64'));
    if (reader.take(15).toString('latin1') !== 'openssh-key-v1\0') return null;
    const cipher = reader.text();
    reader.string();
    reader.string();
    if (reader.uint32() !== 1) return null;
    return { encrypted: cipher !== 'none', blob: Buffer.from(reader.string()) };
  } catch (e) {
    if (e instanceof SshFormatError) return null;
    throw e;
  }
}
