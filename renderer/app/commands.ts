/** Who acts on a command right now: the view that registered last. Views register; the key listener dispatches. */
import { useLayoutEffect, useRef } from 'react';
import { commandFor, type CommandId, type FocusKind } from './keymap.ts';

type Handler = () => void;
const handlers = new Map<CommandId, Handler[]>();

function register(id: CommandId, handler: Handler): () => void {
  handlers.set(id, [...(handlers.get(id) ?? []), handler]);
  return () => {
    handlers.set(
      id,
      (handlers.get(id) ?? []).filter((each) => each !== handler),
    );
  };
}

/** While mounted and `on`, `handler` acts on the command. */
export function useCommand(id: CommandId, handler: Handler, on = true): void {
  const latest = useRef(handler);
  // With the paint and not after it: a key that is pressed as soon as the view shows must find who acts on it.
  useLayoutEffect(() => {
    latest.current = handler;
  });
  useLayoutEffect(() => {
    if (!on) return;
    return register(id, () => {
      latest.current();
    });
  }, [id, on]);
}

/** Runs a command; false when nothing on the screen acts on it. */
export function dispatch(id: CommandId): boolean {
  const handler = handlers.get(id)?.at(-1);
  handler?.();
  return handler !== undefined;
}

function focusKind(target: EventTarget | null): FocusKind {
  if (!(target instanceof Element)) return 'other';
  if (target.closest('.xterm') !== null) return 'terminal';
  if (target.matches('input:not([type=checkbox], [type=radio]), textarea, [contenteditable=true]'))
    return 'text';
  return 'other';
}

/** Listens for the page's keys. A dialog keeps its own keys: only help and regions are left out there. */
export function useKeyListener(): void {
  useLayoutEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return;
      const command = commandFor(event, focusKind(event.target));
      if (command === null) return;
      if (document.querySelector('[role=dialog], [role=alertdialog]') !== null) return;
      event.preventDefault();
      event.stopPropagation();
      // A key held down must never repeat an action.
      if (!event.repeat) dispatch(command);
    };
    addEventListener('keydown', listen, { capture: true });
    return () => {
      removeEventListener('keydown', listen, { capture: true });
    };
  }, []);
}
