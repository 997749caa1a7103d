/** Buttons. One primary action a view; a disabled action says why. */
import type { ReactElement, ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components';

export interface ButtonProps {
  readonly children: ReactNode;
  readonly onPress: () => void;
  readonly look?: 'primary' | 'quiet' | 'danger' | 'bare';
  readonly disabled?: boolean;
  readonly keys?: string;
  readonly label?: string;
  readonly describedBy?: string;
  readonly autoFocus?: boolean;
  readonly className?: string;
  readonly type?: 'button' | 'submit';
}

/** `⏎` for Enter and so on, as printed on keyboards. */
export function keyCaps(keys: string): string {
  return keys.replace('Enter', '⏎').replaceAll('+', ' ');
}

export function Button(props: ButtonProps): ReactElement {
  const look = props.look ?? 'quiet';
  return (
    <AriaButton
      className={`button button--${look} ${props.className ?? ''}`}
      onPress={props.onPress}
      isDisabled={props.disabled ?? false}
      type={props.type ?? 'button'}
      {...(props.autoFocus === true ? { autoFocus: true } : {})}
      {...(props.label === undefined ? {} : { 'aria-label': props.label })}
      {...(props.describedBy === undefined ? {} : { 'aria-describedby': props.describedBy })}
    >
      {props.children}
      {props.keys !== undefined && <kbd aria-hidden="true">{keyCaps(props.keys)}</kbd>}
    </AriaButton>
  );
}
