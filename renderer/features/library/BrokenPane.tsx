/** A file that could not be read as a runbook: each problem with its place and how to mend it. */
import type { ReactElement } from 'react';
import type { BrokenRunbook } from '../../../electron/contract/views.ts';
import { t } from '../../i18n/t.ts';
import { Findings } from './Findings.tsx';

export function BrokenPane({ file }: { readonly file: BrokenRunbook }): ReactElement {
  return (
    <section className="reader" data-region aria-label={file.file} tabIndex={-1}>
      <header className="reader__head">
        <div className="reader__title">
          <h1 className="mono">{file.file.split('/').at(-1)}</h1>
          <p className="meta">
            <span>{t('broken.meta')}</span>
          </p>
        </div>
      </header>
      <div
        className="reader__body"
        tabIndex={0}
        role="region"
        aria-label={t('library.problems', { n: file.diagnostics.length })}
      >
        <p className="lead">{t('broken.text')}</p>
        <Findings diagnostics={file.diagnostics} />
      </div>
    </section>
  );
}
