/**
 * The forms in which a secret comes back from programs: as it is, and as base64, hexadecimal, URL, JSON, markup and
 * shell text. Pure. It must list every form that is promised in docs/secrets.md; what is not listed is not found.
 */
import { utf8Bytes } from './utf8.ts';

export interface SecretForm {
  /** Name of the encoding, such as `base64` or `hex`. Says nothing of the secret. */
  readonly form: string;
  readonly bytes: Uint8Array;
}

/** A shorter secret stands in too much innocent text to be looked for. Bytes that a terminal shows, in UTF-8. */
export const MIN_SECRET_BYTES = 6;

/** `000000`, `------` and six blanks stand everywhere. */
const MIN_DIFFERENT = 3;

/** Words of programs: to mask one would make a riddle of every output, and of what steps expect of it. */
const COMMON = new Set(
  `active administrator change changed changeme completed connected connection created database default
  deleted deployed disabled docker enabled failed failure finished healthy inactive installed kubernetes
  localhost master namespace passed password passwd pending postgres postgresql production release removed
  replica running secret service skipped standby started status stopped succeeded success successful system
  systemd testing unknown updated upgrade upgraded username warning 123456 1234567 12345678 123456789`.split(
    /\s+/,
  ),
);

/** Why a value cannot be looked for in output, as the end of a sentence; null when it can. */
export function secretProblem(value: string): string | null {
  const visible = visibleOf(utf8Bytes(value));
  if (visible.length < MIN_SECRET_BYTES)
    return `is too short to be found safely in output: ${String(MIN_SECRET_BYTES)} bytes at least`;
  if (new Set(visible).size < MIN_DIFFERENT || COMMON.has(value.trim().toLowerCase()))
    return 'is too common to be found safely in output: it stands in much that is no secret';
  return null;
}

/**
 * Every form of a secret. Of one with several lines each line counts too, unless it is too short: programs indent and
 * number lines. Forms that are equal stand here once.
 */
export function secretForms(value: string): readonly SecretForm[] {
  const lines = value.split(/\r\n|\r|\n/).map((line) => line.trim());
  const texts = lines.length > 1 ? [value, value.trim(), ...lines] : [value];
  const found = new Map<string, SecretForm>();
  for (const text of texts) {
    for (const one of formsOf(text)) {
      if (visibleOf(one.bytes).length < MIN_SECRET_BYTES) continue;
      const key = one.bytes.join();
      if (!found.has(key)) found.set(key, one);
    }
  }
  return [...found.values()];
}

/** Bytes without control characters: those come and go with line breaks and terminals. A tab is kept. */
export function visibleOf(bytes: Uint8Array): Uint8Array {
  return bytes.filter((byte) => (byte >= 0x20 && byte !== 0x7f) || byte === 0x09);
}

function formsOf(text: string): readonly SecretForm[] {
  const bytes = utf8Bytes(text);
  const textual = (form: string, written: string): SecretForm => ({ form, bytes: utf8Bytes(written) });
  return [
    { form: 'raw', bytes },
    ...base64Forms(bytes),
    ...hexForms(bytes).map((written) => textual('hex', written)),
    ...wideForms(text),
    ...urlForms(text, bytes).map((written) => textual('url', written)),
    ...jsonForms(text).map((written) => textual('json', written)),
    ...markupForms(text).map((written) => textual('markup', written)),
    ...shellForms(text, bytes).map((written) => textual('shell', written)),
  ];
}

const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64 (RFC 4648) at each of the three alignments: the digits that rest on the secret alone. */
function base64Forms(bytes: Uint8Array): readonly SecretForm[] {
  return [0, 1, 2].flatMap((shift) => {
    const shifted = new Uint8Array(shift + bytes.length);
    shifted.set(bytes, shift);
    const first = Math.ceil((shift * 8) / 6);
    const last = Math.floor((shifted.length * 8) / 6);
    let digits = '';
    for (let n = first; n < last; n++) digits += STANDARD[sixBits(shifted, n * 6)] ?? '';
    const url = digits.replaceAll('+', '-').replaceAll('/', '_');
    return [
      { form: 'base64', bytes: utf8Bytes(digits) },
      { form: 'base64url', bytes: utf8Bytes(url) },
      // As base64 stands in a URL or in JSON that escapes the slash.
      { form: 'base64', bytes: utf8Bytes(digits.replaceAll('+', '%2B').replaceAll('/', '%2F')) },
      { form: 'base64', bytes: utf8Bytes(digits.replaceAll('/', '\\/')) },
    ];
  });
}

function sixBits(bytes: Uint8Array, bit: number): number {
  const at = bit >> 3;
  const pair = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  return (pair >> (10 - (bit & 7))) & 0x3f;
}

/** In one piece, by bytes (`od`, fingerprints, C), and by pairs at both alignments (`xxd`). */
function hexForms(bytes: Uint8Array): readonly string[] {
  const lower = [...bytes].map(hexOf);
  const pairs = (from: number) =>
    lower.map((byte, i) => (i > 0 && (i - from) % 2 === 0 ? ` ${byte}` : byte)).join('');
  const written = [lower.join(''), lower.join(' '), lower.join(':'), lower.join('-'), pairs(0), pairs(1)];
  const prefixed = [lower.map((byte) => `\\x${byte}`).join(''), lower.map((byte) => `0x${byte}`).join(', ')];
  return [...written, ...written.map((text) => text.toUpperCase()), ...prefixed];
}

