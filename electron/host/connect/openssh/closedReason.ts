/** Why a connection that was up is gone, from the last words of ssh: who ended it, and what they gave as the reason. */
import type { Closed } from '../connection.ts';
import { cleanLine } from '../serverText.ts';

const patterns: readonly (readonly [words: RegExp, closed: (text: string) => Closed])[] = [
  [
    /Timeout, server .* not responding/,
    () => ({
      side: 'network',
      why: 'The host has not answered the keep-alives; the connection was given up from this side',
    }),
  ],
  [
    /Received disconnect from .*?:(\d+): ?(.*)$/,
    (text) => ({
      side: 'there',
      why: text === '' ? 'The server ended the connection' : `The server ended the connection: ${text}`,
    }),
  ],
  [
    /closed by remote host|Connection closed by /,
    () => ({ side: 'there', why: 'The server closed the connection' }),
  ],
  [
    /Connection reset|reset by peer/,
    () => ({ side: 'network', why: 'The connection was reset by the other side (ECONNRESET)' }),
  ],
  [
    /Broken pipe|timed out|Network is (unreachable|down)|No route to host/,
    (text) => ({
      side: 'network',
      why: text === '' ? 'The connection broke' : `The connection broke: ${text}`,
    }),
  ],
  [
    /Bad packet length|Corrupted MAC|message authentication code incorrect|packet_disconnect|Disconnecting|ssh_dispatch_run_fatal/,
    (text) => ({
      side: 'here',
      why: `The connection was given up from this side after a protocol error${text === '' ? '' : `: ${text}`}`,
    }),
  ],
];

/**
 * Reads the last lines of an ssh that has ended. `ranInto`: what is wrong with the control socket, when that is known.
 */
export function closedReason(said: readonly string[], ranInto: string | undefined): Closed {
  for (const line of [...said].reverse().slice(0, 8)) {
    for (const [words, closed] of patterns) {
      const found = words.exec(line);
      if (found === null) continue;
      const text =
        found[2] ?? (words.source.includes('Broken pipe') || words.source.includes('Bad packet') ? line : '');
      return closed(cleanLine(text, 160));
    }
  }
  if (ranInto !== undefined) {
    return { side: 'here', why: `The connection was given up from this side: ${cleanLine(ranInto, 120)}` };
  }
  return { side: 'here', why: 'The ssh program of this computer ended without a word' };
}
