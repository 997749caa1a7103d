/** Whether a reported value is complete. Its limits are judged with the record, where a bad value is kept and seen. */
import type { AttestValue } from '../../../electron/contract/records.ts';
import type { AttestInput } from '../../../electron/contract/steps.ts';
import { t } from '../../i18n/t.ts';

/** What is still missing, in words; null when the value can be reported. */
export function attestProblem(input: AttestInput, value: AttestValue): string | null {
  switch (value.kind) {
    case 'text':
      if (value.text.trim() === '') return t('attest.missing');
      return input.kind === 'text' && value.text.trim().length < input.minLength
        ? t('attest.short', { n: input.minLength })
        : null;
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(value.number) ? null : t('attest.missing-number');
    case 'choice':
      return value.option === '' ? t('attest.missing-choice') : null;
    case 'checklist':
      return input.kind === 'checklist' && value.ticked.length < input.items.length
        ? t('attest.missing-ticks', { n: input.items.length - value.ticked.length })
        : null;
  }
}
