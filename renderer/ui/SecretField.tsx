/**
 * A field for a secret: masked, shown only while its button is held, never offered to be remembered. What is typed lives
 * in the form that asks and nowhere else.
 */
import { useEffect, useState, type ReactElement, type ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { t } from '../i18n/t.ts';
import { Field } from './fields.tsx';

export function SecretField(props: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly help?: ReactNode;
  readonly error?: string | undefined;
  readonly mark?: string;
  readonly autoFocus?: boolean;
}): ReactElement {
  const [shown, setShown] = useState(false);
  // Shown never outlives the press, also when the window goes away under the finger.
  useEffect(() => {
    const hide = (): void => {
      setShown(false);
    };
    addEventListener('blur', hide);
    return () => {
      removeEventListener('blur', hide);
    };
  }, []);
  return (
    <div className="secret">
      <Field
        label={props.label}
        type={shown ? 'text' : 'password'}
        mono
        value={props.value}
        maxLength={4096}
        onChange={props.onChange}
        error={props.error}
        {...(props.help === undefined ? {} : { help: props.help })}
        {...(props.mark === undefined ? {} : { mark: props.mark })}
        {...(props.autoFocus === undefined ? {} : { autoFocus: props.autoFocus })}
      />
      <AriaButton
        className="button button--quiet secret__show"
        aria-label={t(shown ? 'secret.shown.label' : 'secret.hold.label', { name: props.label })}
        isDisabled={props.value === ''}
        onPressStart={() => {
          setShown(true);
        }}
        onPressEnd={() => {
          setShown(false);
        }}
      >
        {t(shown ? 'secret.shown' : 'secret.hold')}
      </AriaButton>
    </div>
  );
}
