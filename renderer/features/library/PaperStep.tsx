/** One step on paper: a circle (a hold has a diamond) to strike through, what to do, and room for initials and time. */
import { Fragment, type ReactElement } from 'react';
import type { Expectation, Template } from '../../../electron/contract/runbook.ts';
import type { Step } from '../../../electron/contract/steps.ts';
import { channelWords, expectationWords, limitWords, roleWords } from '../../format/describe.ts';
import { visible } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { Markdown } from '../../ui/Markdown.tsx';
import { StepMark } from '../../ui/StepMark.tsx';
import { isVendorOpen } from '../run/VendorNote.tsx';

export function PaperStep({ step, n }: { readonly step: Step; readonly n: number }): ReactElement {
  return (
    <tr>
      <td className="paper__n">
        <StepMark state="waiting" kind={step.kind} /> {n}
      </td>
      <td>
        {step.caution !== undefined && (
          <div className="paper__caution">
            <b>{t('caution')}</b> <Markdown text={step.caution} inline />
          </div>
        )}
        <b>{step.title}</b>
        {step.when !== undefined && (
          <p className="paper__when">
            {t('doc.when')} <code>{step.when}</code>
          </p>
        )}
        {'by' in step && step.by !== 'operator' && (
          <p className="paper__on">{t('paper.by', { role: t(roleWords[step.by]) })}</p>
        )}
        {isVendorOpen(step) && step.vendorConfirm !== undefined && (
          <div className="paper__caution">
            <b>{t('paper.vendor')}</b> <Markdown text={step.vendorConfirm.what} inline />
          </div>
        )}
        <Activity step={step} />
      </td>
      <td />
      <td />
    </tr>
  );
}

function Activity({ step }: { readonly step: Step }): ReactElement | null {
  switch (step.kind) {
    case 'run':
    case 'observe':
      return (
        <>
          <Command on={step.on} run={step.run} />
          <Must expect={step.expect} />
        </>
      );
    case 'transfer':
      return <Command on={step.on} run={step.path} />;
    case 'attest':
      return step.input.kind === 'checklist' ? (
        <ul className="paper__ticks">
          {step.input.items.map((item) => (
            <li key={item}>{item}</li>
          ))}
        </ul>
      ) : (
        <p className="paper__fill">{t('paper.asks', { label: step.input.label })}</p>
      );
    case 'decide':
      return (
        <>
          <p>{step.question}</p>
          <ul className="paper__ticks" aria-label={t('paper.choose')}>
            {step.options.map((option) => (
              <li key={option.id}>{option.title}</li>
            ))}
          </ul>
        </>
      );
    case 'hold':
      return (
        <>
          {step.signers.map((role, index) => (
            <p key={index} className="paper__fill">
              {t('paper.sign', { role: t(roleWords[role]) })}
            </p>
          ))}
        </>
      );
    case 'wait':
      return <p>{step.for.map((part) => part.source).join(' + ')}</p>;
    case 'notify':
      return (
        <>
          <p>
            {t('paper.message', { channel: t(channelWords[step.channel]) })} · {t('notify.to')}{' '}
            {visible(step.to.source)}
          </p>
          {step.subject !== undefined && <p>{visible(step.subject.source)}</p>}
          <pre>{visible(step.body.source)}</pre>
        </>
      );
    case 'custodians':
      return (
        <>
          <Command on={step.on} run={step.run} />
          <Must expect={step.expect} />
          {Array.from({ length: step.needs }, (_, index) => (
            <p key={index} className="paper__fill">
              {t('paper.turn', { n: index + 1, of: step.needs })}
            </p>
          ))}
          <Command on={step.probe.on} run={step.probe.run} />
          <Must expect={step.probe.expect} />
        </>
      );
    case 'measure':
      return (
        <p className="paper__fill">
          {visible(step.from.source)} → {visible(step.to.source)}, {limitWords(step.limit)}:
        </p>
      );
  }
}

function Command({ on, run }: { readonly on: string; readonly run: Template }): ReactElement {
  return (
    <>
      <p className="paper__on">
        {t('doc.on')} {on}
      </p>
      <pre>{visible(run.source)}</pre>
    </>
  );
}

function Must({ expect }: { readonly expect: readonly Expectation[] }): ReactElement | null {
  if (expect.length === 0) return null;
  return (
    <p className="paper__must">
      {t('paper.must')}:{' '}
      {expect.map((each, index) => {
        const words = expectationWords(each);
        return (
          <Fragment key={each.label}>
            {index > 0 && '; '}
            {words.on} {words.must}
          </Fragment>
        );
      })}
    </p>
  );
}
