/** A button that shows and hides what belongs to it. What is hidden is out of the tab order. */
import type { ReactElement, ReactNode } from 'react';
import { Icon } from './icons.tsx';

export function Disclosure(props: {
  readonly id: string;
  readonly title: string;
  readonly open: boolean;
  readonly onToggle: (open: boolean) => void;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <div className="disclosure">
      <button
        type="button"
        className="disclosure__button"
        aria-expanded={props.open}
        aria-controls={props.id}
        onClick={() => {
          props.onToggle(!props.open);
        }}
      >
        <Icon name="chevron" />
        {props.title}
      </button>
      <div id={props.id} hidden={!props.open} className="disclosure__content">
        {props.open && props.children}
      </div>
    </div>
  );
}
