/** Sizes as authors write them: `512 KiB`, `10 MiB`, `2 MB`. */

export const sizePattern = /^\d{1,9} ?(?:B|kB|KiB|MB|MiB)$/;

const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1000,
  KiB: 1024,
  MB: 1_000_000,
  MiB: 1024 * 1024,
};

/** Number of bytes; null when it is not a size. */
export function parseSize(text: string): number | null {
  if (!sizePattern.test(text)) return null;
  const unit = UNITS[text.replace(/^[\d ]+/, '')];
  return unit === undefined ? null : Number.parseInt(text, 10) * unit;
}
