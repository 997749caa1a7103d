/**
 * Which questions of the remote side the terminal answers, and how. Only device attributes (DA1) and the status and
 * cursor reports (DSR 5 and 6) are answered, because full-screen programs need them; they leave apart from what a
 * person types, and not faster than a program asks in earnest. Nothing else may ever be sent back by itself.
 */
import type { IDisposable, IParser } from '@xterm/xterm';

/** Where the cursor is, 1-based within the screen, as the bytes parsed so far have left it. */
export interface Cursor {
  readonly row: number;
  readonly column: number;
}

export interface ReplyOptions {
  readonly parser: IParser;
  readonly cursor: () => Cursor;
  /** Sends an answer of the terminal itself. */
  readonly send: (reply: string) => void;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/** Answers at once, and how many more come back in each second. */
const BURST = 20;

/** OSC numbers that are swallowed: colour queries, clipboard, notifications, images, marks of shells. */
export const inertOsc = [
  4, 9, 10, 11, 12, 13, 14, 17, 19, 21, 22, 52, 99, 104, 110, 111, 112, 133, 633, 777, 1337,
] as const;

/** Focus reports (mode 1004) would tell the remote when somebody looks: they are not sent. */
const FOCUS_REPORT = /^\u001b\[[IO]$/;

/** Takes the place of every answer the terminal would give by itself. */
export function guardReplies(options: ReplyOptions): readonly IDisposable[] {
  const { parser } = options;
  const limit = createLimit(options.now);
  const answer = (reply: string): true => {
    if (limit()) options.send(reply);
    return true;
  };
  return [
    parser.registerCsiHandler({ final: 'c' }, (params) =>
      first(params) === 0 ? answer('\u001b[?1;2c') : true,
    ),
    parser.registerCsiHandler({ final: 'n' }, (params) => {
      const asked = first(params);
      if (asked === 5) return answer('\u001b[0n');
      if (asked !== 6) return true;
      const { row, column } = options.cursor();
      return answer(`\u001b[${String(row)};${String(column)}R`);
    }),
    // Private reports, DA2, DA3, XTVERSION, DECRQM (ANSI and private), window reports, DECREQTPARM, DECRQCRA.
    ...[
      { prefix: '?', final: 'n' },
      { prefix: '>', final: 'c' },
      { prefix: '=', final: 'c' },
      { prefix: '>', final: 'q' },
      { intermediates: '$', final: 'p' },
      { prefix: '?', intermediates: '$', final: 'p' },
      { final: 't' },
      { final: 'x' },
      { intermediates: '*', final: 'y' },
      { prefix: '?', final: 'u' },
    ].map((id) => parser.registerCsiHandler(id, swallow)),
    // DECRQSS and XTGETTCAP; DECID.
    parser.registerDcsHandler({ intermediates: '$', final: 'q' }, swallow),
    parser.registerDcsHandler({ intermediates: '+', final: 'q' }, swallow),
    parser.registerEscHandler({ final: 'Z' }, swallow),
    ...inertOsc.map((code) => parser.registerOscHandler(code, swallow)),
  ];
}

/** Whether data of the terminal is a person's: keys, pastes, the mouse. */
export function isTyped(data: string): boolean {
  return !FOCUS_REPORT.test(data);
}

function swallow(): true {
  return true;
}

function first(params: readonly (number | number[])[]): number {
  const value = params[0] ?? 0;
  return typeof value === 'number' ? value : -1;
}

/** A bucket that fills again with time: true while there is something in it. */
function createLimit(now: () => number): () => boolean {
  let left = BURST;
  let at = now();
  return () => {
    const time = now();
    left = Math.min(BURST, left + ((time - at) / 1000) * BURST);
    at = time;
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}
