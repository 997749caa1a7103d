/**
 * Reads the reply of a timestamp authority: TimeStampResp (RFC 3161 section 2.4.2), the CMS SignedData in it (RFC 5652)
 * and the TSTInfo in that. Form alone; nothing is judged. Throws DerError for whatever is not in this form.
 */
import { type Certificate, readCertificates } from './certificate.ts';
import {
  context,
  type Der,
  DerError,
  encode,
  hexInteger,
  inside,
  integerBytes,
  namedBits,
  oid,
  readDer,
  smallInteger,
  TAG,
  time,
} from './der.ts';
import { type AlgorithmId, algorithmId, hashOf } from './signatureCheck.ts';

const SIGNED_DATA = '1.2.840.113549.1.7.2';
export const TST_INFO = '1.2.840.113549.1.9.16.1.4';
const MAX_CERTIFICATES = 20;
const MAX_ATTRIBUTES = 32;

export interface Response {
  readonly status: number;
  /** Numbers of the bits of PKIFailureInfo. */
  readonly failure: ReadonlySet<number>;
  /** ContentInfo; absent where the authority refused. */
  readonly token: Der | null;
}

export interface Token {
  /** The bytes of TSTInfo, which messageDigest is the digest of. */
  readonly content: Uint8Array;
  readonly info: TstInfo;
  readonly certificates: readonly Certificate[];
  readonly signer: SignerInfo;
}

export interface SignerInfo {
  readonly id:
    | { readonly kind: 'serial'; readonly issuer: Der; readonly serial: Der }
    | { readonly kind: 'key'; readonly subjectKeyId: Uint8Array };
  readonly digestAlgorithm: AlgorithmId;
  /** Signed attributes as they were signed: with the tag of a SET. */
  readonly signedBytes: Uint8Array;
  /** The one value of each signed attribute, by its type. */
  readonly attributes: ReadonlyMap<string, Der>;
  readonly algorithm: AlgorithmId;
  readonly signature: Uint8Array;
}

export interface TstInfo {
  readonly policy: string;
  readonly imprint: { readonly algorithm: AlgorithmId; readonly digest: Uint8Array };
  readonly serial: string;
  readonly genTime: Date;
  readonly accuracyMs: number | null;
  readonly nonce: string | null;
  /** GeneralName of the authority. */
  readonly authority: Der | null;
  /** Critical extensions; none is known. */
  readonly unknownCritical: boolean;
}

export function readResponse(bytes: Uint8Array): Response {
  const reader = inside(readDer(bytes, TAG.sequence));
  const state = inside(reader.next(TAG.sequence));
  const status = smallInteger(state.next());
  state.optional(TAG.sequence);
  const failure = state.optional(TAG.bitString);
  state.end();
  const token = reader.optional(TAG.sequence);
  reader.end();
  // PKIFailureInfo has bits up to 25: four bytes. Only the first 16 bits are read by name.
  return { status, failure: failure === null ? new Set() : failureBits(failure), token };
}

function failureBits(value: Der): ReadonlySet<number> {
  const [unused = 0, ...bytes] = value.content;
  const early = namedBits({
    ...value,
    content: Uint8Array.of(bytes.length > 2 ? 0 : unused, ...bytes.slice(0, 2)),
  });
  const late =
    bytes.length > 2 ? namedBits({ ...value, content: Uint8Array.of(unused, ...bytes.slice(2, 4)) }) : [];
  return new Set([...early, ...[...late].map((bit) => bit + 16)]);
}

/** A reply around a bare token, for authorities that hand out no more than that. */
export function responseAround(token: Uint8Array): Uint8Array {
  return encode(TAG.sequence, encode(TAG.sequence, encode(TAG.integer, Uint8Array.of(0))), token);
}

/** Whether the bytes look like a bare token: a ContentInfo of SignedData. */
export function isBareToken(bytes: Uint8Array): boolean {
  try {
    return oid(inside(readDer(bytes, TAG.sequence)).next()) === SIGNED_DATA;
  } catch (e) {
    if (e instanceof DerError) return false;
    throw e;
  }
}

export function readToken(contentInfo: Der): Token {
  const outer = inside(contentInfo);
  if (oid(outer.next()) !== SIGNED_DATA) throw new DerError('is not signed data');
  const signedData = readDer(outer.next(context(0)).content, TAG.sequence);
  outer.end();
  const reader = inside(signedData);
  const version = smallInteger(reader.next());
  if (version < 3 || version > 5) throw new DerError('has an unknown version');
  const digests = inside(reader.next(TAG.set))
    .rest(8)
    .map((one) => hashOf(algorithmId(one)));
  const encapsulated = inside(reader.next(TAG.sequence));
  if (oid(encapsulated.next()) !== TST_INFO) throw new DerError('does not hold a timestamp');
  const content = readDer(encapsulated.next(context(0)).content, TAG.octetString).content;
  encapsulated.end();
  const certificates = reader.optional(context(0));
  reader.optional(context(1));
  const signers = inside(reader.next(TAG.set)).rest(4);
  reader.end();
  const [signer] = signers;
  if (signer === undefined || signers.length > 1) throw new DerError(`has ${String(signers.length)} signers`);
  const read = readSigner(signer);
  if (digests.includes(null) || !digests.includes(hashOf(read.digestAlgorithm)))
    throw new DerError('announces another digest than its signer used');
  return {
    content,
    info: readTstInfo(content),
    certificates: certificates === null ? [] : readCertificates(certificates.content, MAX_CERTIFICATES),
    signer: read,
  };
}

