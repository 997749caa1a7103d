/** What a plan says will be done, for whoever is asked to approve it. Every value of the plan, none left out. */
import type { ReactElement } from 'react';
import type { Sha256 } from '../../../electron/contract/ids.ts';
import type { Plan } from '../../../electron/contract/plan.ts';
import { stamp } from '../../format/time.ts';
import { addressText, placeText, visible } from '../../format/units.ts';
import { t, type MessageKey } from '../../i18n/t.ts';
import { SectionTitle } from '../../ui/bits.tsx';
import { Fingerprint } from '../../ui/Fingerprint.tsx';
import { policySentences } from '../people/policyWords.ts';

export function PlanFacts(props: { readonly plan: Plan; readonly planSha256: Sha256 }): ReactElement {
  const { plan } = props;
  const { change } = plan;
  const sentences = policySentences(plan.policy);
  const secrets = new Set<string>(plan.secrets ?? []);
  return (
    <section>
      <SectionTitle>{t('plans.plan')}</SectionTitle>
      <dl className="defs">
        <Fact label={t('request.runbook')}>
          {t('request.runbook.value', plan.runbook)} <code>{plan.runbook.sha256}</code>
        </Fact>
        {plan.sources?.map(({ kind, id, version, sha256 }) => (
          <Fact key={`${kind} ${id}`} label={t('plans.source', { kind: t(sourceWords[kind]), id })}>
            {t('version', { version: visible(version) })} <code>{sha256}</code>
          </Fact>
        ))}
        {plan.release !== undefined && (
          <Fact label={t('release.title')}>
            <b>{visible(plan.release.principal)}</b> <Fingerprint value={plan.release.fingerprint} />
            <code>{plan.release.sha256}</code>
          </Fact>
        )}
        <Fact label={t('start.plan.digest')}>
          <code>{props.planSha256}</code>
        </Fact>
        <Fact label={t('start.ticket')}>{visible(change.ticket)}</Fact>
        <Fact label={t('start.reason')}>{visible(change.reason)}</Fact>
        <Fact label={t('start.impact')}>{visible(change.securityImpact ?? t('plans.unsaid'))}</Fact>
        <Fact label={t('start.fallback')}>{visible(change.fallback ?? t('plans.unsaid'))}</Fact>
        <Fact label={t('start.window')}>
          {plan.window === undefined
            ? t('plans.no-window')
            : t('plans.window', { from: stamp(plan.window.from), to: stamp(plan.window.to) })}
        </Fact>
        {Object.entries(plan.targets)
          .filter(
            ([name]) => !Object.values(plan.groups ?? {}).some((list) => list.some((each) => each === name)),
          )
          .map(([name, address]) => (
            <Fact key={name} label={t('plans.target', { name })}>
              <span className="mono">{addressText(address)}</span>
              {address.kind === 'ssh' && address.via !== undefined && (
                <span>{t('plans.via', { hops: address.via.map(placeText).join(', ') })}</span>
              )}
              {address.kind === 'ssh' && address.anchor === true && <span>{t('plans.anchor')}</span>}
              {address.kind === 'ssh' && address.legacy !== undefined && (
                <span className="warn">{t('shell.legacy', { reason: visible(address.legacy) })}</span>
              )}
            </Fact>
          ))}
        {Object.entries(plan.groups ?? {}).map(([name, members]) => (
          <Fact key={name} label={t('plans.target', { name })}>
            <details>
              <summary>{t('group.count', { n: members.length })}</summary>
              <ul className="mono">
                {members.map((member) => {
                  const address = plan.targets[member];
                  return (
                    <li key={member}>
                      {member} {address === undefined ? '' : addressText(address)}
                    </li>
                  );
                })}
              </ul>
            </details>
          </Fact>
        ))}
        {Object.entries({ ...plan.variants, ...plan.parameters }).map(([name, value]) => (
          <Fact key={name} label={<code>{name}</code>}>
            <span className="mono">{visible(value)}</span>
          </Fact>
        ))}
        {[...secrets].map((name) => (
          <Fact key={name} label={<code>{name}</code>}>
            {t('plans.secret')}
          </Fact>
        ))}
      </dl>
      {sentences.length > 0 && (
        <>
          <SectionTitle>{t('policy.must')}</SectionTitle>
          <ul className="bullets">
            {sentences.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

const sourceWords = {
  main: 'plans.source.main',
  called: 'plans.source.called',
  overlay: 'plans.source.overlay',
} as const satisfies Readonly<Record<NonNullable<Plan['sources']>[number]['kind'], MessageKey>>;

function Fact(props: { readonly label: React.ReactNode; readonly children: React.ReactNode }): ReactElement {
  return (
    <div className="defs__row">
      <dt>{props.label}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}
