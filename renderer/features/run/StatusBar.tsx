/** The line at the bottom: environment, host, link, recording, journal, place in the procedure, clock, keys. */
import type { ReactElement } from 'react';
import type { LinkState } from '../../../electron/contract/calls.ts';
import type { TargetView } from '../../../electron/domain/run/state.ts';
import { utcTime } from '../../format/time.ts';
import { size } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import type { OpenRun } from '../../state/run.ts';
import { useNow } from '../../ui/useNow.ts';
import { linkOf } from './model.ts';

export function StatusBar({
  run,
  target,
}: {
  readonly run: OpenRun;
  readonly target: TargetView | undefined;
}): ReactElement {
  const now = new Date(useNow());
  const link = linkOf(run.links, target?.name);
  const { state } = run;
  const at = state.steps.findIndex((view) => view.step.id === state.current);
  return (
    <footer className="status" data-region tabIndex={-1} aria-label={t('status.label')}>
      <span className={run.snapshot.plan.rehearsal ? 'status__env env--rehearsal' : 'status__env env--prod'}>
        {t(run.snapshot.plan.rehearsal ? 'env.rehearsal' : 'env.prod')}
      </span>
      <span className="mono">{target?.address ?? link?.address ?? t('blast.no-host')}</span>
      <Link link={link} target={target} />
      <span className="tnum">
        {run.storage === null ? (
          t('status.recording', { size: size(run.recordingBytes) })
        ) : (
          <b className="bad">{t('status.not-recording')}</b>
        )}
      </span>
      <span className="tnum">{t('status.journal', { n: run.records.length })}</span>
      {at >= 0 && <span className="tnum">{t('status.step', { n: at + 1, of: state.steps.length })}</span>}
      <span className="status__space" />
      <span className="tnum mono">{t('status.utc', { time: utcTime(now) })}</span>
      <span className="status__hint">{t('status.regions')}</span>
      <span className="status__hint">{t('status.terminal')}</span>
      <span className="status__hint">{t('status.keys')}</span>
    </footer>
  );
}

function Link({
  link,
  target,
}: {
  readonly link: LinkState | undefined;
  readonly target: TargetView | undefined;
}): ReactElement {
  if (link === undefined)
    return <span>{t(target?.connected === true ? 'link.connected' : 'link.idle')}</span>;
  switch (link.state) {
    case 'connected':
      return (
        <span className="ok">
          {link.rttMs === undefined ? t('link.connected') : t('link.connected-rtt', { ms: link.rttMs })}
        </span>
      );
    case 'connecting':
      return <span>{t('link.connecting')}</span>;
    case 'asking':
      return <span className="warn">{t('link.asking')}</span>;
    case 'lost':
      return <span className="bad">{t('link.lost')}</span>;
    case 'failed':
      return <span className="bad">{t('link.failed')}</span>;
    case 'idle':
      return <span>{t('link.idle')}</span>;
  }
}
