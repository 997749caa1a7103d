/**
 * Judges a timestamp: over these bytes, by a signer that an authority of the site made for timestamps alone, valid at
 * the time it names. Trust comes from the caller; nothing that the token carries is a reason to believe it. Whether an
 * authority has revoked a signer is not asked: that needs a network, and the list of authorities can drop it.
 */
import { ok, type Result } from '../../contract/result.ts';
import { parseAuthorities } from './authorities.ts';
import { type Certificate, KEY_USAGE, nameText } from './certificate.ts';
import { findAnchor, TIME_STAMPING } from './chain.ts';
import { type Der, DerError, equalBytes, inside, oid, readDer, TAG } from './der.ts';
import { problem, type TimestampProblem } from './problems.ts';
import { readResponse, readToken, type Token, TST_INFO } from './response.ts';
import { algorithmId, checkSignature, hashOf, sameDer } from './signatureCheck.ts';
import { digest, type HashName, type Subtle } from './subtle.ts';

/** Longest reply that is read, in bytes. */
export const MAX_TIMESTAMP_BYTES = 64 * 1024;

export interface TimestampQuestion {
  /** DER of the TimeStampResp: the bytes of a `.tsr` file. */
  readonly token: Uint8Array;
  /** The bytes that it must be over, such as those of attest/operator.sig. */
  readonly stamped: Uint8Array;
  /** Nonce of the request in hex, where it is known. */
  readonly nonce?: string;
  /** Dotted policy ids that count; any, when absent. */
  readonly policies?: readonly string[];
  readonly subtle: Subtle;
}

export interface Timestamp {
  readonly genTime: Date;
  /** Subject of the certificate that signed, for people to read. */
  readonly authority: string;
  /** Serial number of the token in hex. */
  readonly serial: string;
  readonly policy: string;
  readonly accuracyMs?: number;
  /** When the signer's certificate ends. A token made before counts for good. */
  readonly certificateEnds: Date;
}

const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12';
const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';
/** granted and grantedWithMods: both come with a token, and what was modified is judged in it. */
const GRANTED: ReadonlySet<number> = new Set([0, 1]);

type Judged<T> = Result<T, TimestampProblem>;

/** Judges a timestamp by the authorities (PEM) that the site trusts. Never rejects; the first problem is the answer. */
export async function verifyTimestamp(
  question: TimestampQuestion & { readonly authoritiesPem: string },
): Promise<Judged<Timestamp>> {
  const given = parseAuthorities(question.authoritiesPem);
  if (!given.ok) return problem('timestamp.authority', given.error);
  return guarded(async () => {
    const checked = await check(question, given.value);
    if (!checked.ok) return checked;
    const { token, signer, timestamp } = checked.value;
    const anchor = await findAnchor({
      signer,
      carried: token.certificates,
      given: given.value,
      at: timestamp.genTime,
      subtle: question.subtle,
    });
    return anchor.ok ? ok(timestamp) : anchor;
  });
}

/**
 * Everything but who the authority is: for desks that were given none. The token holds together and is over these
 * bytes; anybody could have made it.
 */
export async function inspectTimestamp(question: TimestampQuestion): Promise<Judged<Timestamp>> {
  return guarded(async () => {
    const checked = await check(question, []);
    return checked.ok ? ok(checked.value.timestamp) : checked;
  });
}

async function guarded(judge: () => Promise<Judged<Timestamp>>): Promise<Judged<Timestamp>> {
  try {
    return await judge();
  } catch (e) {
    return problem(
      'timestamp.form',
      e instanceof DerError ? `the timestamp ${e.message}` : 'the timestamp cannot be read',
    );
  }
}

interface Checked {
  readonly token: Token;
  readonly signer: Certificate;
  readonly timestamp: Timestamp;
}

