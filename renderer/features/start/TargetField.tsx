/** Where one target is: its address, how it would be reached, and what is seldom needed behind a disclosure. */
import { useId, useState, type ReactElement } from 'react';
import type { Target } from '../../../electron/contract/runbook.ts';
import { t } from '../../i18n/t.ts';
import { Disclosure } from '../../ui/Disclosure.tsx';
import { Field } from '../../ui/fields.tsx';
import type { RouteAnswer, TargetFields } from './address.ts';
import { RouteView } from './RouteView.tsx';

export function TargetField(props: {
  readonly target: Target;
  readonly fields: TargetFields;
  readonly answer: RouteAnswer | undefined;
  readonly errorOf: (field: string) => string | undefined;
  readonly onChange: (part: keyof TargetFields, value: string) => void;
}): ReactElement {
  const { target, fields, errorOf, onChange } = props;
  const name = `targets.${target.name}`;
  return (
    <div className="target">
      <Field
        label={target.title}
        mark={t('required')}
        mono
        placeholder={t('start.target.placeholder')}
        value={fields.text}
        help={t('start.target.help', { n: target.identity.length })}
        error={errorOf(name)}
        onChange={(text) => {
          onChange('text', text);
        }}
      />
      <RouteView answer={props.answer} />
      <Advanced
        open={fields.via !== '' || fields.pins !== '' || fields.legacy !== ''}
        title={t('start.advanced', { target: target.title })}
      >
        <ViaField
          value={fields.via}
          error={errorOf(`${name}.via`)}
          onChange={(via) => {
            onChange('via', via);
          }}
        />
        <Field
          label={t('start.pins')}
          mono
          value={fields.pins}
          help={t('start.pins.help')}
          error={errorOf(`${name}.pins`)}
          onChange={(pins) => {
            onChange('pins', pins);
          }}
        />
        <LegacyField
          value={fields.legacy}
          error={errorOf(`${name}.legacy`)}
          onChange={(legacy) => {
            onChange('legacy', legacy);
          }}
        />
      </Advanced>
    </div>
  );
}

interface OneField {
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}

export function ViaField({ value, error, onChange }: OneField): ReactElement {
  return (
    <Field
      label={t('start.via')}
      mono
      value={value}
      help={t('start.via.help')}
      error={error}
      onChange={onChange}
    />
  );
}

export function LegacyField({ value, error, onChange }: OneField): ReactElement {
  return (
    <Field
      label={t('start.legacy')}
      value={value}
      maxLength={4000}
      help={t('start.legacy.help')}
      error={error}
      onChange={onChange}
    />
  );
}

export function Advanced(props: {
  readonly open: boolean;
  readonly title: string;
  readonly children: React.ReactNode;
}): ReactElement {
  // What is filled in is never hidden: the disclosure begins open then.
  const [open, setOpen] = useState(props.open);
  const id = useId();
  return (
    <Disclosure id={id} title={props.title} open={open} onToggle={setOpen}>
      <div className="grid2">{props.children}</div>
    </Disclosure>
  );
}
