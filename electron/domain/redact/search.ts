/**
 * Looks for secrets in what has been written: in the bytes of files, and in what a terminal shows of recordings. It
 * changes nothing; it is the last look before a seal. Pure.
 */
import { createRedactor, type Patterns } from './redactor.ts';
import { createScreen } from './screen.ts';
import { utf8Bytes } from './utf8.ts';

export interface Search {
  take(bytes: Uint8Array): void;
  /** Names of the secrets that were found. */
  end(): ReadonlySet<string>;
}

/** Looks through the bytes of a file in every form, through escape sequences, wraps and backspaces too. */
export function searchBytes(patterns: Patterns): Search {
  const redactor = createRedactor(patterns);
  return {
    take: (bytes) => {
      redactor.take(bytes);
    },
    end() {
      redactor.end();
      return new Set([...redactor.counts.keys(), ...redactor.inPart]);
    },
  };
}

export interface ShownSearch {
  /** Output, as text. */
  write(text: string): void;
  resize(cols: number, rows: number): void;
  end(): ReadonlySet<string>;
}

/** Looks through what comes one after the other, and through what a screen shows that was drawn out of order. */
export function searchShown(
  patterns: Patterns,
  size: { readonly cols: number; readonly rows: number },
): ShownSearch {
  const { automaton, names } = patterns;
  const found = new Set<string>();
  const stream = searchBytes(patterns);
  const look = (text: string): void => {
    // Text of a screen has no controls: one plain reading finds all, and costs little for each of many redraws.
    let state = 0;
    for (const byte of utf8Bytes(text)) {
      state = automaton.step(state, byte);
      if (automaton.ends(state) > 0) found.add(names[automaton.ruleOf(state)] ?? '');
    }
  };
  const screen = createScreen(size, look);
  return {
    write(text) {
      stream.take(utf8Bytes(text));
      screen.write(text);
    },
    resize: (cols, rows) => {
      screen.resize(cols, rows);
    },
    end() {
      screen.end();
      for (const name of stream.end()) found.add(name);
      return found;
    },
  };
}
