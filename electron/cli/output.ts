/** Where the command writes: results to stdout, everything else to stderr. Colour only on a terminal. */
import type { Failure } from '../contract/result.ts';
import { describeFailure, type ExitCode, exitFor } from './exit.ts';

export interface Output {
  readonly json: boolean;
  /** A line of result. */
  line(text: string): void;
  /** The result as data; printed with --json only. */
  data(value: unknown): void;
  /** A line of progress or advice. */
  note(text: string): void;
  failure(failure: Failure): ExitCode;
  paint(colour: Colour, text: string): string;
}

export type Colour = 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'blue' | 'magenta';
const CODES: Readonly<Record<Colour, number>> = {
  bold: 1,
  dim: 2,
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  magenta: 35,
};

export function createOutput(json: boolean): Output {
  const colours = process.stderr.isTTY && (process.env['NO_COLOR'] ?? '') === '';
  return {
    json,
    line(text) {
      if (!json) process.stdout.write(`${text}\n`);
    },
    data(value) {
      if (json) process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    },
    note(text) {
      process.stderr.write(`${text}\n`);
    },
    failure(failure) {
      if (json) process.stdout.write(`${JSON.stringify({ error: failure }, null, 2)}\n`);
      process.stderr.write(`holdpoint: ${describeFailure(failure)}\n`);
      return exitFor(failure.code);
    },
    paint: (colour, text) => (colours ? `\x1b[${String(CODES[colour])}m${text}\x1b[0m` : text),
  };
}
