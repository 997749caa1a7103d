/** Reads X.509 certificates (RFC 5280) as far as a timestamp rests on them. Judges nothing. */
import { escapeText } from '../evidence/jcs.ts';
import {
  ascii,
  bitBytes,
  boolean,
  context,
  type Der,
  DerError,
  DerReader,
  hexInteger,
  inside,
  namedBits,
  oid,
  readDer,
  smallInteger,
  TAG,
  time,
} from './der.ts';
import { type AlgorithmId, algorithmId, sameDer } from './signatureCheck.ts';

export interface Certificate {
  readonly whole: Uint8Array;
  /** What the issuer signed, how, and the signature. */
  readonly body: Uint8Array;
  readonly algorithm: AlgorithmId;
  readonly signature: Uint8Array;
  readonly serial: Der;
  readonly issuer: Der;
  readonly subject: Der;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: Der;
  readonly isAuthority: boolean;
  readonly pathLength: number | null;
  /** Numbers of the bits of keyUsage (RFC 5280 section 4.2.1.3); null when the extension is absent. */
  readonly keyUsage: ReadonlySet<number> | null;
  readonly extendedKeyUsage: { readonly critical: boolean; readonly purposes: readonly string[] } | null;
  readonly subjectKeyId: Uint8Array | null;
  /** GeneralNames of subjectAltName. */
  readonly otherNames: readonly Der[];
  /** Critical extensions that are not judged here. */
  readonly unknownCritical: readonly string[];
}

export const KEY_USAGE = { digitalSignature: 0, nonRepudiation: 1, keyCertSign: 5 } as const;

const SUBJECT_KEY_ID = '2.5.29.14';
const KEY_USAGE_ID = '2.5.29.15';
const SUBJECT_ALT_NAME = '2.5.29.17';
const BASIC_CONSTRAINTS = '2.5.29.19';
const EXTENDED_KEY_USAGE = '2.5.29.37';
/** Rules about certificate policies bind nobody here: the policy of the token itself is what is judged. */
const POLICY_EXTENSIONS: ReadonlySet<string> = new Set([
  '2.5.29.32', // certificatePolicies
  '2.5.29.33', // policyMappings
  '2.5.29.36', // policyConstraints
  '2.5.29.54', // inhibitAnyPolicy
]);
const MAX_EXTENSIONS = 64;

type Extensions = Pick<
  Certificate,
  | 'isAuthority'
  | 'pathLength'
  | 'keyUsage'
  | 'extendedKeyUsage'
  | 'subjectKeyId'
  | 'otherNames'
  | 'unknownCritical'
>;

/** Throws DerError when the bytes are not one certificate. */
export function readCertificate(bytes: Uint8Array): Certificate {
  const outer = inside(readDer(bytes, TAG.sequence));
  const body = outer.next(TAG.sequence);
  const algorithm = outer.next(TAG.sequence);
  const signature = bitBytes(outer.next());
  outer.end();
  const reader = inside(body);
  const version = reader.optional(context(0));
  if (version !== null && smallInteger(readDer(version.content)) > 2)
    throw new DerError('has an unknown version');
  const serial = reader.next(TAG.integer);
  if (!sameDer(reader.next(TAG.sequence), algorithm)) throw new DerError('names two signature algorithms');
  const issuer = reader.next(TAG.sequence);
  const validity = inside(reader.next(TAG.sequence));
  const [notBefore, notAfter] = [time(validity.next()), time(validity.next())];
  validity.end();
  const subject = reader.next(TAG.sequence);
  const publicKey = reader.next(TAG.sequence);
  reader.optional(context(1, 'primitive'));
  reader.optional(context(2, 'primitive'));
  const extensions = readExtensions(reader.optional(context(3)));
  reader.end();
  return {
    whole: bytes,
    body: body.whole,
    algorithm: algorithmId(algorithm),
    signature,
    serial,
    issuer,
    subject,
    notBefore,
    notAfter,
    publicKey,
    ...extensions,
  };
}