/** UTF-16 in either byte order, and encoded as Windows programs do and `powershell -EncodedCommand` takes it. */
function wideForms(text: string): readonly SecretForm[] {
  const wide = (littleEndian: boolean): Uint8Array => {
    const bytes = new Uint8Array(text.length * 2);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < text.length; i++) view.setUint16(i * 2, text.charCodeAt(i), littleEndian);
    return bytes;
  };
  const little = wide(true);
  const hex = [...little].map(hexOf).join('');
  return [
    { form: 'utf16', bytes: little },
    { form: 'utf16', bytes: wide(false) },
    ...base64Forms(little),
    { form: 'hex', bytes: utf8Bytes(hex) },
    { form: 'hex', bytes: utf8Bytes(hex.toUpperCase()) },
  ];
}

function hexOf(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

/** Percent encodings (RFC 3986): every byte, or those that an encoder takes for special; either case of digits. */
function urlForms(text: string, bytes: Uint8Array): readonly string[] {
  const encode = (kept: RegExp, space = '%20') =>
    [...bytes]
      .map((byte) => {
        const character = String.fromCharCode(byte);
        if (byte === 0x20 && !kept.test(' ')) return space;
        return byte < 0x80 && kept.test(character) ? character : `%${hexOf(byte).toUpperCase()}`;
      })
      .join('');
  const unreserved = /[A-Za-z0-9\-._~]/;
  const upper = [
    encode(/(?!)/),
    encode(unreserved),
    encode(unreserved, '+'),
    // encodeURIComponent and encodeURI of ECMAScript, and the form encoding of the URL standard.
    encode(/[A-Za-z0-9\-_.!~*'()]/),
    encode(/[A-Za-z0-9\-_.!~*'();/?:@&=+$,#]/),
    encode(/[A-Za-z0-9*\-._]/, '+'),
    encode(/[A-Za-z0-9\-._~/]/),
  ];
  const lower = (written: string) => written.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  // Twice encoded: a URL inside a URL.
  const twice = encode(unreserved).replaceAll('%', '%25');
  return [...upper, ...upper.map(lower), ...(twice === text ? [] : [twice])];
}

/** The inside of a JSON string (RFC 8259): as ECMAScript, Python and Go write it, and JSON inside JSON. */
function jsonForms(text: string): readonly string[] {
  const plain = JSON.stringify(text).slice(1, -1);
  const unicode = (written: string, which: RegExp) =>
    written.replace(which, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const ascii = unicode(plain, /[^\u0000-\u007f]/g);
  const go = unicode(plain, /[<>&\u2028\u2029]/g);
  const upper = ascii.replace(/\\u[0-9a-f]{4}/g, (code) => `\\u${code.slice(2).toUpperCase()}`);
  const slashed = plain.replaceAll('/', '\\/');
  const php = ascii.replaceAll('/', '\\/');
  const nested = JSON.stringify(plain).slice(1, -1);
  // Quotes and controls in YAML and Python text that is otherwise as it was.
  const every = unicode(text, /[^]/g);
  return [plain, ascii, upper, go, slashed, php, nested, every];
}

function markupForms(text: string): readonly string[] {
  const named: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  const basic = text.replace(/[&<>"]/g, (character) => named[character] ?? character);
  const apostrophes = ['&#39;', '&#x27;', '&#039;', '&apos;'].map((code) => basic.replaceAll("'", code));
  const numeric = text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);
  const light = text.replace(/[&<>]/g, (character) => named[character] ?? character);
  return [basic, ...apostrophes, numeric, numeric.replaceAll('&#34;', '&quot;'), light];
}

/** As shells write it back: single and double quotes, backslashes, and `$'…'` (POSIX.1-2017 2.2, bash(1) QUOTING). */
function shellForms(text: string, bytes: Uint8Array): readonly string[] {
  const single = ["'\\''", "'\"'\"'", "\\'"].map((quote) => text.replaceAll("'", quote));
  const double = [/[\\"$`]/g, /[\\"$`!]/g, /["]/g].map((special) => text.replace(special, '\\$&'));
  // printf %q of bash and ksh, and of GNU ls.
  const backslash = [
    text.replace(/[^A-Za-z0-9_@%+:,./=\-\u0080-\u{10ffff}\n]/gu, '\\$&'),
    text.replace(/[^A-Za-z0-9_@%+:./=\-\u0080-\u{10ffff}\n]/gu, '\\$&'),
    text.replace(/[^A-Za-z0-9_./\-\u0080-\u{10ffff}\n]/gu, '\\$&'),
    text.replace(/[ !"$&'()*;<>?[\\\]^`{|}]/g, '\\$&'),
    text.replace(/[ !"$&'()*,;<>?[\\\]^`{|}]/g, '\\$&'),
  ];
  const dollar = ['\\t', '\t'].flatMap((tab) => {
    const escaped = text.replace(/[\\']/g, '\\$&').replaceAll('\t', tab);
    return [escaped, escaped.replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\u001b', '\\E')];
  });
  const octal = (kept: (byte: number) => boolean) =>
    [...bytes]
      .map((byte) => (kept(byte) ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`))
      .join('');
  return [
    ...single,
    ...double,
    ...backslash,
    ...dollar,
    octal(() => false),
    octal((byte) => byte >= 0x20 && byte < 0x7f && byte !== 0x5c && byte !== 0x27),
  ];
}
