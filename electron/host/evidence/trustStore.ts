/**
 * What this desk judges other people's signatures and timestamps by: three files that the security team handed over,
 * in the form that ssh-keygen and openssl read. Nothing from a bundle ever gets in here. A file that cannot be read
 * whole is refused whole: a line that is skipped is trust that has changed.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SigningRole, TrustView } from '../../contract/people.ts';
import { err, fail, ok, type Result } from '../../contract/result.ts';
import { namespaceOf } from '../../domain/evidence/names.ts';
import {
  type AllowedSigner,
  parseAllowedSigners,
  parseRevoked,
  standingOf,
} from '../../domain/signatures/allowedSigners.ts';
import { equalBytes } from '../../domain/signatures/bytes.ts';
import { fingerprintOf, parsePublicKey } from '../../domain/signatures/keys.ts';
import { parseAuthorities } from '../../domain/timestamps/authorities.ts';
import { systemCode, writeAllDurably } from '../files/durable.ts';
import { storageFailure } from '../files/storageFailure.ts';
import { storage } from './files.ts';
import { nodeCrypto } from './nodeCrypto.ts';
import { authoritiesOf, signersOf } from './trustView.ts';

/** The three files as text; empty where there is none. */
export interface Trust {
  readonly allowedSigners: string;
  readonly revoked: string;
  /** PEM certificates of timestamp authorities. */
  readonly tsaCa: string;
}

/** What the trust says of a key for a role at a time. No principal and no refusal: the key is not listed. */
export interface Judgement {
  readonly principals: readonly string[];
  /** Why lines that name the key do not count. */
  readonly refusals: readonly string[];
  readonly revoked: boolean;
}

/** A line of the list that names a key. */
export interface Listing {
  readonly principal: string;
  readonly roles: readonly SigningRole[];
}

export interface TrustStore {
  /** What the security team handed over. Errors: `storage`. */
  read(): Promise<Result<Trust>>;
  /** The same with the lines of this desk's own keys behind it: for bundles and signatures of this desk. */
  readWithOwn(): Promise<Result<Trust>>;
  /** A revoked key has no principals. Errors: `storage`, and `bad-request` when a file cannot be read. */
  judge(blob: Uint8Array, role: SigningRole, at: Date): Promise<Result<Judgement>>;
  /** The lines that name a key. */
  listings(blob: Uint8Array): Promise<Result<readonly Listing[]>>;
  view(): Promise<Result<TrustView>>;
  /** Replaces the parts that are given; one that cannot be read refuses all. */
  replace(change: Partial<Trust>): Promise<Result<TrustView>>;
}

export interface TrustStoreOptions {
  readonly data: string;
  /** allowed_signers lines of this desk's own keys. */
  readonly own: () => Promise<Result<string>>;
  readonly now: () => Date;
  readonly onChanged?: () => void;
}

const FILES = { allowedSigners: 'allowed_signers', revoked: 'revoked', tsaCa: 'tsa-ca.pem' } as const;
const KEPT = 'The trust of this desk is as it was.';
const KEPT_IN_PART = 'Each of its files is either as it was or wholly the new one. Look at the trust again.';

export function trustFolder(data: string): string {
  return join(data, 'trust');
}

