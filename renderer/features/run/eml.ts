/**
 * A message as a file that mail programs open as a draft (RFC 5322, MIME per RFC 2045 and 2047). It sends nothing; what a
 * runbook wrote can never add a header of its own.
 */

export interface Mail {
  readonly to: string;
  readonly subject: string | undefined;
  readonly body: string;
}

const ADDRESS = /[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+/g;

/** The file, with CRLF. `X-Unsent` makes mail programs open it for sending. */
export function emlOf(mail: Mail): string {
  const head = [
    `To: ${recipients(mail.to)}`,
    `Subject: ${encodedWords(mail.subject ?? '')}`,
    'X-Unsent: 1',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
  ];
  const body = base64(mail.body.replace(/\r?\n/g, '\r\n')).replace(/.{76}/g, '$&\r\n');
  return `${head.join('\r\n')}\r\n\r\n${body}\r\n`;
}

/** The addresses in the text; people and groups without one as a group without members (RFC 5322, 3.4). */
function recipients(to: string): string {
  const addresses = to.match(ADDRESS) ?? [];
  if (addresses.length > 0) return addresses.join(',\r\n ');
  return `${encodedWords(to, true)}:;`;
}

/** Plain where it may be; else encoded words of at most 75 characters (RFC 2047, 2). */
function encodedWords(text: string, phrase = false): string {
  const line = text.replace(/[\s\u0000-\u001f\u007f]+/g, ' ').trim();
  const plain = phrase ? /^[A-Za-z0-9 -]{1,60}$/ : /^[\x20-\x7e]{0,60}$/;
  if (plain.test(line) && !line.includes('=?')) return line;
  const words: string[] = [];
  let part = '';
  for (const char of line) {
    if (base64(part + char).length > 60) {
      words.push(part);
      part = '';
    }
    part += char;
  }
  words.push(part);
  return words.map((word) => `=?utf-8?B?${base64(word)}?=`).join('\r\n ');
}

function base64(text: string): string {
  let binary = '';
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}
