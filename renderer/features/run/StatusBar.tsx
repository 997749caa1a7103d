/** The line at the bottom: environment, host, link, recording, journal, place in the procedure, clock, keys. */
import type { ReactElement } from 'react';
import type { TargetView } from '../../../electron/domain/run/state.ts';
import { utcTime } from '../../format/time.ts';
import { size } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import type { OpenRun } from '../../state/run.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { useNow } from '../../ui/useNow.ts';
import { AnchorMark } from './AnchorMark.tsx';
import { linkWords, secondsToRetry } from './linkWords.ts';
import { linkOf } from './model.ts';

export function StatusBar({
  run,
  target,
}: {
  readonly run: OpenRun;
  readonly target: TargetView | undefined;
}): ReactElement {
  const ms = useNow();
  const now = new Date(ms);
  const link = linkOf(run.links, target?.name);
  const wake = useValue(useApp().wake);
  const retry = secondsToRetry(link, run.linksSince[link?.target ?? ''] ?? ms, ms);
  const words = linkWords(link, target?.connected === true, retry);
  const { state } = run;
  const at = state.steps.findIndex((view) => view.step.id === state.current);
  return (
    <footer className="status" data-region tabIndex={-1} aria-label={t('status.label')}>
      <span className={run.snapshot.plan.rehearsal ? 'status__env env--rehearsal' : 'status__env env--prod'}>
        {t(run.snapshot.plan.rehearsal ? 'env.rehearsal' : 'env.prod')}
      </span>
      <span className="mono">{target?.address ?? link?.address ?? t('blast.no-host')}</span>
      <span className={words.tone === 'plain' ? 'tnum' : `tnum ${words.tone}`}>{words.text}</span>
      <span className="tnum">
        {run.storage === null ? (
          t('status.recording', { size: size(run.recordingBytes) })
        ) : (
          <b className="bad">{t('status.not-recording')}</b>
        )}
      </span>
      <span className="tnum">{t('status.journal', { n: run.records.length })}</span>
      {at >= 0 && <span className="tnum">{t('status.step', { n: at + 1, of: state.steps.length })}</span>}
      <AnchorMark run={run} />
      {wake.state === 'not-held' && (
        <span className="warn" title={t('wake.may-sleep.means')}>
          {t('wake.may-sleep')}
        </span>
      )}
      <span className="status__space" />
      <span className="tnum mono">{t('status.utc', { time: utcTime(now) })}</span>
      <span className="status__hint">{t('status.regions')}</span>
      <span className="status__hint">{t('status.terminal')}</span>
      <span className="status__hint">{t('status.keys')}</span>
    </footer>
  );
}
