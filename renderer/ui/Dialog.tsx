/** A dialog over the page. The focus begins on what is harmless; Escape is always the harmless answer. */
import type { ReactElement, ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';

export function Dialog(props: {
  readonly title: string;
  readonly children: ReactNode;
  readonly actions: ReactNode;
  readonly onClose: () => void;
  readonly tone?: 'plain' | 'danger';
  /** `panel`: room for two columns. */
  readonly wide?: boolean | 'panel';
  readonly env?: string | undefined;
}): ReactElement {
  return (
    <ModalOverlay
      className="overlay"
      isOpen
      isKeyboardDismissDisabled={false}
      onOpenChange={(open) => {
        if (!open) props.onClose();
      }}
    >
      <Modal className={modalClass(props.wide)}>
        <AriaDialog className={`dialog dialog--${props.tone ?? 'plain'}`}>
          <header className="dialog__head">
            <Heading slot="title" className="dialog__title">
              {props.title}
            </Heading>
            {props.env !== undefined && (
              <span className={`chip chip--${props.env === 'PROD' ? 'prod' : 'rehearsal'}`}>{props.env}</span>
            )}
          </header>
          <div className="dialog__body">{props.children}</div>
          <footer className="dialog__actions">{props.actions}</footer>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

function modalClass(wide: boolean | 'panel' | undefined): string {
  if (wide === 'panel') return 'modal modal--panel';
  return wide === true ? 'modal modal--wide' : 'modal';
}
