/** What a ceremony on paper needs around its steps: who takes part, what did not go as written, and signatures. Left blank. */
import type { ReactElement } from 'react';
import type { Role, Runbook } from '../../../electron/contract/runbook.ts';
import type { Step } from '../../../electron/contract/steps.ts';
import { roleWords } from '../../format/describe.ts';
import { t } from '../../i18n/t.ts';

/** Lines for exceptions: a page of them is more than a run that is still worth going on with. */
const EXCEPTIONS = 8;

/** Each role as often as one step asks for different people of it, in the order of the runbook. */
export function participantsOf({ roles, phases }: Pick<Runbook, 'roles' | 'phases'>): readonly Role[] {
  const steps = phases.flatMap((phase) => phase.steps);
  return roles.flatMap((role) => {
    const most = Math.max(1, ...steps.map((step) => peopleAt(step, role)));
    return Array.from({ length: most }, () => role);
  });
}

function peopleAt(step: Step, role: Role): number {
  if (step.kind === 'custodians') return role === 'custodian' ? step.of : 0;
  return step.kind === 'hold' ? step.signers.filter((signer) => signer === role).length : 0;
}

export function PaperParticipants({ roles }: { readonly roles: readonly Role[] }): ReactElement {
  return (
    <section>
      <h2>{t('paper.participants')}</h2>
      <table className="paper__form">
        <thead>
          <tr>
            <th scope="col" className="paper__part">
              {t('paper.part')}
            </th>
            <th scope="col">{t('paper.name')}</th>
            <th scope="col">{t('paper.proved')}</th>
            <th scope="col" className="paper__initials">
              {t('paper.initials')}
            </th>
          </tr>
        </thead>
        <tbody>
          {roles.map((role, index) => (
            <tr key={index}>
              <td>{t(roleWords[role])}</td>
              <td />
              <td />
              <td />
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export function PaperExceptions(): ReactElement {
  return (
    <section>
      <h2>{t('paper.exceptions')}</h2>
      <table className="paper__form">
        <thead>
          <tr>
            <th scope="col" className="paper__n">
              {t('paper.step')}
            </th>
            <th scope="col">{t('paper.exception')}</th>
            <th scope="col" className="paper__initials">
              {t('paper.initials')}
            </th>
            <th scope="col" className="paper__time">
              {t('paper.time')}
            </th>
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: EXCEPTIONS }, (_, index) => (
            <tr key={index}>
              <td />
              <td />
              <td />
              <td />
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export function PaperSignatures({ roles }: { readonly roles: readonly Role[] }): ReactElement {
  return (
    <section className="paper__sign">
      <h2>{t('paper.signatures')}</h2>
      <p>{t('paper.declaration')}</p>
      <table className="paper__form">
        <thead>
          <tr>
            <th scope="col" className="paper__part">
              {t('paper.part')}
            </th>
            <th scope="col">{t('paper.name')}</th>
            <th scope="col">{t('paper.signature')}</th>
            <th scope="col" className="paper__at">
              {t('paper.date-time')}
            </th>
          </tr>
        </thead>
        <tbody>
          {roles.map((role, index) => (
            <tr key={index}>
              <td>{t(roleWords[role])}</td>
              <td />
              <td />
              <td />
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
