/** The chosen runbook: title, what it does at a glance, the document, and the two ways to begin. */
import { useEffect, useMemo, type ReactElement } from 'react';
import type { RunbookSummary } from '../../../electron/contract/views.ts';
import { useCommand } from '../../app/commands.ts';
import { go } from '../../app/router.ts';
import { runbookKindWords } from '../../format/describe.ts';
import { wordSpan } from '../../format/time.ts';
import { shortDigest } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { createRemote } from '../../state/remote.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { FailureNote, Loading, RiskPill } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { Glance } from './Glance.tsx';
import { allFindings } from './glanceModel.ts';
import type { Due } from './pastModel.ts';
import { RunbookDocument } from './RunbookDocument.tsx';

export function RunbookPane({
  summary,
  due,
  onStart,
}: {
  readonly summary: RunbookSummary;
  readonly due: Due | null;
  readonly onStart: (rehearsal: boolean) => void;
}): ReactElement {
  const app = useApp();
  const { id } = summary;
  const entry = useMemo(() => createRemote(() => app.client.call('library.get', { id })), [app, id]);
  const lint = useMemo(() => createRemote(() => app.client.call('library.lint', { id })), [app, id]);
  const { value, failure } = useValue(entry);
  const linted = useValue(lint).value;
  useEffect(() => {
    void entry.refresh();
    void lint.refresh();
  }, [entry, lint, summary]);
  const findings = useMemo(() => allFindings(value?.diagnostics ?? [], linted ?? []), [value, linted]);
  const broken = value?.diagnostics.some((each) => each.severity === 'error') ?? false;
  const paper = (): void => {
    go({ place: 'library', id, view: 'paper' });
  };
  const versions = (): void => {
    go({ place: 'library', id, view: 'versions' });
  };
  useCommand('paper', paper);
  useCommand('compare', versions);
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
            {value !== null && (
              <span className="mono">{t('sha256.short', { digest: shortDigest(value.sha256) })}</span>
            )}
          </p>
        </div>
        <RiskPill risk={summary.highestRisk} />
      </header>
      <div className="reader__body" tabIndex={0} role="region" aria-label={t('library.document')}>
        {failure !== null && <FailureNote failure={failure} />}
        {value === null && failure === null && <Loading />}
        {value !== null && (
          <>
            <Glance entry={value} summary={summary} due={due} />
            <RunbookDocument runbook={value.runbook} findings={findings} />
          </>
        )}
      </div>
      <footer className="actionbar">
        <p className="actionbar__note">
          {t(
            broken ? 'library.blocked' : hasErrors(findings) ? 'library.blocked-real' : 'library.start-note',
          )}
        </p>
        <Button keys="Alt+M" onPress={versions}>
          {t('library.versions')}
        </Button>
        <Button keys="Alt+A" onPress={paper}>
          {t('library.paper')}
        </Button>
        <Button
          keys="Alt+Shift+Enter"
          disabled={broken}
          onPress={() => {
            onStart(true);
          }}
        >
          {t('library.rehearse')}
        </Button>
        <Button
          look="primary"
          keys="Alt+Enter"
          disabled={broken}
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

function hasErrors(findings: readonly { readonly severity: 'error' | 'warning' }[]): boolean {
  return findings.some(({ severity }) => severity === 'error');
}
