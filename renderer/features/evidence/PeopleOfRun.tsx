/** Who has signed what of a run: seal, operator, approvers, signers of holds, reviewers. */
import type { ReactElement } from 'react';
import type { EvidenceView } from '../../../electron/contract/views.ts';
import { stamp } from '../../format/time.ts';
import { visible } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { SectionTitle } from '../../ui/bits.tsx';
import { Fingerprint } from '../../ui/Fingerprint.tsx';
import { policySentences } from '../people/policyWords.ts';
import { signingRoleWords } from '../requests/statementWords.ts';

export function SignatureTable({
  signatures,
}: {
  readonly signatures: EvidenceView['signatures'];
}): ReactElement {
  return (
    <section>
      <SectionTitle>{t('evidence.signatures')}</SectionTitle>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t('evidence.role')}</th>
            <th scope="col">{t('evidence.principal')}</th>
            <th scope="col">{t('evidence.key')}</th>
          </tr>
        </thead>
        <tbody>
          {signatures.map((each) => (
            <tr key={`${each.role}:${each.fingerprint}`}>
              <td className="short">
                {each.role === 'seal' ? t('evidence.seal') : t(signingRoleWords[each.role])}
              </td>
              <td className="mono who">{each.principal}</td>
              <td>
                <span className="mono">{each.keyType}</span> <Fingerprint value={each.fingerprint} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export function ReviewTable({ reviews }: { readonly reviews: EvidenceView['reviews'] }): ReactElement | null {
  if (reviews.length === 0) return null;
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">{t('review.verdict')}</th>
          <th scope="col">{t('evidence.principal')}</th>
          <th scope="col">{t('review.comment')}</th>
          <th scope="col">{t('review.at')}</th>
          <th scope="col">{t('evidence.key')}</th>
        </tr>
      </thead>
      <tbody>
        {reviews.map((each) => (
          <tr key={`${each.fingerprint}:${each.at}`}>
            <td className={each.verdict === 'accepted' ? 'ok short' : 'bad short'}>
              {t(each.verdict === 'accepted' ? 'review.accepted' : 'review.rejected')}
            </td>
            <td className="mono who">{each.principal}</td>
            <td>{visible(each.comment)}</td>
            <td className="tnum when">{stamp(each.at)}</td>
            <td>
              <Fingerprint value={each.fingerprint} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What the plan demanded of this evidence, and what of it people still have to give after the run. */
export function DemandedOfRun({ evidence }: { readonly evidence: EvidenceView }): ReactElement | null {
  const { policy, reviews } = evidence;
  const sentences = policySentences(policy);
  const accepted = reviews.filter((each) => each.verdict === 'accepted').length;
  const open = policySentences({
    ...(evidence.timestamp === undefined && policy.timestamp !== undefined
      ? { timestamp: policy.timestamp }
      : {}),
    ...(accepted < (policy.reviews ?? 0) ? { reviews: policy.reviews ?? 0 } : {}),
  });
  if (sentences.length === 0) return null;
  return (
    <section>
      <SectionTitle>{t('evidence.policy')}</SectionTitle>
      <ul className="bullets">
        {sentences.map((each) => (
          <li key={each}>
            {each} {open.includes(each) && <b className="warn">{t('evidence.demand.open')}</b>}
          </li>
        ))}
      </ul>
    </section>
  );
}