async function check(question: TimestampQuestion, given: readonly Certificate[]): Promise<Judged<Checked>> {
  const { subtle } = question;
  if (question.token.length > MAX_TIMESTAMP_BYTES)
    return problem('timestamp.form', 'the timestamp is too large');
  const response = readResponse(question.token);
  if (!GRANTED.has(response.status) || response.token === null)
    return problem('timestamp.status', `the authority did not grant it: ${refusalText(response)}`);
  const token = readToken(response.token);
  const said = await statementProblem(question, token);
  if (said !== null) return said;
  const signer = await findSigner(subtle, token, given);
  if (!signer.ok) return signer;
  const unfit = purposeProblem(signer.value) ?? nameProblem(token, signer.value);
  if (unfit !== null) return unfit;
  const signed = await signatureProblem(subtle, token, signer.value);
  if (signed !== null) return signed;
  const { info } = token;
  const timestamp: Timestamp = {
    genTime: info.genTime,
    authority: nameText(signer.value.subject),
    serial: info.serial,
    policy: info.policy,
    ...(info.accuracyMs === null ? {} : { accuracyMs: info.accuracyMs }),
    certificateEnds: signer.value.notAfter,
  };
  return ok({ token, signer: signer.value, timestamp });
}

const FAILURES: Readonly<Record<number, string>> = {
  0: 'the hash algorithm is not known there',
  2: 'the request is not permitted',
  5: 'the request has a form that it does not take',
  14: 'its source of time is not available',
  15: 'the policy is not one of its own',
  16: 'an extension is not one of its own',
  17: 'additional information is not available',
  25: 'it cannot handle the request now',
};

function refusalText({
  status,
  failure,
}: {
  readonly status: number;
  readonly failure: ReadonlySet<number>;
}): string {
  const why = [...failure].map((bit) => FAILURES[bit] ?? `reason ${String(bit)}`);
  return why.length === 0 ? `status ${String(status)}` : why.join(', ');
}

/** What the token states: over which bytes, for which request, under which policy. */
async function statementProblem(
  { stamped, nonce, policies, subtle }: TimestampQuestion,
  { info }: Token,
): Promise<ReturnType<typeof problem> | null> {
  const hash = hashOf(info.imprint.algorithm);
  if (hash === null || hash === 'SHA-1')
    return problem('timestamp.imprint', `its hash algorithm ${info.imprint.algorithm.oid} is refused`);
  if (!equalBytes(await digest(subtle, hash, stamped), info.imprint.digest))
    return problem('timestamp.imprint', 'it was made for other bytes than these');
  if (nonce !== undefined && info.nonce !== nonce.toLowerCase().replace(/^0+(?=.)/, ''))
    return problem('timestamp.nonce', 'it answers another request than the one that was sent');
  if (policies !== undefined && !policies.includes(info.policy))
    return problem('timestamp.policy', `its policy ${info.policy} is not one of those that count here`);
  if (info.unknownCritical) return problem('timestamp.form', 'it has a critical extension that is not known');
  return null;
}

/** The certificate that the token names as its signer's, wherever it is, bound to the token by its hash (RFC 5816). */
async function findSigner(
  subtle: Subtle,
  { signer, certificates }: Token,
  given: readonly Certificate[],
): Promise<Judged<Certificate>> {
  const { id, attributes } = signer;
  const named = [...certificates, ...given].filter((one) =>
    id.kind === 'serial'
      ? sameDer(one.issuer, id.issuer) && sameDer(one.serial, id.serial)
      : one.subjectKeyId !== null && equalBytes(one.subjectKeyId, id.subjectKeyId),
  );
  if (named.length === 0)
    return problem(
      'timestamp.signer',
      'the certificate of the signer is neither in the timestamp nor in the file of authorities',
    );
  const [first, second] = [attributes.get(SIGNING_CERTIFICATE), attributes.get(SIGNING_CERTIFICATE_V2)];
  if (first === undefined && second === undefined)
    return problem('timestamp.signer', 'it does not bind itself to a certificate of the signer');
  for (const one of named) {
    const bound =
      (first === undefined || (await isBound(subtle, first, one, 'SHA-1'))) &&
      (second === undefined || (await isBound(subtle, second, one, 'SHA-256')));
    if (bound) return ok(one);
  }
  return problem('timestamp.signer', 'it was signed for another certificate than the one that is there');
}

