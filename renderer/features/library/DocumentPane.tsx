/** A Markdown document as a runbook to look at. It was never checked as one: it cannot be started, and says so. */
import type { ReactElement } from 'react';
import type { OpenedDocument } from '../../../electron/contract/views.ts';
import { t } from '../../i18n/t.ts';
import { Button } from '../../ui/Button.tsx';
import { RunbookDocument } from './RunbookDocument.tsx';

export function DocumentPane({
  document,
  onClose,
}: {
  readonly document: OpenedDocument;
  readonly onClose: () => void;
}): ReactElement {
  const { runbook, findings, file } = document;
  const steps = runbook.phases.reduce((sum, phase) => sum + phase.steps.length, 0);
  return (
    <section className="reader" data-region aria-label={runbook.title} tabIndex={-1}>
      <header className="reader__head">
        <div className="reader__title">
          <h1>{runbook.title}</h1>
          <p className="meta">
            <span className="mono">{file}</span>
            <span>{t('steps.count', { n: steps })}</span>
          </p>
        </div>
        <span className="chip chip--hold">{t('document.read-only')}</span>
      </header>
      <div className="reader__body" tabIndex={0} role="region" aria-label={t('library.document')}>
        <p className="lead">{t('document.means')}</p>
        <RunbookDocument runbook={runbook} findings={findings} />
      </div>
      <footer className="actionbar">
        <p className="actionbar__note">{t('document.next')}</p>
        <Button onPress={onClose}>{t('document.close')}</Button>
      </footer>
    </section>
  );
}
