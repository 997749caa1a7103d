/** A runbook as a document to be read before it is needed: everything the author wrote, in the order it will happen. */
import { Fragment, type ReactElement } from 'react';
import type { Diagnostic, Runbook, SourceRef } from '../../../electron/contract/runbook.ts';
import type { Step } from '../../../electron/contract/steps.ts';
import { formatRoute } from '../../app/router.ts';
import { holdWords, kindWords, parameterHelp, roleWords } from '../../format/describe.ts';
import { wordSpan } from '../../format/time.ts';
import { t } from '../../i18n/t.ts';
import { RiskPill, SectionTitle } from '../../ui/bits.tsx';
import { Markdown } from '../../ui/Markdown.tsx';
import { StepMark } from '../../ui/StepMark.tsx';
import { Findings } from './Findings.tsx';
import { StepContent } from './StepContent.tsx';
import { VendorNote } from '../run/VendorNote.tsx';

export function RunbookDocument({
  runbook,
  findings,
}: {
  readonly runbook: Runbook;
  readonly findings: readonly Diagnostic[];
}): ReactElement {
  const starts = phaseStarts(runbook);
  return (
    <article className="doc">
      <div className="lead">
        <Markdown text={runbook.summary} />
      </div>
      <Facts runbook={runbook} />
      {findings.length > 0 && (
        <section>
          <SectionTitle aside={findingsCount(findings)}>{t('doc.findings')}</SectionTitle>
          <Findings diagnostics={findings} />
        </section>
      )}
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
      <Inputs runbook={runbook} />
      {runbook.phases.map((phase, index) => (
        <section key={phase.id} className="doc__phase">
          <SectionTitle
            aside={
              phase.budgetMs === undefined ? undefined : t('doc.budget', { span: wordSpan(phase.budgetMs) })
            }
          >
            {phase.title}
          </SectionTitle>
          <ol className="doc__steps">
            {phase.steps.map((step, at) => (
              <StepEntry key={step.id} step={step} n={(starts[index] ?? 0) + at + 1} />
            ))}
          </ol>
        </section>
      ))}
    </article>
  );
}

export function findingsCount(findings: readonly Diagnostic[]): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  return t('doc.findings.count', { errors, warnings: findings.length - errors });
}

export function phaseStarts(runbook: Runbook): readonly number[] {
  return runbook.phases.map((_, index) =>
    runbook.phases.slice(0, index).reduce((sum, phase) => sum + phase.steps.length, 0),
  );
}

function Facts({ runbook }: { readonly runbook: Runbook }): ReactElement {
  const source = runbook.source === undefined ? null : sourceText(runbook.source);
  return (
    <dl className="facts">
      {runbook.downtime !== undefined && <Fact name={t('doc.downtime')}>{runbook.downtime}</Fact>}
      {runbook.objectives.rollbackMs !== undefined && (
        <Fact name={t('doc.rollback-time')}>{wordSpan(runbook.objectives.rollbackMs)}</Fact>
      )}
      {runbook.objectives.rtoMs !== undefined && (
        <Fact name={t('doc.rto')}>{wordSpan(runbook.objectives.rtoMs)}</Fact>
      )}
      {runbook.objectives.rpoMs !== undefined && (
        <Fact name={t('doc.rpo')}>{wordSpan(runbook.objectives.rpoMs)}</Fact>
      )}
      {runbook.rollback !== undefined && (
        <Fact name={t('doc.rollback')}>
          <a href={formatRoute({ place: 'library', id: runbook.rollback })}>{runbook.rollback}</a>
        </Fact>
      )}
      <Fact name={t('doc.roles')}>{runbook.roles.map((role) => t(roleWords[role])).join(', ')}</Fact>
      {source !== null && <Fact name={t('doc.source')}>{source}</Fact>}
    </dl>
  );
}

