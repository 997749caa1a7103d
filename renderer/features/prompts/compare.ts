/** Compares a fingerprint that a person pasted with the one the host showed. */

/** Null while nothing was pasted. Case counts: base64 differs by it. White space and a leading key size do not. */
export function sameFingerprint(shown: string, pasted: string): boolean | null {
  const text = pasted.trim();
  if (text === '') return null;
  const found = /SHA256:[A-Za-z0-9+/]+/.exec(text)?.[0] ?? `SHA256:${text.replace(/=+$/, '')}`;
  return found === shown;
}
