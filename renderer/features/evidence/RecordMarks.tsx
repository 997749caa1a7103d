/** Witnesses, masked secrets and withheld output of a run, in the order they came on the record. */
import { useMemo, type ReactElement } from 'react';
import type { RunSnapshot } from '../../../electron/contract/views.ts';
import { timeOf } from '../../format/time.ts';
import { t } from '../../i18n/t.ts';
import { SectionTitle } from '../../ui/bits.tsx';
import { recordMarks } from './marks.ts';

export function RecordMarks({ snapshot }: { readonly snapshot: RunSnapshot }): ReactElement | null {
  const marks = useMemo(() => {
    const titles = new Map<string, string>(
      snapshot.runbook.phases.flatMap((phase) => phase.steps).map((step) => [step.id, step.title]),
    );
    return recordMarks(snapshot.records, (id) => titles.get(id) ?? id);
  }, [snapshot]);
  if (marks.length === 0) return null;
  return (
    <section>
      <SectionTitle>{t('mark.title')}</SectionTitle>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t('mark.record')}</th>
            <th scope="col">{t('mark.time')}</th>
            <th scope="col">{t('mark.what')}</th>
            <th scope="col">{t('mark.detail')}</th>
          </tr>
        </thead>
        <tbody>
          {marks.map((mark) => (
            <tr key={`${String(mark.seq)}:${mark.title}`}>
              <td className="tnum">{mark.seq}</td>
              <td className="tnum">{timeOf(mark.at)}</td>
              <td className={mark.tone === 'warn' ? 'warn' : undefined}>{mark.title}</td>
              <td>{mark.text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