function Fact({
  name,
  children,
}: {
  readonly name: string;
  readonly children: React.ReactNode;
}): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function sourceText(source: SourceRef): string {
  if (source.section !== undefined && source.line !== undefined) {
    return t('source.full', { document: source.document, section: source.section, line: source.line });
  }
  if (source.section !== undefined)
    return t('source.section', { document: source.document, section: source.section });
  return source.line === undefined
    ? source.document
    : t('source.line', { document: source.document, line: source.line });
}

function Inputs({ runbook }: { readonly runbook: Runbook }): ReactElement {
  return (
    <div className="doc__inputs">
      <section className="doc__columns">
        <div>
          <SectionTitle>{t('doc.targets')}</SectionTitle>
          <dl className="defs">
            {runbook.targets.map((target) => (
              <Fragment key={target.name}>
                <dt>
                  <code>{target.name}</code>
                </dt>
                <dd>
                  {target.title}
                  {target.group === true && <span className="chip chip--quiet">{t('doc.group')}</span>}
                  {target.local === true && <span className="chip chip--hold">{t('doc.local')}</span>}
                  <span className="dim">{t('doc.identity', { n: target.identity.length })}</span>
                </dd>
              </Fragment>
            ))}
          </dl>
        </div>
        {runbook.variants.length > 0 && (
          <div>
            <SectionTitle>{t('doc.variants')}</SectionTitle>
            <dl className="defs">
              {runbook.variants.map((variant) => (
                <Fragment key={variant.name}>
                  <dt>
                    <code>{variant.name}</code>
                  </dt>
                  <dd>
                    {variant.title}
                    <span className="dim">{variant.options.map((option) => option.title).join(' · ')}</span>
                  </dd>
                </Fragment>
              ))}
            </dl>
          </div>
        )}
      </section>
      {runbook.parameters.length > 0 && (
        <section>
          <SectionTitle>{t('doc.parameters')}</SectionTitle>
          <dl className="params">
            {runbook.parameters.map((parameter) => (
              <div key={parameter.name}>
                <dt>
                  {parameter.title} <code>{parameter.name}</code>
                </dt>
                <dd>
                  {parameter.default === undefined
                    ? parameterHelp(parameter.type)
                    : t('doc.default', { value: parameter.default })}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      )}
    </div>
  );
}

function StepEntry({ step, n }: { readonly step: Step; readonly n: number }): ReactElement {
  return (
    <li className="doc__step" id={`step-${step.id}`}>
      <div className="doc__mark">
        <StepMark state="waiting" kind={step.kind} />
        <span className="tnum">{n}</span>
      </div>
      <div className="doc__main">
        <h3>
          {step.title}
          {step.kind === 'hold' ? <span className="chip chip--hold">{t(holdWords[step.hold])}</span> : null}
          {step.risk !== 'read' && <RiskPill risk={step.risk} />}
          {step.kind === 'run' && step.mode === 'detached' && (
            <span className="chip chip--detached">{t('detached.badge')}</span>
          )}
          <span className="doc__kind">{t(kindWords[step.kind])}</span>
        </h3>
        {step.caution !== undefined && (
          <div className="caution">
            <b>{t('caution')}</b>
            <Markdown text={step.caution} inline />
          </div>
        )}
        {step.why !== undefined && <Markdown text={step.why} />}
        <VendorNote step={step} />
        <StepContent step={step} />
        {step.note !== undefined && (
          <div className="note">
            <b>{t('note')}</b>
            <Markdown text={step.note} inline />
          </div>
        )}
        <p className="doc__foot">
          {step.plannedMs !== undefined && <span>{t('planned', { span: wordSpan(step.plannedMs) })}</span>}
          {step.when !== undefined && (
            <span>
              {t('doc.when')} <code>{step.when}</code>
            </span>
          )}
          {step.source !== undefined && <span>{sourceText(step.source)}</span>}
          {step.part !== undefined && (
            <span>
              <a href={formatRoute({ place: 'library', id: step.part.runbook })}>
                {t('part.step', { step: step.part.step, runbook: step.part.title })}
              </a>
            </span>
          )}
        </p>
      </div>
    </li>
  );
}
