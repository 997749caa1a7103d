/** Two texts as one, with what only one of them has marked: what differs and a little around it. */
import type { ReactElement } from 'react';
import { t } from '../../i18n/t.ts';
import { diffRows, lineDiff } from './lineDiff.ts';

/** Rows that are shown. */
const MOST_ROWS = 500;

/** The lines of a text; a newline at its end begins none. */
export function splitLines(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/** `sides`: what the left and the right one are called. */
export function DiffLines(props: {
  readonly title: string;
  readonly left: string;
  readonly right: string;
  readonly sides: readonly [string, string];
}): ReactElement {
  const lines = lineDiff(splitLines(props.left), splitLines(props.right));
  if (lines.every((line) => line.kind === 'same')) {
    return <p className="dim">{t('compare.output.same', { n: lines.length })}</p>;
  }
  const { rows, more } = diffRows(lines, MOST_ROWS);
  return (
    <div className="diff" tabIndex={0} role="region" aria-label={props.title}>
      {rows.map((row, index) =>
        row.kind === 'hidden' ? (
          <p key={index} className="diff__hidden">
            {t('compare.output.hidden', { n: row.lines })}
          </p>
        ) : (
          <p key={index} className={`diff__line diff__line--${row.kind}`}>
            <span className="diff__sign">
              {row.kind === 'same' ? ' ' : row.kind === 'left' ? '−' : '+'}
              {row.kind !== 'same' && (
                <span className="sr-only">{props.sides[row.kind === 'left' ? 0 : 1]}</span>
              )}
            </span>
            <span>{row.text}</span>
          </p>
        ),
      )}
      {more && <p className="diff__hidden">{t('compare.output.more')}</p>}
    </div>
  );
}
