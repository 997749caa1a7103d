/** Form fields with label, help and error in one shape. Errors stand under the field they belong to. */
import type { ReactElement, ReactNode } from 'react';
import {
  Button as AriaButton,
  CheckboxButton,
  CheckboxField,
  FieldError,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  RadioButton,
  RadioField,
  RadioGroup,
  Select,
  SelectValue,
  SwitchButton,
  SwitchField,
  Text,
  TextArea,
  TextField,
} from 'react-aria-components';
import { Icon } from './icons.tsx';

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly help?: ReactNode;
  readonly error?: string | undefined;
  readonly required?: boolean;
  readonly mono?: boolean;
  readonly multiline?: boolean;
  readonly type?: 'text' | 'password';
  readonly placeholder?: string;
  readonly autoFocus?: boolean;
  readonly noPaste?: boolean;
  readonly mark?: string;
  readonly maxLength?: number;
  /** Label for screen readers only: in rows that have a heading of their own. */
  readonly bare?: boolean;
}

export function Field(props: FieldProps): ReactElement {
  const invalid = props.error !== undefined;
  const shared = {
    className: props.mono === true ? 'field__input mono' : 'field__input',
    spellCheck: false as const,
    ...(props.placeholder === undefined ? {} : { placeholder: props.placeholder }),
    ...(props.noPaste === true
      ? {
          onPaste: (event: { preventDefault(): void }) => {
            event.preventDefault();
          },
        }
      : {}),
  };
  return (
    <TextField
      className="field"
      value={props.value}
      onChange={props.onChange}
      isInvalid={invalid}
      validationBehavior="aria"
      isRequired={props.required ?? false}
      type={props.type ?? 'text'}
      autoComplete="off"
      {...(props.maxLength === undefined ? {} : { maxLength: props.maxLength })}
      {...(props.autoFocus === true ? { autoFocus: true } : {})}
    >
      <Label className={props.bare === true ? 'sr-only' : 'field__label'}>
        {props.label}
        {props.mark !== undefined && <span className="field__mark">{props.mark}</span>}
      </Label>
      {props.multiline === true ? <TextArea {...shared} rows={3} /> : <Input {...shared} />}
      {props.help !== undefined && !invalid && (
        <Text slot="description" className="field__help">
          {props.help}
        </Text>
      )}
      <FieldError className="field__error">{props.error}</FieldError>
    </TextField>
  );
}

export interface Option {
  readonly id: string;
  readonly title: string;
  /** Said under the title of a radio button. */
  readonly note?: ReactNode;
}

export function Choice(props: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly Option[];
  readonly onChange: (id: string) => void;
  readonly error?: string | undefined;
  readonly help?: ReactNode;
  readonly placeholder?: string;
}): ReactElement {
  return (
    <Select
      className="field"
      value={props.value === '' ? null : props.value}
      onChange={(key) => {
        if (key !== null) props.onChange(String(key));
      }}
      isInvalid={props.error !== undefined}
      validationBehavior="aria"
      placeholder={props.placeholder ?? '—'}
    >
      <Label className="field__label">{props.label}</Label>
      <AriaButton className="field__input field__select">
        <SelectValue />
        <Icon name="chevron" />
      </AriaButton>
      {props.help !== undefined && props.error === undefined && (
        <Text slot="description" className="field__help">
          {props.help}
        </Text>
      )}
      <FieldError className="field__error">{props.error}</FieldError>
      <Popover className="popover">
        <ListBox className="popover__list">
          {props.options.map((option) => (
            <ListBoxItem key={option.id} id={option.id} className="popover__item" textValue={option.title}>
              {option.title}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}

export function Radios(props: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly Option[];
  readonly onChange: (id: string) => void;
  readonly error?: string | undefined;
  readonly autoFocus?: boolean;
  readonly inline?: boolean;
}): ReactElement {
  return (
    <RadioGroup
      className="field"
      value={props.value === '' ? null : props.value}
      onChange={props.onChange}
      isInvalid={props.error !== undefined}
      validationBehavior="aria"
      orientation={props.inline === true ? 'horizontal' : 'vertical'}
    >
      <Label className="field__label">{props.label}</Label>
      <div className={props.inline === true ? 'radios radios--inline' : 'radios'}>
        {props.options.map((option) => (
          <RadioField key={option.id} value={option.id}>
            <RadioButton className="radio">
              <span className="radio__mark" aria-hidden="true" />
              {option.note === undefined ? (
                option.title
              ) : (
                <span className="radio__text">
                  {option.title} <span className="dim radio__note">{option.note}</span>
                </span>
              )}
            </RadioButton>
          </RadioField>
        ))}
      </div>
      <FieldError className="field__error">{props.error}</FieldError>
    </RadioGroup>
  );
}

export function Tick(props: {
  readonly children: ReactNode;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
}): ReactElement {
  return (
    <CheckboxField isSelected={props.on} onChange={props.onChange}>
      <CheckboxButton className="tick">
        <span className="tick__box" aria-hidden="true">
          <Icon name="check" />
        </span>
        <span>{props.children}</span>
      </CheckboxButton>
    </CheckboxField>
  );
}

export function Toggle(props: {
  readonly children: ReactNode;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
}): ReactElement {
  return (
    <SwitchField isSelected={props.on} onChange={props.onChange}>
      <SwitchButton className="toggle">
        <span className="toggle__track" aria-hidden="true" />
        <span>{props.children}</span>
      </SwitchButton>
    </SwitchField>
  );
}
