/** The last time the head of the journal was written to a host's log, or could not be. */
import type { ReactElement } from 'react';
import { timeOf } from '../../format/time.ts';
import { visible } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import type { OpenRun } from '../../state/run.ts';

export function AnchorMark({ run }: { readonly run: OpenRun }): ReactElement | null {
  const last = run.records.findLast((record) => record.type === 'anchor.emit');
  if (last?.type !== 'anchor.emit') return null;
  const { target, ok, detail } = last.d;
  const time = timeOf(last.t).slice(0, 5);
  return ok ? (
    <span className="tnum" title={t('anchor.done.means', { target })}>
      {t('anchor.done', { target, time })}
    </span>
  ) : (
    <span className="tnum warn" title={t('anchor.failed.means', { target, why: visible(detail ?? '') })}>
      {t('anchor.failed', { target, time })}
    </span>
  );
}
