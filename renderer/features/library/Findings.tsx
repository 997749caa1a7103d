/** Diagnostics of a runbook file: severity, place, words, remedy. */
import type { ReactElement } from 'react';
import type { Diagnostic } from '../../../electron/contract/runbook.ts';
import { t } from '../../i18n/t.ts';

export function Findings({ diagnostics }: { readonly diagnostics: readonly Diagnostic[] }): ReactElement {
  return (
    <ul className="findings">
      {diagnostics.map((each, index) => (
        <li
          key={`${each.file}:${String(each.line)}:${String(index)}`}
          className={`finding finding--${each.severity}`}
        >
          <p className="finding__head">
            <b>{t(each.severity === 'error' ? 'finding.error' : 'finding.warning')}</b>
            <code>
              {t('finding.place', {
                file: each.file.split('/').at(-1) ?? each.file,
                line: each.line,
                column: each.column,
              })}
            </code>
            <code className="dim">{each.rule}</code>
          </p>
          <p>{each.message}</p>
          {each.hint !== undefined && <p className="finding__hint">{each.hint}</p>}
        </li>
      ))}
    </ul>
  );
}
