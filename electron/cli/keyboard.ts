/**
 * One keyboard, many who would read from it: questions come one after another, and while one is open nothing that is
 * typed may reach anything else. A password must never answer two questions, nor end up in a running command.
 */
let turn: Promise<unknown> = Promise.resolve();
let open = 0;

/** Runs `work` when nobody else has a question open. */
export function atKeyboard<T>(work: () => Promise<T>): Promise<T> {
  const run = async (): Promise<T> => {
    open += 1;
    try {
      return await work();
    } finally {
      open -= 1;
    }
  };
  const mine = turn.then(run, run);
  turn = mine.catch(() => undefined);
  return mine;
}

/** Whether what is typed now is the answer to a question. */
export function isAsking(): boolean {
  return open > 0;
}
