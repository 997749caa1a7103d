/** How a fetched file differs from the one that was fetched before it. */
import type { ReactElement } from 'react';
import type { RunId } from '../../../electron/contract/ids.ts';
import type { Attempt } from '../../../electron/domain/run/state.ts';
import { t } from '../../i18n/t.ts';
import { KeptText } from './KeptText.tsx';

export function FetchDiff({
  runId,
  diff,
}: {
  readonly runId: RunId;
  readonly diff: NonNullable<Attempt['diff']>;
}): ReactElement {
  return (
    <section className="fetchdiff">
      <h3>{t('diff.title', { step: diff.before })}</h3>
      <p className="tnum">
        {diff.changed ? t('diff.changed', { added: diff.added, removed: diff.removed }) : t('diff.unchanged')}
      </p>
      {diff.file !== undefined && (
        <KeptText
          runId={runId}
          file={diff.file}
          show={t('diff.show')}
          hide={t('diff.hide')}
          label={t('diff.of', { path: diff.file.file })}
          diff
        />
      )}
    </section>
  );
}
