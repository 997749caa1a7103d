/** The blast-radius banner: where this runs, as whom, proven when, and what time it is. Never scrolls away. */
import type { ReactElement } from 'react';
import type { TargetView } from '../../../electron/domain/run/state.ts';
import { isUtc, localClock, timeOf, utcDay, utcTime, zoneOrLocal } from '../../format/time.ts';
import { t } from '../../i18n/t.ts';
import type { OpenRun } from '../../state/run.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { useNow } from '../../ui/useNow.ts';
import { linkOf } from './model.ts';

export function Blast({
  run,
  target,
}: {
  readonly run: OpenRun;
  readonly target: TargetView | undefined;
}): ReactElement {
  const { plan, runbook } = run.snapshot;
  const link = linkOf(run.links, target?.name);
  return (
    <header
      className={plan.rehearsal ? 'blast blast--rehearsal' : 'blast blast--prod'}
      data-region
      tabIndex={-1}
      aria-label={t('blast.label')}
    >
      <strong className={plan.rehearsal ? 'env env--rehearsal' : 'env env--prod'}>
        {t(plan.rehearsal ? 'env.rehearsal' : 'env.prod')}
      </strong>
      <div className="blast__what">
        <b>{runbook.title}</b>
        <span>
          {plan.change.ticket === ''
            ? t('blast.version', { version: runbook.version, operator: plan.operator.name })
            : t('blast.change', {
                version: runbook.version,
                ticket: plan.change.ticket,
                operator: plan.operator.name,
              })}
        </span>
      </div>
      <dl>
        <div>
          <dt>{t('blast.host')}</dt>
          <dd>{target?.address ?? link?.address ?? t('blast.no-host')}</dd>
        </div>
        <div>
          <dt>{t('blast.identity')}</dt>
          <dd>{target === undefined ? t('identity.none') : <Identity target={target} />}</dd>
        </div>
      </dl>
      <Clocks />
    </header>
  );
}

function Identity({ target }: { readonly target: TargetView }): ReactElement {
  switch (target.identity) {
    case 'proven':
      return <span className="ok">{t('identity.proven', { time: timeOf(target.identityAt ?? '') })}</span>;
    case 'refuted':
      return <span className="bad">{t('identity.refuted', { time: timeOf(target.identityAt ?? '') })}</span>;
    case 'unproven':
      return <span className="warn">{t('identity.unproven')}</span>;
    case 'none-declared':
      return <span>{t('identity.none')}</span>;
  }
}

function Clocks(): ReactElement {
  const now = new Date(useNow());
  const settings = useValue(useApp().settings);
  const zone = zoneOrLocal(settings.value?.timeZone ?? '');
  return (
    <div className="clocks">
      <span className="clocks__utc">
        <b>{utcTime(now)}</b> {t('utc')}
      </span>
      <span>
        {isUtc(zone) ? utcDay(now) : t('clock.second', { day: utcDay(now), local: localClock(now, zone) })}
      </span>
    </div>
  );
}
