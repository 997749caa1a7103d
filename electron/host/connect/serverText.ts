/**
 * Makes text that came from a server safe to show: no control characters, no text-direction tricks, bounded length.
 * Must be applied to every server string before it reaches a person or the record.
 */

// C0, DEL and C1; zero-width and direction marks; direction embeddings, overrides and isolates; line separators.
const unsafe =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;

/** One line: unsafe characters become a space, runs of spaces collapse; at most `max` characters. */
export function cleanLine(text: string, max: number): string {
  return bound(
    text
      .slice(0, max * 4)
      .replace(unsafe, ' ')
      .replace(/ {2,}/g, ' ')
      .trim(),
    max,
  );
}

/** Several lines: line breaks and tabs stay (as `\n` and a space); at most `max` characters. */
export function cleanLines(text: string, max: number): string {
  const lines = text
    .slice(0, max * 4)
    .split(/\r\n|\r|\n/)
    .map((line) => line.replace(unsafe, ' ').trimEnd());
  return bound(lines.join('\n').trim(), max);
}

function bound(text: string, max: number): string {
  const characters = Array.from(text);
  return characters.length <= max ? text : `${characters.slice(0, max - 1).join('')}…`;
}
