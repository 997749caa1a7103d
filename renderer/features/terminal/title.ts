/** The title that a remote program asks for: shown in a field of its own, bounded, and never as a title of ours. */

const LONGEST = 80;
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;

/** The text as it may be shown, or null when nothing of it remains. */
export function remoteTitle(raw: string): string | null {
  // Cut before the work: a title may be megabytes long.
  const text = raw.slice(0, 4096).replace(UNSEEN, '').replace(/\s+/gu, ' ').trim();
  if (text === '') return null;
  const signs = [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);
  return signs.length > LONGEST ? `${signs.slice(0, LONGEST - 1).join('')}…` : text;
}
