/** Diagnostics of a runbook file: severity, place, words, remedy. */
import { Fragment, type ReactElement, type ReactNode } from 'react';
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
          <p>{coded(each.message)}</p>
          {each.hint !== undefined && <p className="finding__hint">{coded(each.hint)}</p>}
        </li>
      ))}
    </ul>
  );
}

/** What stands between backticks in the words of a rule is code. */
function coded(text: string): ReactNode {
  return text
    .split('`')
    .map((part, index, all) =>
      index % 2 === 1 && index < all.length - 1 ? (
        <code key={index}>{part}</code>
      ) : (
        <Fragment key={index}>{index % 2 === 1 ? `\`${part}` : part}</Fragment>
      ),
    );
}
