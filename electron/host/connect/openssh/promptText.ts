/**
 * Tells what ssh asks from the text of its prompt (LC_ALL=C). What is not recognised beyond doubt is `other`: shown as
 * text to a person, never taken for one of the questions this app knows how to answer.
 */

export type AskedPrompt =
  | {
      readonly kind: 'host-key';
      /** Name as in known_hosts, `[host]:port` or an alias. */
      readonly name: string;
      /** `ED25519`, `ECDSA`, `RSA`. */
      readonly keyType: string;
      readonly fingerprint: string;
    }
  | { readonly kind: 'passphrase'; readonly file: string }
  | { readonly kind: 'password'; readonly account: string }
  /** A prompt of the server, forwarded by keyboard-interactive. */
  | { readonly kind: 'server'; readonly account: string; readonly text: string }
  | { readonly kind: 'pin'; readonly key: string }
  | { readonly kind: 'touch'; readonly key: string }
  | { readonly kind: 'other'; readonly text: string };

/** `hint` is SSH_ASKPASS_PROMPT, `ask` when that was unset. */
export function readPrompt(text: string, hint: 'ask' | 'confirm' | 'none'): AskedPrompt {
  const other: AskedPrompt = { kind: 'other', text };
  if (hint === 'none') {
    const key = /^Confirm user presence for key (\S+ SHA256:\S+)\s*$/.exec(text)?.[1];
    return key === undefined ? other : { kind: 'touch', key };
  }
  if (hint === 'confirm') return other;
  const server = /^\(([^()\s]+@[^()\s]+)\) (.*)$/s.exec(text);
  if (server !== null) return { kind: 'server', account: server[1] ?? '', text: server[2] ?? '' };
  if (text.startsWith('The authenticity of host ')) return readHostKey(text) ?? other;
  const file = /^Enter passphrase for key '([^\n]+)': $/.exec(text)?.[1];
  if (file !== undefined) return { kind: 'passphrase', file };
  const account = /^([^\s@]+@[^\s']+)'s password: $/.exec(text)?.[1];
  if (account !== undefined) return { kind: 'password', account };
  const pin =
    /^Enter PIN for (\S+ key [^\n]+): $/.exec(text)?.[1] ?? /^Enter PIN for '([^\n]+)': $/.exec(text)?.[1];
  if (pin !== undefined) return { kind: 'pin', key: pin };
  return other;
}

function readHostKey(text: string): AskedPrompt | undefined {
  const lines = text.split('\n');
  const name = /^The authenticity of host '(\S+)(?: \([^\n]*\))?' can't be established/.exec(
    lines[0] ?? '',
  )?.[1];
  const keys = lines.flatMap((line) => {
    const found = /^(\S+) key fingerprint is (SHA256:[A-Za-z0-9+/]{43})\.?$/.exec(line);
    return found === null ? [] : [{ keyType: found[1] ?? '', fingerprint: found[2] ?? '' }];
  });
  const [key] = keys;
  const asks = /Are you sure you want to continue connecting \(yes\/no\/\[fingerprint\]\)\? $/.test(text);
  // One key and no more: a second line that looks like one is somebody else's text.
  if (name === undefined || key === undefined || keys.length !== 1 || !asks) return undefined;
  return { kind: 'host-key', name, ...key };
}
