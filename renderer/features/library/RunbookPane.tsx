/** The chosen runbook: title, facts, the document, and the two ways to begin. */
import { useEffect, useMemo, type ReactElement } from 'react';
import type { RunbookSummary } from '../../../electron/contract/views.ts';
import { runbookKindWords } from '../../format/describe.ts';
import { wordSpan } from '../../format/time.ts';
import { shortDigest } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { createRemote } from '../../state/remote.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { FailureNote, Loading, RiskPill } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { RunbookDocument } from './RunbookDocument.tsx';

export function RunbookPane({
  summary,
  onStart,
}: {
  readonly summary: RunbookSummary;
  readonly onStart: (rehearsal: boolean) => void;
}): ReactElement {
  const app = useApp();
  const { id } = summary;
  const entry = useMemo(() => createRemote(() => app.client.call('library.get', { id })), [app, id]);
  const state = useValue(entry);
  useEffect(() => {
    void entry.refresh();
  }, [entry, summary]);
  const blocked = state.value?.diagnostics.some((each) => each.severity === 'error') ?? false;
  return (
    <section className="reader" data-region aria-label={summary.title} tabIndex={-1}>
      <header className="reader__head">
        <div className="reader__title">
          <h1>{summary.title}</h1>
          <p className="meta">
            <span>{t('version', { version: summary.version })}</span>
            <span>{t(runbookKindWords[summary.kind])}</span>
            <span>{summary.service}</span>
            <span>{t('steps.count', { n: summary.steps })}</span>
            <span>{t('holds.count', { n: summary.holds })}</span>
            <span>{t('planned', { span: wordSpan(summary.plannedMs) })}</span>
            {state.value !== null && (
              <span className="mono">{t('sha256.short', { digest: shortDigest(state.value.sha256) })}</span>
            )}
          </p>
        </div>
        <RiskPill risk={summary.highestRisk} />
      </header>
      <div className="reader__body" tabIndex={0} role="region" aria-label={t('library.document')}>
        {state.failure !== null && <FailureNote failure={state.failure} />}
        {state.value === null && state.failure === null && <Loading />}
        {state.value !== null && <RunbookDocument entry={state.value} />}
      </div>
      <footer className="actionbar">
        <p className="actionbar__note">{t(blocked ? 'library.blocked' : 'library.start-note')}</p>
        <Button
          keys="Alt+Shift+Enter"
          disabled={blocked}
          onPress={() => {
            onStart(true);
          }}
        >
          {t('library.rehearse')}
        </Button>
        <Button
          look="primary"
          keys="Alt+Enter"
          disabled={blocked}
          onPress={() => {
            onStart(false);
          }}
        >
          {t('library.start')}
        </Button>
      </footer>
    </section>
  );
}
