/** Three lines: intact and attributed, consistent, witnessed. Each with what it rests on and what it does not prove. */
import type { ReactElement } from 'react';
import type { Verdict } from '../../../electron/contract/views.ts';
import { t, type MessageKey } from '../../i18n/t.ts';
import { SectionTitle } from '../../ui/bits.tsx';

type Level = 'l1' | 'l2' | 'l3';
const levels: readonly { readonly id: Level; readonly title: MessageKey; readonly not: MessageKey }[] = [
  { id: 'l1', title: 'verdict.l1', not: 'verdict.l1.not' },
  { id: 'l2', title: 'verdict.l2', not: 'verdict.l2.not' },
  { id: 'l3', title: 'verdict.l3', not: 'verdict.l3.not' },
];
const words: Readonly<Record<Verdict['l1'] | Verdict['l2'] | Verdict['l3'], MessageKey>> = {
  holds: 'verdict.holds',
  fails: 'verdict.fails',
  'not-checked': 'verdict.not-checked',
  none: 'verdict.none',
};
const marks: Readonly<Record<keyof typeof words, string>> = {
  holds: '✓',
  fails: '✗',
  'not-checked': '–',
  none: '–',
};

/** What a level does not prove; nothing where it was not reached, so that nobody reads a proof into it. */
function limitOf(level: (typeof levels)[number], verdict: Verdict): MessageKey | null {
  const outcome = verdict[level.id];
  if (outcome === 'none') return level.not;
  if (outcome !== 'holds') return null;
  return level.id === 'l3' ? 'verdict.l3.holds' : level.not;
}

export function VerdictLines({ verdict }: { readonly verdict: Verdict }): ReactElement {
  return (
    <section>
      <SectionTitle aside={t('verdict.aside', { records: verdict.records, files: verdict.files })}>
        {t('verdict.title')}
      </SectionTitle>
      <ul className="verdict">
        {levels.map((level) => (
          <li key={level.id} className={`verdict__line verdict__line--${verdict[level.id]}`}>
            <span className="verdict__mark" aria-hidden="true">
              {marks[verdict[level.id]]}
            </span>
            <div>
              <p className="verdict__name">
                <b>{t(level.title)}</b> <span>{t(words[verdict[level.id]])}</span>
              </p>
              {verdict.rests[level.id].length > 0 && <p>{verdict.rests[level.id].join(' · ')}</p>}
              {limitOf(level, verdict) !== null && (
                <p className="dim">{t(limitOf(level, verdict) ?? level.not)}</p>
              )}
            </div>
          </li>
        ))}
      </ul>
      {verdict.findings.length > 0 && (
        <ul className="findings">
          {verdict.findings.map((finding) => (
            <li key={`${finding.id}:${finding.place}`} className="finding finding--error">
              <p className="finding__head">
                <b>{finding.level}</b>
                <code>{finding.place}</code>
                <code className="dim">{finding.id}</code>
              </p>
              <p>{finding.message}</p>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
