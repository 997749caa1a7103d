/** The first line of a recording, judged when it is whole. Never keeps it. */

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Text of UTF-8 bytes that stand one a character; null when they are not UTF-8. */
export function utf8Of(bytes: string): string | null {
  const percent = (c: string) => `%${c.charCodeAt(0).toString(16).padStart(2, '0')}`;
  try {
    return decodeURIComponent(bytes.replace(/[^A-Za-z0-9]/g, percent));
  } catch {
    return null;
  }
}

/** Whether it is JSON of asciicast version 2, of a terminal of a size that there is. */
export function isHeader(text: string): boolean {
  const value = parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { version, width, height } = value as { version?: unknown; width?: unknown; height?: unknown };
  const size = (n: unknown) => typeof n === 'number' && Number.isInteger(n) && n >= 1 && n <= 1000;
  return version === 2 && size(width) && size(height);
}
