/** A button that lets the person choose a file. The file goes nowhere by itself. */
import type { ReactElement, ReactNode } from 'react';
import { FileTrigger } from 'react-aria-components';
import { Button } from './Button.tsx';

export function FileButton(props: {
  readonly children: ReactNode;
  readonly accept?: readonly string[];
  readonly label?: string;
  /** Keys that the view acts on, to be seen. */
  readonly keys?: string;
  readonly onFile: (file: File) => void;
}): ReactElement {
  return (
    <FileTrigger
      {...(props.accept === undefined ? {} : { acceptedFileTypes: [...props.accept] })}
      onSelect={(files) => {
        const file = files?.item(0);
        if (file !== null && file !== undefined) props.onFile(file);
      }}
    >
      <Button
        onPress={() => undefined}
        {...(props.label === undefined ? {} : { label: props.label })}
        {...(props.keys === undefined ? {} : { keys: props.keys })}
      >
        {props.children}
      </Button>
    </FileTrigger>
  );
}