export function createTrustStore(options: TrustStoreOptions): TrustStore {
  const folder = trustFolder(options.data);

  async function read(): Promise<Result<Trust>> {
    const files = [FILES.allowedSigners, FILES.revoked, FILES.tsaCa].map((name) =>
      readPart(join(folder, name)),
    );
    const [allowedSigners, revoked, tsaCa] = await Promise.all(files);
    if (allowedSigners?.ok !== true) return allowedSigners ?? missing();
    if (revoked?.ok !== true) return revoked ?? missing();
    if (tsaCa?.ok !== true) return tsaCa ?? missing();
    return ok({ allowedSigners: allowedSigners.value, revoked: revoked.value, tsaCa: tsaCa.value });
  }

  async function readWithOwn(): Promise<Result<Trust>> {
    const [team, own] = await Promise.all([read(), options.own()]);
    if (!team.ok) return team;
    if (!own.ok) return own;
    return ok({ ...team.value, allowedSigners: joinLines(team.value.allowedSigners, own.value) });
  }

  async function parsed(): Promise<Result<ParsedTrust>> {
    const trust = await readWithOwn();
    return trust.ok ? parseTrust(trust.value) : trust;
  }

  async function view(): Promise<Result<TrustView>> {
    const trust = await read();
    if (!trust.ok) return trust;
    const team = parseTrust(trust.value);
    if (!team.ok) return team;
    const authorities = authoritiesOf(trust.value.tsaCa);
    if (!authorities.ok) return badAuthorities(authorities.error);
    const signers = signersOf(team.value.signers, team.value.revoked, options.now());
    return ok({ ...trust.value, signers, authorities: authorities.value });
  }

  return {
    read,
    readWithOwn,
    async judge(blob, role, at) {
      const trust = await parsed();
      if (!trust.ok) return trust;
      const { signers, revoked } = trust.value;
      if (revoked.has(fingerprintOf(nodeCrypto, blob)))
        return ok({ principals: [], refusals: ['the key is revoked'], revoked: true });
      return ok({ ...standingOf(signers, blob, namespaceOf(role), at), revoked: false });
    },
    async listings(blob) {
      const trust = await parsed();
      if (!trust.ok) return trust;
      const { signers, revoked } = trust.value;
      const views = signersOf(
        signers.filter((signer) => equalBytes(signer.blob, blob)),
        revoked,
        options.now(),
      );
      return ok(
        views
          .filter((signer) => signer.problem === undefined)
          .flatMap(({ principals, roles }) => principals.map((principal) => ({ principal, roles }))),
      );
    },
    view,
    async replace(change) {
      const problem = changeProblem(change);
      if (problem !== null) return problem;
      const files = Object.entries(FILES).flatMap(([part, name]) => {
        const content = part in change ? change[part as keyof Trust] : undefined;
        return content === undefined
          ? []
          : [{ path: join(folder, name), content: content.replace(/\r\n/g, '\n') }];
      });
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeAllDurably(files);
      } catch (error) {
        return err(storageFailure(folder, error, KEPT_IN_PART));
      }
      options.onChanged?.();
      return view();
    },
  };
}

interface ParsedTrust {
  readonly signers: readonly AllowedSigner[];
  readonly revoked: ReadonlySet<string>;
}

function parseTrust(trust: Pick<Trust, 'allowedSigners' | 'revoked'>): Result<ParsedTrust> {
  const signers = parseAllowedSigners(trust.allowedSigners);
  if (!signers.ok) return signers;
  const revoked = parseRevoked(nodeCrypto, trust.revoked);
  return revoked.ok ? ok({ signers: signers.value, revoked: revoked.value }) : revoked;
}

/** Why a change is refused; null when all of it can be read and no key in it must never count. */
function changeProblem(change: Partial<Trust>): Result<never> | null {
  const lists = parseTrust({ allowedSigners: change.allowedSigners ?? '', revoked: change.revoked ?? '' });
  if (!lists.ok) return err({ ...lists.error, kept: KEPT });
  for (const { line, blob, certAuthority } of lists.value.signers) {
    const key = parsePublicKey(nodeCrypto, blob);
    if (key.ok || certAuthority || key.error.code === 'unsupported') continue;
    return fail('bad-request', `allowed_signers line ${String(line)}: ${key.error.message}`, {
      kept: KEPT,
      hint: 'Under such a key forged signatures can verify. Ask its owner for another one.',
    });
  }
  const authorities = parseAuthorities(change.tsaCa ?? '');
  if (!authorities.ok) return badAuthorities(authorities.error);
  if (
    change.tsaCa !== undefined &&
    change.tsaCa.trim() !== '' &&
    !authorities.value.some((one) => one.isAuthority)
  )
    return badAuthorities('the file of authorities holds no certificate of an authority (CA:TRUE)');
  return null;
}

function badAuthorities(message: string): Result<never> {
  return fail('bad-request', `tsa-ca.pem: ${message}`, {
    kept: KEPT,
    hint: 'It takes PEM certificates of timestamp authorities, and of their signers where tokens carry none.',
  });
}

async function readPart(path: string): Promise<Result<string>> {
  try {
    return ok(await readFile(path, 'utf8'));
  } catch (error) {
    return systemCode(error) === 'ENOENT' ? ok('') : storage(`${path} cannot be read`, error);
  }
}

function missing(): Result<never> {
  return fail('internal', 'a part of the trust was not read');
}

function joinLines(first: string, second: string): string {
  return first === '' || first.endsWith('\n') ? first + second : `${first}\n${second}`;
}
