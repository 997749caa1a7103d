/**
 * What a program printed, as plain text: escape sequences removed, carriage returns folded, other control characters
 * dropped. Must never hide text that is not part of a complete escape sequence, and must stay linear on hostile input.
 */

/**
 * Escape sequences of ECMA-48, 7-bit and 8-bit: control strings (OSC, DCS, SOS, PM, APC) up to their terminator, CSI, and
 * short escapes. The classes exclude every introducer, so that no text is scanned more than twice. A control string that
 * is never closed is no sequence: only its introducer goes, its text stays visible.
 */
const SEQUENCE = new RegExp(
  [
    '(?:\\u001b[\\]PX^_]|[\\u0090\\u0098\\u009d-\\u009f])[^\\u0000-\\u0008\\u000a-\\u001f\\u007f-\\u009f]*(?:\\u0007|\\u001b\\\\|\\u009c)',
    '(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*[@-~]',
    '\\u001b[ -/]+[0-~]',
    '\\u001b[0-~]',
  ].join('|'),
  'g',
);
const OTHER_CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/**
 * Output as a person reads it. CRLF becomes LF; within a line what stands after the last lone CR is what remains (a
 * progress bar's last state). Applying it twice changes nothing.
 *
 * @param text decoded output, of any length
 */
export function normalizeOutput(text: string): string {
  if (text.search(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/) === -1) return text;
  return foldOverwrites(text).replace(OTHER_CONTROLS, '');
}

/** The same for a reader who must see everything: other control characters stay where they are, for the caller to mark. */
export function foldOverwrites(text: string): string {
  return text.replace(SEQUENCE, '').split('\n').map(lastOverwrite).join('\n');
}

function lastOverwrite(line: string): string {
  let end = line.length;
  while (end > 0 && line[end - 1] === '\r') end--;
  const shown = line.slice(0, end);
  return shown.slice(shown.lastIndexOf('\r') + 1);
}