/** Whether the first ESSCertID is this certificate (RFC 5035 sections 3 and 4). */
async function isBound(
  subtle: Subtle,
  attribute: Der,
  certificate: Certificate,
  usual: HashName,
): Promise<boolean> {
  const list = inside(readDer(attribute.whole, TAG.sequence)).next(TAG.sequence);
  const reader = inside(inside(list).next(TAG.sequence));
  const named = usual === 'SHA-256' ? reader.optional(TAG.sequence) : null;
  const hash = named === null ? usual : hashOf(algorithmId(named));
  const expected = reader.next(TAG.octetString).content;
  const issuerSerial = reader.optional(TAG.sequence);
  reader.end();
  if (hash === null || !equalBytes(await digest(subtle, hash, certificate.whole), expected)) return false;
  if (issuerSerial === null) return true;
  const both = inside(issuerSerial);
  const names = inside(both.next(TAG.sequence)).rest(4);
  const serial = both.next(TAG.integer);
  both.end();
  const [name] = names;
  // GeneralName directoryName: [4] around the Name.
  return (
    names.length === 1 &&
    name?.tag === 0xa4 &&
    equalBytes(name.content, certificate.issuer.whole) &&
    sameDer(serial, certificate.serial)
  );
}

/** RFC 3161 section 2.3: the key is for timestamps and for nothing else, and says so in a way none may overlook. */
function purposeProblem({ extendedKeyUsage, keyUsage }: Certificate): ReturnType<typeof problem> | null {
  if (extendedKeyUsage === null || !extendedKeyUsage.purposes.includes(TIME_STAMPING))
    return problem('timestamp.purpose', 'the certificate of the signer is not for timestamps');
  if (extendedKeyUsage.purposes.length > 1)
    return problem('timestamp.purpose', 'the certificate of the signer is for other purposes too');
  if (!extendedKeyUsage.critical)
    return problem(
      'timestamp.purpose',
      'the certificate of the signer does not mark its purpose as critical',
    );
  if (keyUsage === null) return null;
  const signing = [KEY_USAGE.digitalSignature, KEY_USAGE.nonRepudiation];
  const fits = [...keyUsage].every((bit) => signing.some((one) => one === bit)) && keyUsage.size > 0;
  return fits
    ? null
    : problem('timestamp.purpose', 'the key of the signer is for other uses than signatures');
}

/** The name in the token, where there is one, is one of the signer's (RFC 3161 section 2.4.2). */
function nameProblem({ info }: Token, signer: Certificate): ReturnType<typeof problem> | null {
  const name = info.authority;
  if (name === null || signer.otherNames.some((one) => sameDer(one, name))) return null;
  const fold = (one: Der) => nameText(one).toLowerCase().replace(/\s+/g, ' ');
  if (name.tag === 0xa4 && fold(readDer(name.content, TAG.sequence)) === fold(signer.subject)) return null;
  return problem('timestamp.signer', 'it names another authority than the one that signed it');
}

async function signatureProblem(
  subtle: Subtle,
  { content, signer }: Token,
  certificate: Certificate,
): Promise<ReturnType<typeof problem> | null> {
  const type = signer.attributes.get(CONTENT_TYPE);
  const messageDigest = signer.attributes.get(MESSAGE_DIGEST);
  const hash = hashOf(signer.digestAlgorithm);
  if (type === undefined || oid(type) !== TST_INFO)
    return problem('timestamp.signature', 'the signed attributes do not say that it is a timestamp');
  if (hash === null || hash === 'SHA-1')
    return problem('timestamp.signature', `its digest algorithm ${signer.digestAlgorithm.oid} is refused`);
  if (messageDigest?.tag !== TAG.octetString)
    return problem('timestamp.signature', 'the signed attributes hold no digest of the timestamp');
  if (!equalBytes(await digest(subtle, hash, content), messageDigest.content))
    return problem('timestamp.signature', 'the timestamp was changed after it was signed');
  const signed = await checkSignature(subtle, certificate.publicKey, {
    algorithm: signer.algorithm,
    hash,
    signature: signer.signature,
    data: signer.signedBytes,
  });
  if (!signed.ok) return problem('timestamp.signature', signed.error);
  return signed.value ? null : problem('timestamp.signature', 'the signature of the authority does not hold');
}