function readExtensions(field: Der | null): Extensions {
  let found: Extensions = {
    isAuthority: false,
    pathLength: null,
    keyUsage: null,
    extendedKeyUsage: null,
    subjectKeyId: null,
    otherNames: [],
    unknownCritical: [],
  };
  if (field === null) return found;
  const seen = new Set<string>();
  for (const one of inside(readDer(field.content, TAG.sequence)).rest(MAX_EXTENSIONS)) {
    const reader = inside(one);
    const id = oid(reader.next());
    // `critical FALSE` spelt out is not DER, but common; it says nothing else than its absence.
    const flag = reader.optional(TAG.boolean);
    const critical = flag !== null && boolean(flag);
    const value = reader.next(TAG.octetString).content;
    reader.end();
    if (seen.has(id)) throw new DerError(`has the extension ${id} twice`);
    seen.add(id);
    found = { ...found, ...readExtension(id, critical, value, found) };
  }
  return found;
}

/** `value` is read for known extensions alone: what stands in others is anything. */
function readExtension(
  id: string,
  critical: boolean,
  value: Uint8Array,
  found: Extensions,
): Partial<Extensions> {
  switch (id) {
    case SUBJECT_KEY_ID:
      return { subjectKeyId: readDer(value, TAG.octetString).content };
    case KEY_USAGE_ID:
      return { keyUsage: namedBits(readDer(value)) };
    case SUBJECT_ALT_NAME:
      return { otherNames: inside(readDer(value)).rest(MAX_EXTENSIONS) };
    case BASIC_CONSTRAINTS: {
      const reader = inside(readDer(value, TAG.sequence));
      const flag = reader.optional(TAG.boolean);
      const length = reader.optional(TAG.integer);
      reader.end();
      return {
        isAuthority: flag !== null && boolean(flag),
        pathLength: length === null ? null : smallInteger(length),
      };
    }
    case EXTENDED_KEY_USAGE:
      return {
        extendedKeyUsage: { critical, purposes: inside(readDer(value)).rest(MAX_EXTENSIONS).map(oid) },
      };
    default:
      return critical && !POLICY_EXTENSIONS.has(id)
        ? { unknownCritical: [...found.unknownCritical, id] }
        : {};
  }
}

const ATTRIBUTES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
};

/** A Name for people to read, most specific part first: `CN=Stamp 1, O=Example`. Safe to show. */
export function nameText(name: Der): string {
  const parts: string[] = [];
  for (const set of inside(name).rest(32)) {
    for (const one of inside(set).rest(8)) {
      const reader = inside(one);
      const id = oid(reader.next());
      const value = stringText(reader.next());
      reader.end();
      parts.unshift(`${ATTRIBUTES[id] ?? id}=${value.replace(/([,+"\\<>;=])/g, '\\$1')}`);
    }
  }
  return escapeText(parts.join(', ')).slice(0, 300);
}

function stringText({ tag, content }: Der): string {
  if (tag === TAG.utf8) return utf8Text(content);
  if (tag === TAG.bmp) {
    const units = new Array<number>(Math.floor(content.length / 2)).fill(0);
    return String.fromCharCode(
      ...units.slice(0, 300).map((_, i) => (content[2 * i] ?? 0) * 256 + (content[2 * i + 1] ?? 0)),
    );
  }
  return ascii(content);
}

function utf8Text(bytes: Uint8Array): string {
  try {
    return decodeURIComponent(Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''));
  } catch {
    return ascii(bytes);
  }
}

/** Serial number in hex, as `openssl x509 -serial` shows it but in lower case. */
export function serialText(certificate: Certificate): string {
  return hexInteger(certificate.serial);
}

/** Whether two certificates are the same to the byte. */
export function sameCertificate(a: Certificate, b: Certificate): boolean {
  return a.whole.length === b.whole.length && a.whole.every((byte, index) => byte === b.whole[index]);
}

/** Certificates of a SET OF, `limit` at the most. Attribute certificates and others are passed over. */
export function readCertificates(content: Uint8Array, limit: number): readonly Certificate[] {
  return new DerReader(content)
    .rest(limit)
    .filter((value) => value.tag === TAG.sequence)
    .map((value) => readCertificate(value.whole));
}
