/** One parameter of the runbook as a form field of its type. */
import type { ReactElement } from 'react';
import type { Parameter } from '../../../electron/contract/runbook.ts';
import { parameterHelp } from '../../format/describe.ts';
import { t } from '../../i18n/t.ts';
import { Choice, Field, Radios } from '../../ui/fields.tsx';
import { Markdown } from '../../ui/Markdown.tsx';

export function ParameterField(props: {
  readonly parameter: Parameter;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}): ReactElement {
  const { parameter, value, error, onChange } = props;
  const { type } = parameter;
  const help = parameter.help === undefined ? parameterHelp(type) : <Markdown text={parameter.help} inline />;
  if (type.kind === 'choice') {
    return (
      <Choice
        label={parameter.title}
        value={value}
        error={error}
        help={help}
        options={type.options.map((id) => ({ id, title: id }))}
        onChange={onChange}
      />
    );
  }
  if (type.kind === 'boolean') {
    return (
      <Radios
        label={parameter.title}
        value={value}
        error={error}
        inline
        options={[
          { id: 'true', title: t('yes') },
          { id: 'false', title: t('no') },
        ]}
        onChange={onChange}
      />
    );
  }
  return (
    <Field
      label={parameter.title}
      value={value}
      onChange={onChange}
      error={error}
      help={help}
      mono={type.kind !== 'text'}
      maxLength={4096}
      {...(parameter.required ? { mark: t('required') } : {})}
      {...(parameter.example === undefined ? {} : { placeholder: parameter.example })}
    />
  );
}
