/** A hold: abort criteria again, the people who sign, and a word to type. Neither Enter nor Alt+Enter passes it. */
import { useState, type ReactElement, type ReactNode } from 'react';
import type { Runbook } from '../../../electron/contract/runbook.ts';
import type { HoldStep } from '../../../electron/contract/steps.ts';
import { holdWord } from '../../../electron/domain/run/people.ts';
import { roleWords } from '../../format/describe.ts';
import { t, type MessageKey } from '../../i18n/t.ts';
import { Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/fields.tsx';
import { CardFrame } from './CardFrame.tsx';
import type { CardProps } from './cardContext.ts';

export const holdMeans: Readonly<Record<HoldStep['hold'], MessageKey>> = {
  go: 'hold.go.text',
  verify: 'hold.verify.text',
  'point-of-no-return': 'hold.ponr.text',
};

export function HoldBody(props: {
  readonly card: CardProps;
  readonly step: HoldStep;
  readonly children: ReactNode;
}): ReactElement {
  const { card, step } = props;
  const others = step.signers.filter((role) => role !== 'operator');
  const [names, setNames] = useState<readonly string[]>(() => others.map(() => ''));
  const [word, setWord] = useState('');
  const wanted = holdWord(step.hold);
  const unnamed = others.find((_, index) => (names[index] ?? '').trim() === '');
  const why =
    card.barred ??
    (unnamed !== undefined
      ? t('attest.name', { role: t(roleWords[unnamed]) })
      : word.trim() !== wanted
        ? t('hold.type', { word: wanted })
        : '');
  return (
    <CardFrame
      card={card}
      who={
        <span className="why-not" role="status">
          {why}
        </span>
      }
      actions={
        <Button
          look="primary"
          className="button--hold"
          disabled={why !== ''}
          onPress={() => {
            card.send({
              kind: 'pass-hold',
              step: step.id,
              names: names.map((name) => name.trim()),
              word: word.trim(),
            });
          }}
        >
          {t('hold.pass')}
        </Button>
      }
    >
      <p className="hold__means">{t(holdMeans[step.hold])}</p>
      {props.children}
      <div className="hold">
        <AbortCriteria runbook={card.run.snapshot.runbook} />
        {/* Enter in these fields does nothing on purpose: passing takes the button. */}
        <div className="hold__people">
          <h3>{t('hold.people')}</h3>
          {step.signers.includes('operator') && (
            <p className="signed">{t('hold.operator', { name: card.run.snapshot.plan.operator.name })}</p>
          )}
          {others.map((role, index) => (
            <Field
              key={role}
              label={t('attest.by', { role: t(roleWords[role]) })}
              value={names[index] ?? ''}
              maxLength={100}
              onChange={(name) => {
                setNames(others.map((_, i) => (i === index ? name : (names[i] ?? ''))));
              }}
            />
          ))}
          <Field
            label={t('hold.word', { word: wanted })}
            mono
            noPaste
            value={word}
            maxLength={40}
            onChange={setWord}
          />
        </div>
      </div>
    </CardFrame>
  );
}

export function AbortCriteria({ runbook }: { readonly runbook: Runbook }): ReactElement | null {
  const { abort, rollback } = runbook;
  if (abort.length === 0) return null;
  return (
    <div className="hold__abort">
      <h3>{t('hold.abort')}</h3>
      <ul className="bullets bullets--abort">
        {abort.map((each) => (
          <li key={each}>{each}</li>
        ))}
      </ul>
      {rollback !== undefined && <p className="dim">{t('hold.rollback', { runbook: rollback })}</p>}
    </div>
  );
}
