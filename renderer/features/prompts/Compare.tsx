/** The field for a fingerprint that came another way: it says at once whether it is the same, another or none. */
import type { ReactElement } from 'react';
import { Field } from '../../ui/fields.tsx';
import { compared } from './comparison.ts';

const longestPaste = 1000;

export function CompareField(props: {
  readonly label: string;
  readonly help: string;
  readonly value: string;
  /** The fingerprint that the host showed. */
  readonly shown: string;
  readonly onChange: (value: string) => void;
}): ReactElement {
  const { comparison, text } = compared(props.value, props.shown);
  const wrong = comparison === 'different' || comparison === 'unreadable';
  return (
    <div className="compare">
      <Field
        label={props.label}
        mono
        value={props.value}
        onChange={props.onChange}
        help={props.help}
        maxLength={longestPaste}
        error={wrong ? text : undefined}
      />
      <p className={comparison === 'same' ? 'ok-line' : 'sr-only'} role="status">
        {text}
      </p>
    </div>
  );
}
