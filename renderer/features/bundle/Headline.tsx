/** The verdict in one line over everything else, with a shape, a word and what it means. */
import type { ReactElement } from 'react';
import type { Verdict } from '../../../electron/contract/views.ts';
import { t, type MessageKey } from '../../i18n/t.ts';
import { overallOf, type Overall } from './verdictModel.ts';

const signs: Readonly<Record<Overall, string>> = { fails: '✗', doubt: '?', unwitnessed: '–', holds: '✓' };
const words: Readonly<Record<Overall, { readonly title: MessageKey; readonly text: MessageKey }>> = {
  fails: { title: 'overall.fails', text: 'overall.fails.text' },
  doubt: { title: 'overall.doubt', text: 'overall.doubt.text' },
  unwitnessed: { title: 'overall.unwitnessed', text: 'overall.unwitnessed.text' },
  holds: { title: 'overall.holds', text: 'overall.holds.text' },
};

export function Headline({ verdict }: { readonly verdict: Verdict }): ReactElement {
  const overall = overallOf(verdict);
  return (
    <p className={`headline headline--${overall}`} role="status">
      <span className="headline__sign" aria-hidden="true">
        {signs[overall]}
      </span>
      <b>{t(words[overall].title)}</b>
      <span>{t(words[overall].text)}</span>
    </p>
  );
}
