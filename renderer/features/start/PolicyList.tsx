/** What the run will have to satisfy, in sentences; the stricter of the site's policy and the runbook's. */
import type { ReactElement } from 'react';
import type { Policy } from '../../../electron/contract/plan.ts';
import { t } from '../../i18n/t.ts';
import { SectionTitle } from '../../ui/bits.tsx';
import { policySentences } from '../people/policyWords.ts';

export function PolicyList({ policy }: { readonly policy: Policy | undefined }): ReactElement | null {
  if (policy === undefined) return null;
  const sentences = policySentences(policy);
  return (
    <section>
      <SectionTitle>{t('policy.must')}</SectionTitle>
      {sentences.length === 0 ? (
        <p className="dim">{t('policy.nothing')}</p>
      ) : (
        <ul className="bullets">
          {sentences.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      )}
    </section>
  );
}
