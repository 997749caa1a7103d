/** A file that goes to a host or comes from one: what was asked for, and what the record says of it. */
import type { ReactElement } from 'react';
import type { RunId } from '../../../electron/contract/ids.ts';
import type { TransferStep } from '../../../electron/contract/steps.ts';
import type { Attempt } from '../../../electron/domain/run/state.ts';
import { formatRoute } from '../../app/router.ts';
import { wordSpan } from '../../format/time.ts';
import { size, visible } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';

export function TransferPlan({ step }: { readonly step: TransferStep }): ReactElement {
  return (
    <dl className="boxed transfer">
      <dt>{t('transfer.direction')}</dt>
      <dd>{t(step.direction === 'fetch' ? 'transfer.fetch' : 'transfer.put')}</dd>
      <dt>{t('transfer.path', { target: step.on })}</dt>
      <dd className="mono">{visible(step.path.source)}</dd>
      {step.from !== undefined && (
        <>
          <dt>{t('transfer.from')}</dt>
          <dd className="mono">{visible(step.from.source)}</dd>
        </>
      )}
      <dt>{t('transfer.sha256')}</dt>
      <dd className="mono digest">
        {step.sha256 === undefined ? t('transfer.no-sha256') : visible(step.sha256.source)}
      </dd>
      {step.before !== undefined && (
        <>
          <dt>{t('diff.compared')}</dt>
          <dd>
            {t(step.change === undefined ? 'diff.against' : `diff.must.${step.change}`, {
              step: step.before,
            })}
          </dd>
        </>
      )}
      <dt>{t('transfer.limits')}</dt>
      <dd>{t('transfer.limits.value', { size: size(step.maxBytes), span: wordSpan(step.timeoutMs) })}</dd>
    </dl>
  );
}

export function TransferResult({
  runId,
  file,
}: {
  readonly runId: RunId;
  readonly file: NonNullable<Attempt['file']>;
}): ReactElement {
  const agrees = file.hostSha256 === undefined ? null : file.hostSha256 === file.file.sha256;
  return (
    <dl className="boxed transfer" aria-label={t('transfer.result')}>
      <dt>{t(file.direction === 'fetch' ? 'transfer.fetched' : 'transfer.sent')}</dt>
      <dd>
        <span className="mono">{visible(file.path)}</span> {size(file.file.bytes)}
      </dd>
      <dt>{t('transfer.got')}</dt>
      <dd className="mono digest">{file.file.sha256}</dd>
      <dt>{t('transfer.host-says')}</dt>
      <dd className={agrees === false ? 'bad' : agrees === true ? 'ok' : ''}>
        {agrees === null ? (
          t('transfer.host-silent')
        ) : agrees ? (
          t('transfer.host-same')
        ) : (
          <>
            {t('transfer.host-differs')} <span className="mono digest">{file.hostSha256}</span>
          </>
        )}
      </dd>
      <dt>{t('transfer.kept')}</dt>
      <dd>
        <a href={formatRoute({ place: 'evidence', runId })}>{visible(file.file.file)}</a>
      </dd>
    </dl>
  );
}
