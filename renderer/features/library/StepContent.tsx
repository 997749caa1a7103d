/** What a step of a runbook consists of, by its kind, before any values are known. */
import type { ReactElement } from 'react';
import type { Expectation, Template, Undo } from '../../../electron/contract/runbook.ts';
import type { Step } from '../../../electron/contract/steps.ts';
import { formatRoute } from '../../app/router.ts';
import {
  channelWords,
  detacherWords,
  expectationWords,
  fanOutWords,
  limitWords,
  roleWords,
} from '../../format/describe.ts';
import { visible } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { watchWords } from '../run/fill.ts';
import { TransferPlan } from '../run/TransferParts.tsx';
import { WaitsFor } from '../run/WaitBody.tsx';

export function StepContent({ step }: { readonly step: Step }): ReactElement | null {
  switch (step.kind) {
    case 'run':
      return (
        <>
          <CommandBlock on={step.on} run={step.run} />
          {step.fanOut !== undefined && <p className="dim">{fanOutWords(step.fanOut)}</p>}
          {step.mode === 'detached' && <p className="dim">{t(detacherWords[step.detacher ?? 'shell'])}</p>}
          <Expectations expect={step.expect} />
          {step.dryRun !== undefined && (
            <div className="doc__twin">
              <p>
                <b>{t('dry.title')}.</b> <span className="dim">{t('dry.means')}</span>
              </p>
              <CommandBlock on={step.on} run={step.dryRun.run} />
            </div>
          )}
          {step.undo !== undefined && <UndoOf undo={step.undo} />}
        </>
      );
    case 'observe':
      return (
        <>
          <CommandBlock on={step.on} run={step.run} />
          <p className="dim">{watchWords(step, {})}</p>
          <Expectations expect={step.expect} />
        </>
      );
    case 'transfer':
      return <TransferPlan step={step} />;
    case 'attest':
      return step.input.kind === 'checklist' ? (
        <ul className="bullets">
          {step.input.items.map((item) => (
            <li key={item}>{item}</li>
          ))}
        </ul>
      ) : (
        <p className="dim">{t('attest.asks', { role: t(roleWords[step.by]), label: step.input.label })}</p>
      );
    case 'decide':
      return (
        <>
          <p>{step.question}</p>
          <ul className="bullets">
            {step.options.map((option) => (
              <li key={option.id}>{option.title}</li>
            ))}
          </ul>
        </>
      );
    case 'hold':
      return (
        <p className="dim">
          {t('hold.signers', { roles: step.signers.map((role) => t(roleWords[role])).join(', ') })}
        </p>
      );
    case 'wait':
      return <WaitsFor step={step} values={{}} />;
    case 'notify':
      return (
        <div className="message">
          <dl className="message__head">
            <dt>{t('notify.channel')}</dt>
            <dd>{t(channelWords[step.channel])}</dd>
            <dt>{t('notify.to')}</dt>
            <dd>
              <Parts of={step.to} />
            </dd>
            {step.subject !== undefined && (
              <>
                <dt>{t('notify.subject')}</dt>
                <dd>
                  <Parts of={step.subject} />
                </dd>
              </>
            )}
          </dl>
          <pre className="message__body" tabIndex={0} aria-label={t('notify.body')}>
            <Parts of={step.body} />
          </pre>
        </div>
      );
    case 'custodians':
      return (
        <>
          <p>
            {t('custodians.rule', { needs: step.needs, of: step.of })}. {t('custodians.kept')}
          </p>
          <CommandBlock on={step.on} run={step.run} />
          <Expectations expect={step.expect} />
          <CommandBlock on={step.probe.on} run={step.probe.run} />
          <Expectations expect={step.probe.expect} />
        </>
      );
    case 'measure':
      return (
        <dl className="taken">
          <dt>{t('measure.from')}</dt>
          <dd>
            <Parts of={step.from} />
          </dd>
          <dt>{t('measure.to')}</dt>
          <dd>
            <Parts of={step.to} />
          </dd>
          <dt>{t('measure.limit')}</dt>
          <dd>{limitWords(step.limit)}</dd>
        </dl>
      );
  }
}

function UndoOf({ undo }: { readonly undo: Undo }): ReactElement {
  if (undo.kind === 'runbook') {
    return (
      <p>
        {t('doc.undo')}{' '}
        <a href={formatRoute({ place: 'library', id: undo.runbook })}>
          {t('undo.runbook', { runbook: undo.runbook })}
        </a>
      </p>
    );
  }
  return (
    <div className="doc__twin">
      <p>
        {t('doc.undo')} <b>{undo.title}</b>
      </p>
      <CommandBlock on={undo.on} run={undo.run} />
    </div>
  );
}

export function CommandBlock({ on, run }: { readonly on: string; readonly run: Template }): ReactElement {
  return (
    <div className="send">
      <div className="send__to">
        {t('doc.on')} <b>{on}</b>
      </div>
      <pre tabIndex={0}>
        <code>
          <Parts of={run} />
        </code>
      </pre>
    </div>
  );
}

/** A text with the places where values will stand. */
export function Parts({ of }: { readonly of: Template }): ReactElement {
  return (
    <>
      {of.parts.map((part, index) =>
        part.kind === 'text' ? (
          visible(part.text)
        ) : (
          <span key={index} className="value">
            {t('template.ref', { name: part.name })}
          </span>
        ),
      )}
    </>
  );
}

export function Expectations({ expect }: { readonly expect: readonly Expectation[] }): ReactElement {
  return (
    <ul className="expect">
      {expect.map((each) => {
        const words = expectationWords(each);
        return (
          <li key={each.label}>
            <b>{words.on}</b> {words.must}
          </li>
        );
      })}
    </ul>
  );
}
