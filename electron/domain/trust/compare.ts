/**
 * Compare by paste: whether a text a person brought from elsewhere names this host key. Only a whole SHA-256 fingerprint
 * counts; a part of one never does.
 */
export interface Comparison {
  readonly outcome: 'same' | 'different' | 'unreadable';
  /** For the person who compares. */
  readonly text: string;
}

const SHA256_BASE64 = /^[A-Za-z0-9+/]{43}$/;
const MD5_HEX = /(?:^|[\s:])(?:MD5:)?[0-9a-f]{2}(?::[0-9a-f]{2}){15}(?![0-9a-f:])/i;

/**
 * Compares a pasted text with a fingerprint (`SHA256:` and 43 base64 characters, as OpenSSH writes it). Accepted: the
 * fingerprint with or without its prefix and its padding, broken over lines, a line of `ssh-keygen -lf`, what `ssh`
 * prints when it asks. Several different fingerprints in one text are not a comparison.
 */
export function compareFingerprint(pasted: string, fingerprint: string): Comparison {
  const wanted = bare(fingerprint);
  const found = fingerprintsIn(pasted);
  const [first, second] = found;
  if (first === undefined) return unreadable(pasted);
  if (second !== undefined) {
    return {
      outcome: 'unreadable',
      text: 'There are several fingerprints in this text. Paste the one of this host.',
    };
  }
  return first === wanted
    ? { outcome: 'same', text: 'It is the same fingerprint.' }
    : { outcome: 'different', text: 'It is another fingerprint. Do not go on.' };
}

function unreadable(pasted: string): Comparison {
  if (pasted.trim() === '') return { outcome: 'unreadable', text: 'Paste the fingerprint to compare.' };
  const text = MD5_HEX.test(pasted)
    ? 'This is an MD5 fingerprint, which can be forged. Ask for the SHA256 one: ssh-keygen -lf <key file>.'
    : 'There is no whole SHA256 fingerprint in this text: SHA256: and 43 characters.';
  return { outcome: 'unreadable', text };
}

/** The different SHA-256 fingerprints a text holds, without prefix and padding. */
function fingerprintsIn(pasted: string): readonly string[] {
  const text = pasted.replace(/[\u200b-\u200f\u2060\ufeff]/g, '').trim();
  const marked = [...text.matchAll(/SHA256:\s*([A-Za-z0-9+/]{43})(?![A-Za-z0-9+/])/gi)].flatMap(
    (match) => match[1] ?? [],
  );
  if (marked.length > 0) return unique(marked);
  // Copied from a narrow window: the same with line breaks and spaces in it.
  const joined = bare(text.replace(/[\s"'`]+/g, ''));
  if (SHA256_BASE64.test(joined)) return [joined];
  const words = text.split(/[\s"'`,;()]+/).map(bare);
  return unique(words.filter((word) => SHA256_BASE64.test(word)));
}

function bare(text: string): string {
  return text
    .trim()
    .replace(/^SHA256:/i, '')
    .replace(/[=.]+$/, '');
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
