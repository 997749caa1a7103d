/** A person reports what they saw: the value itself, not a tick. */
import { useState, type ReactElement, type ReactNode } from 'react';
import type { AttestValue } from '../../../electron/contract/records.ts';
import type { AttestInput, AttestStep } from '../../../electron/contract/steps.ts';
import { judgeAttestation } from '../../../electron/domain/run/attestation.ts';
import { useCommand } from '../../app/commands.ts';
import { roleWords } from '../../format/describe.ts';
import { t } from '../../i18n/t.ts';
import { Button } from '../../ui/Button.tsx';
import { Field, Radios, Tick } from '../../ui/fields.tsx';
import { CardFrame } from './CardFrame.tsx';
import type { CardProps } from './cardContext.ts';
import { attestProblem } from './attestation.ts';

function emptyValue(input: AttestInput): AttestValue {
  switch (input.kind) {
    case 'text':
      return { kind: 'text', text: '' };
    case 'number':
      return { kind: 'number', number: '' };
    case 'choice':
      return { kind: 'choice', option: '' };
    case 'checklist':
      return { kind: 'checklist', ticked: [] };
  }
}

export function AttestBody(props: {
  readonly card: CardProps;
  readonly step: AttestStep;
  readonly children: ReactNode;
}): ReactElement {
  const { card, step } = props;
  const [value, setValue] = useState<AttestValue>(() => emptyValue(step.input));
  const [by, setBy] = useState('');
  const other = step.by !== 'operator';
  const problem =
    attestProblem(step.input, value) ??
    (other && by.trim() === '' ? t('attest.name', { role: t(roleWords[step.by]) }) : null);
  const why = card.barred ?? problem ?? '';
  const judged = judgeAttestation(step.input, value);
  const outside = why === '' && judged.ok && !judged.value;
  const confirm = (): void => {
    if (why !== '') return;
    card.send({ kind: 'attest', step: step.id, value, ...(other ? { by: by.trim() } : {}) });
  };
  useCommand('primary', confirm);
  return (
    <CardFrame
      card={card}
      who={
        <span className={outside ? 'warn' : 'why-not'} role="status">
          {outside ? t('attest.outside') : why}
        </span>
      }
      actions={
        <>
          <Button
            onPress={() => {
              card.onAsk('skip');
            }}
          >
            {t('skip')}
          </Button>
          <Button
            look="primary"
            className="button--confirm"
            keys="Alt+Enter"
            disabled={why !== ''}
            onPress={confirm}
          >
            {t('attest.confirm')}
          </Button>
        </>
      }
    >
      {props.children}
      <div className="person">
        <AttestFields input={step.input} value={value} onChange={setValue} />
        {other && (
          <Field
            label={t('attest.by', { role: t(roleWords[step.by]) })}
            value={by}
            maxLength={100}
            onChange={setBy}
          />
        )}
      </div>
    </CardFrame>
  );
}

function AttestFields(props: {
  readonly input: AttestInput;
  readonly value: AttestValue;
  readonly onChange: (value: AttestValue) => void;
}): ReactElement | null {
  const { input, value, onChange } = props;
  if (input.kind === 'text' && value.kind === 'text') {
    return (
      <Field
        label={input.label}
        value={value.text}
        maxLength={4000}
        onChange={(text) => {
          onChange({ kind: 'text', text });
        }}
      />
    );
  }
  if (input.kind === 'number' && value.kind === 'number') {
    const label =
      input.unit === undefined ? input.label : t('attest.unit', { label: input.label, unit: input.unit });
    return (
      <Field
        label={label}
        mono
        value={value.number}
        maxLength={40}
        help={rangeHelp(input)}
        onChange={(number) => {
          onChange({ kind: 'number', number: number.trim() });
        }}
      />
    );
  }
  if (input.kind === 'choice' && value.kind === 'choice') {
    return (
      <Radios
        label={input.label}
        value={value.option}
        options={input.options.map((id) => ({ id, title: id }))}
        onChange={(option) => {
          onChange({ kind: 'choice', option });
        }}
      />
    );
  }
  if (input.kind === 'checklist' && value.kind === 'checklist') {
    const ticked = new Set(value.ticked);
    return (
      <fieldset className="checklist">
        <legend>{t('attest.checklist', { n: ticked.size, of: input.items.length })}</legend>
        {input.items.map((item, index) => (
          <Tick
            key={item}
            on={ticked.has(index)}
            onChange={(on) => {
              onChange({
                kind: 'checklist',
                ticked: input.items.flatMap((_, i) => ((i === index ? on : ticked.has(i)) ? [i] : [])),
              });
            }}
          >
            {item}
          </Tick>
        ))}
      </fieldset>
    );
  }
  return null;
}

function rangeHelp(input: Extract<AttestInput, { kind: 'number' }>): string {
  if (input.min !== undefined && input.max !== undefined)
    return t('attest.between', { min: input.min, max: input.max });
  if (input.min !== undefined) return t('attest.at-least', { min: input.min });
  return input.max === undefined ? t('attest.number') : t('attest.at-most', { max: input.max });
}
