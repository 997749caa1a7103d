/** The certificates that a site's security team hands out, as PEM text (RFC 7468). The first that is damaged fails all. */
import { err, ok, type Result } from '../../contract/result.ts';
import { type Certificate, nameText, readCertificate } from './certificate.ts';
import { DerError } from './der.ts';

const MAX_PEM_CHARS = 1_000_000;
const MAX_CERTIFICATES = 100;
const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/g;

/**
 * All certificates of a PEM text, in its order; text around them is passed over, as OpenSSL does. The error says which
 * of them cannot be read. Authorities and certificates of signers (for tokens that carry none) may stand side by side.
 */
export function parseAuthorities(pem: string): Result<readonly Certificate[], string> {
  if (pem.length > MAX_PEM_CHARS) return err('the file of authorities is too large');
  const found: Certificate[] = [];
  for (const [, label, body = ''] of pem.matchAll(BLOCK)) {
    const place = `certificate ${String(found.length + 1)} of the file of authorities`;
    if (label?.includes('PRIVATE KEY'))
      return err('the file of authorities holds a private key: take it out');
    if (label !== 'CERTIFICATE')
      return err(`the file of authorities holds a ${label ?? ''}, not only certificates`);
    if (found.length === MAX_CERTIFICATES) return err('the file of authorities holds too many certificates');
    const bytes = fromBase64(body.replace(/\s+/g, ''));
    if (bytes === null) return err(`${place} is not base64`);
    try {
      const certificate = readCertificate(bytes);
      // A name that nobody can read is found out here, not where it is shown.
      nameText(certificate.subject);
      found.push(certificate);
    } catch (e) {
      if (e instanceof DerError) return err(`${place} ${e.message}`);
      throw e;
    }
  }
  const begun = pem.split('-----BEGIN ').length - 1;
  return begun === found.length
    ? ok(found)
    : err('the file of authorities holds a certificate that is cut off');
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function fromBase64(text: string): Uint8Array | null {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  const digits = text.replace(/=+$/, '');
  const out = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let held = 0;
  let bits = 0;
  let at = 0;
  for (const digit of digits) {
    held = ((held << 6) | ALPHABET.indexOf(digit)) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out[at] = (held >> bits) & 0xff;
    at += 1;
  }
  return out;
}
