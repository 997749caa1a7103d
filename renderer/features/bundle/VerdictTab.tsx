/** What the verifier found, what it rests on, and who signed. */
import type { ReactElement } from 'react';
import type { BundleView } from '../../../electron/contract/views.ts';
import { visible } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { SectionTitle } from '../../ui/bits.tsx';
import { Timeline } from '../evidence/Timeline.tsx';
import { VerdictLines } from '../evidence/VerdictLines.tsx';

export function VerdictTab({ bundle }: { readonly bundle: BundleView }): ReactElement {
  return (
    <div className="bundle__scroll evidence" tabIndex={0} role="region" aria-label={t('bundle.tab.verdict')}>
      <VerdictLines verdict={bundle.verdict} />
      <section>
        <SectionTitle>{t('bundle.signers')}</SectionTitle>
        {bundle.signatures.length === 0 ? (
          <p className="bad">{t('bundle.no-signature')}</p>
        ) : (
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t('evidence.role')}</th>
                <th scope="col">{t('evidence.principal')}</th>
                <th scope="col">{t('evidence.key')}</th>
              </tr>
            </thead>
            <tbody>
              {bundle.signatures.map((each, index) => (
                <tr key={index}>
                  <td>{each.role}</td>
                  {each.principal === '' ? (
                    <td className="bad">{t('bundle.unlisted')}</td>
                  ) : (
                    <td className="mono">{visible(each.principal)}</td>
                  )}
                  <td className="mono">
                    {t('evidence.key.value', { type: each.keyType, fingerprint: each.fingerprint })}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>
      {bundle.snapshot !== undefined && <Timeline snapshot={bundle.snapshot} />}
      <section>
        <SectionTitle>{t('bundle.facts')}</SectionTitle>
        <dl className="defs">
          <dt>{t('bundle.run')}</dt>
          <dd className="mono">{visible(bundle.verdict.runId ?? '—')}</dd>
          <dt>{t('bundle.sha256')}</dt>
          <dd className="mono">{bundle.sha256}</dd>
        </dl>
      </section>
    </div>
  );
}