function readSigner(value: Der): SignerInfo {
  const reader = inside(readDer(value.whole, TAG.sequence));
  const version = smallInteger(reader.next());
  const sid = reader.next();
  const id = readSignerId(sid, version);
  const digestAlgorithm = algorithmId(reader.next(TAG.sequence));
  const attributes = reader.optional(context(0));
  if (attributes === null) throw new DerError('has no signed attributes');
  const algorithm = algorithmId(reader.next(TAG.sequence));
  const signature = reader.next(TAG.octetString).content;
  reader.optional(context(1));
  reader.end();
  return {
    id,
    digestAlgorithm,
    signedBytes: encode(TAG.set, attributes.content),
    attributes: readAttributes(attributes),
    algorithm,
    signature,
  };
}

function readSignerId(sid: Der, version: number): SignerInfo['id'] {
  if (sid.tag === context(0, 'primitive')) {
    if (version !== 3) throw new DerError('has a signer of another version than its id');
    return { kind: 'key', subjectKeyId: sid.content };
  }
  if (version !== 1) throw new DerError('has a signer of another version than its id');
  const reader = inside(readDer(sid.whole, TAG.sequence));
  const issuer = reader.next(TAG.sequence);
  const serial = reader.next(TAG.integer);
  reader.end();
  return { kind: 'serial', issuer, serial };
}

function readAttributes(field: Der): ReadonlyMap<string, Der> {
  const found = new Map<string, Der>();
  for (const one of inside(field).rest(MAX_ATTRIBUTES)) {
    const reader = inside(readDer(one.whole, TAG.sequence));
    const type = oid(reader.next());
    const values = inside(reader.next(TAG.set));
    const value = values.next();
    reader.end();
    if (found.has(type)) throw new DerError(`has the attribute ${type} twice`);
    if (!values.done) throw new DerError(`has more than one value of ${type}`);
    found.set(type, value);
  }
  return found;
}

function readTstInfo(content: Uint8Array): TstInfo {
  const reader = inside(readDer(content, TAG.sequence));
  if (smallInteger(reader.next()) !== 1) throw new DerError('has an unknown version');
  const policy = oid(reader.next());
  const imprint = inside(reader.next(TAG.sequence));
  const algorithm = algorithmId(imprint.next(TAG.sequence));
  const digest = imprint.next(TAG.octetString).content;
  imprint.end();
  const serial = hexInteger(reader.next());
  const genTime = reader.next(TAG.generalizedTime);
  const accuracy = reader.optional(TAG.sequence);
  reader.optional(TAG.boolean);
  const nonce = reader.optional(TAG.integer);
  const authority = reader.optional(context(0));
  const extensions = reader.optional(context(1));
  reader.end();
  return {
    policy,
    imprint: { algorithm, digest },
    serial,
    genTime: time(genTime),
    accuracyMs: accuracy === null ? null : readAccuracy(accuracy),
    nonce: nonce === null ? null : nonceText(nonce),
    authority: authority === null ? null : readDer(authority.content),
    unknownCritical: extensions !== null && hasCritical(extensions),
  };
}

/** A nonce may be negative in what others wrote; it then equals no nonce of ours. */
function nonceText(value: Der): string {
  return (integerBytes(value)[0] ?? 0) >= 0x80 ? 'negative' : hexInteger(value);
}

/** Seconds, millis and micros as ms, rounded up. */
function readAccuracy(value: Der): number {
  const reader = inside(value);
  const seconds = reader.optional(TAG.integer);
  const millis = reader.optional(context(0, 'primitive'));
  const micros = reader.optional(context(1, 'primitive'));
  reader.end();
  const part = (field: Der | null, tag: number) => (field === null ? 0 : smallInteger(field, tag));
  const [ms, us] = [part(millis, context(0, 'primitive')), part(micros, context(1, 'primitive'))];
  if (ms > 999 || us > 999) throw new DerError('has an accuracy out of range');
  return part(seconds, TAG.integer) * 1000 + ms + (us > 0 ? 1 : 0);
}

function hasCritical(extensions: Der): boolean {
  return inside(extensions)
    .rest(MAX_ATTRIBUTES)
    .some((one) => {
      const reader = inside(one);
      reader.next(TAG.oid);
      return reader.optional(TAG.boolean)?.content[0] === 0xff;
    });
}
