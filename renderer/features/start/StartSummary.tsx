/** What is about to happen: the plan's digest, when to stop, what people will be asked, how long it takes. */
import type { ReactElement } from 'react';
import type { LibraryEntry } from '../../../electron/contract/views.ts';
import type { Sha256 } from '../../../electron/contract/ids.ts';
import type { Step } from '../../../electron/contract/steps.ts';
import { holdWords, roleWords } from '../../format/describe.ts';
import { wordSpan } from '../../format/time.ts';
import { t } from '../../i18n/t.ts';
import { RiskPill, SectionTitle } from '../../ui/bits.tsx';
import { plannedMs } from '../run/model.ts';
import { StepMark } from '../../ui/StepMark.tsx';
import type { Policy } from '../../../electron/contract/plan.ts';
import { PolicyList } from './PolicyList.tsx';

export function StartSummary(props: {
  readonly entry: LibraryEntry;
  readonly digest: Sha256 | undefined;
  readonly problems: readonly string[];
  readonly policy: Policy | undefined;
}): ReactElement {
  const { runbook } = props.entry;
  const steps = runbook.phases.flatMap((phase) => phase.steps);
  const asked = steps.filter(
    (step) => step.kind === 'attest' || step.kind === 'decide' || step.kind === 'hold',
  );
  const dangerous = steps.filter((step) => step.risk === 'irreversible' || step.risk === 'disruptive');
  return (
    <aside className="start__summary" data-region tabIndex={0} aria-label={t('start.summary')}>
      {props.problems.length > 0 && (
        <section>
          <SectionTitle>{t('start.problems')}</SectionTitle>
          <ul className="bullets bullets--abort">
            {props.problems.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
        </section>
      )}
      <PolicyList policy={props.policy} />
      <section>
        <SectionTitle>{t('start.plan')}</SectionTitle>
        <dl className="defs">
          <dt>{t('start.plan.digest')}</dt>
          <dd className="mono digest">{props.digest ?? t('start.plan.pending')}</dd>
          <dt>{t('start.plan.runbook')}</dt>
          <dd className="mono digest">{props.entry.sha256}</dd>
          <dt>{t('start.plan.steps')}</dt>
          <dd>{t('start.plan.size', { n: steps.length, phases: runbook.phases.length })}</dd>
          <dt>{t('start.plan.time')}</dt>
          <dd>{wordSpan(plannedMs(runbook))}</dd>
        </dl>
      </section>
      {runbook.abort.length > 0 && (
        <section>
          <SectionTitle>{t('doc.abort')}</SectionTitle>
          <ul className="bullets bullets--abort">
            {runbook.abort.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
        </section>
      )}
      {dangerous.length > 0 && (
        <section>
          <SectionTitle>{t('start.dangerous')}</SectionTitle>
          <ul className="asked">
            {dangerous.map((step) => (
              <li key={step.id}>
                <StepMark state="waiting" kind={step.kind} />
                <span>{step.title}</span>
                <RiskPill risk={step.risk} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {asked.length > 0 && (
        <section>
          <SectionTitle>{t('start.asked')}</SectionTitle>
          <ul className="asked">
            {asked.map((step) => (
              <li key={step.id}>
                <StepMark state="waiting" kind={step.kind} />
                <span>{step.title}</span>
                <span className="dim">{whoIsAsked(step)}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </aside>
  );
}

function whoIsAsked(step: Step): string {
  switch (step.kind) {
    case 'hold':
      return t('start.hold-by', {
        hold: t(holdWords[step.hold]),
        roles: step.signers.map((role) => t(roleWords[role])).join(', '),
      });
    case 'custodians':
      return t('custodians.rule', { needs: step.needs, of: step.of });
    case 'attest':
    case 'decide':
    case 'notify':
      return t(roleWords[step.by]);
    case 'run':
    case 'observe':
    case 'transfer':
    case 'wait':
    case 'measure':
      return '';
  }
}
