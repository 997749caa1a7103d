/** What stands beside the steps on the record: witnesses, masked secrets, output that was not kept. Pure. */
import type { JournalRecord } from '../../../electron/contract/records.ts';
import { t } from '../../i18n/t.ts';
import { visible } from '../../format/units.ts';

export interface RecordMark {
  readonly seq: number;
  readonly at: string;
  readonly tone: 'plain' | 'warn';
  readonly title: string;
  readonly text: string;
}

/** In the order of the record. `titleOf` gives the title of a step by its id. */
export function recordMarks(
  records: readonly JournalRecord[],
  titleOf: (step: string) => string,
): readonly RecordMark[] {
  return records.flatMap((record) => {
    return marksOf(record, titleOf).map((mark) => ({ seq: record._seq, at: record.t, ...mark }));
  });
}

type Mark = Pick<RecordMark, 'tone' | 'title' | 'text'>;

function marksOf(record: JournalRecord, titleOf: (step: string) => string): readonly Mark[] {
  if (record.type === 'anchor.emit') {
    const { target, ok, seq, detail } = record.d;
    return [
      ok
        ? { tone: 'plain', title: t('mark.anchor'), text: t('mark.anchor.text', { target, seq }) }
        : {
            tone: 'warn',
            title: t('mark.anchor.failed'),
            text: t('mark.anchor.failed.text', { target, why: visible(detail ?? '') }),
          },
    ];
  }
  if (record.type === 'redaction') {
    return [
      {
        tone: 'plain',
        title: t('mark.redaction'),
        text: t('mark.redaction.text', {
          n: record.d.count,
          rule: visible(record.d.rule),
          file: record.d.file,
        }),
      },
    ];
  }
  if (record.type === 'step.start') {
    const { step, attempt, fed = [], withheld = false } = record.d;
    const title = titleOf(step);
    const given: Mark = {
      tone: 'plain',
      title: t('mark.fed'),
      text: t('mark.fed.text', { step: title, names: fed.join(', ') }),
    };
    const kept: Mark = {
      tone: 'plain',
      title: t('mark.withheld'),
      text: t('mark.withheld.text', { step: title, n: attempt }),
    };
    return [...(fed.length > 0 ? [given] : []), ...(withheld ? [kept] : [])];
  }
  if (record.type === 'hold.sign') {
    return [
      {
        tone: 'plain',
        title: t('mark.signed'),
        text: t('mark.signed.text', {
          step: titleOf(record.d.step),
          principal: visible(record.d.principal),
          role: record.d.role,
        }),
      },
    ];
  }
  return [];
}
