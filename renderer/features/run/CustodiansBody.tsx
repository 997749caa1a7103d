/**
 * Custodians, one after the other, each in a terminal of which nothing is kept; then the check whether together they had
 * their effect. Who has had a turn is the record's word, never the page's.
 */
import { useState, type ReactElement, type ReactNode } from 'react';
import type { CustodiansStep } from '../../../electron/contract/steps.ts';
import { dispatch, useCommand } from '../../app/commands.ts';
import { t } from '../../i18n/t.ts';
import { FailureNote } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/fields.tsx';
import { useArmed } from '../../ui/useArmed.ts';
import { CardFrame } from './CardFrame.tsx';
import type { CardProps } from './cardContext.ts';
import { ExpectChips, SentCommand } from './Command.tsx';
import { custodiansNow, nameProblem } from './custodians.ts';
import { linkOf } from './model.ts';
import { readiness } from './readiness.ts';
import { Turns, NothingKept } from './Turns.tsx';
import { usePreview } from './usePreview.ts';
import { isVendorOpen, VendorNote } from './VendorNote.tsx';

export function CustodiansBody(props: {
  readonly card: CardProps;
  readonly step: CustodiansStep;
  readonly children: ReactNode;
}): ReactElement {
  const { card, step } = props;
  const { run, view } = card;
  const { done, complete } = custodiansNow(view, step);
  const [name, setName] = useState('');
  const on = complete ? step.probe.on : step.on;
  const target = run.state.targets[on];
  const link = linkOf(run.links, on);
  const moved = `${String(view.attempts.length)}:${String(target?.connected)}:${String(complete)}`;
  const of = complete ? 'probe' : 'custodian';
  const { preview, failure } = usePreview(run.runId, step.id, moved, of);
  const armed = useArmed();
  const open = isVendorOpen(step);
  const barred = card.barred ?? (open ? t('vendor.not-runnable') : null);
  const ready = readiness({ barred, target, link, preview, typed: preview?.confirm ?? '' });
  const problem = complete ? null : nameProblem(name, done, run.state.operator);
  const can = armed && (ready.kind === 'connect' || (ready.kind === 'run' && problem === null));

  const act = (): void => {
    if (!can) return;
    if (ready.kind === 'connect') card.send({ kind: 'connect', target: on });
    else if (complete) card.send({ kind: 'probe', step: step.id });
    else if (preview !== null) {
      card.send({ kind: 'custodian', step: step.id, name: name.trim(), seen: preview.sha256 });
      dispatch('terminal');
    }
  };
  useCommand('primary', act);
  return (
    <CardFrame
      card={card}
      who={
        <span className="why-not" role="status">
          {ready.kind === 'run' ? (problem ?? (complete ? '' : t('custodians.begin.help'))) : ready.why}
        </span>
      }
      primary={
        <Button look="primary" className="button--run" keys="Alt+Enter" disabled={!can} onPress={act}>
          {t(ready.kind === 'connect' ? 'connect' : complete ? 'custodians.check' : 'custodians.begin')}
        </Button>
      }
    >
      {props.children}
      <VendorNote step={step} />
      <Turns view={view} step={step} />
      {complete ? <p className="lead">{t('custodians.done', { n: step.needs })}</p> : <NothingKept />}
      {!complete && !open && (
        <div className="person">
          <Field
            label={t('custodians.name', { n: done.length + 1, of: step.needs })}
            value={name}
            maxLength={100}
            onChange={setName}
          />
        </div>
      )}
      {failure !== null && <FailureNote failure={failure} />}
      {preview !== null && <SentCommand preview={preview} />}
      {preview !== null && <ExpectChips expect={preview.expect} checks={[]} />}
    </CardFrame>
  );
}
