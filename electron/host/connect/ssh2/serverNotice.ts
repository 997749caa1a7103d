/**
 * Text of the server that asks for nothing here, shown while the login waits: "approve on your phone", a page to open,
 * a notice. Taken away as soon as the login goes on; must never hold it up.
 */
import type { PromptAnswer, PromptQuestion } from '../../../contract/prompts.ts';
import { cleanLines } from '../serverText.ts';

/** A login that goes on within this time shows no notice: most banners only greet. */
const patienceMs = 1500;

export interface ServerNotice {
  /** The server said this and is silent. `cancelled`: the person does not want to wait for it. */
  show(text: string, cancelled: () => void): void;
  /** The login goes on, or is over. */
  over(): void;
}

/** `ask` shows a question until its signal aborts, with the network clock stopped. */
export function createServerNotice(
  ask: (question: PromptQuestion, signal: AbortSignal) => Promise<PromptAnswer>,
): ServerNotice {
  let timer: NodeJS.Timeout | undefined;
  let shown = new AbortController();
  const over = (): void => {
    clearTimeout(timer);
    shown.abort();
  };
  return {
    over,
    show: (text, cancelled) => {
      over();
      const instruction = cleanLines(text, 1000);
      if (instruction === '') return;
      const current = new AbortController();
      shown = current;
      timer = setTimeout(() => {
        const question = { kind: 'keyboard-interactive', title: '', instruction, fields: [] } as const;
        void ask(question, current.signal).then((answer) => {
          if (answer.kind === 'cancel' && !current.signal.aborted) cancelled();
        });
      }, patienceMs);
    },
  };
}
