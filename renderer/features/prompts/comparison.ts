/** Compares a fingerprint that a person pasted with the one the host showed, as the host itself will, and live. */
import { compareFingerprint } from '../../../electron/domain/trust/compare.ts';
import { t } from '../../i18n/t.ts';

export type Comparison = 'empty' | 'same' | 'different' | 'unreadable';

/** `empty` while nothing was pasted. `text` says the rest to a person; empty when there is nothing to say. */
export function compared(
  pasted: string,
  shown: string,
): { readonly comparison: Comparison; readonly text: string } {
  if (pasted.trim() === '') return { comparison: 'empty', text: '' };
  const { outcome, text } = compareFingerprint(pasted, shown);
  switch (outcome) {
    case 'same':
      return { comparison: 'same', text: t('trust.same') };
    case 'different':
      return { comparison: 'different', text: t('trust.differs') };
    case 'unreadable':
      return { comparison: 'unreadable', text };
  }
}
