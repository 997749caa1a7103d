/**
 * What a recording must look like: asciicast v2 (docs.asciinema.org), output only, time never going back. Reads line by
 * line, so that a recording of any length needs no more memory than its longest line. Never renders anything.
 */

export interface CastProblem {
  readonly id: 'cast.header' | 'cast.event' | 'cast.time' | 'cast.input' | 'cast.torn';
  /** Counts from 1. */
  readonly line: number;
  readonly message: string;
}

export interface CastCheck {
  /** One line without its line feed. Returns what is wrong with it. */
  line(text: string): CastProblem | null;
  /** Call after the last line; `torn`: the file did not end in a line feed. */
  end(torn: boolean): CastProblem | null;
}

/** `o` output, `m` marker, `r` resize. `i` would be keyboard input, which is never recorded. */
const CODES = new Set(['o', 'm', 'r']);

export function castCheck(): CastCheck {
  let lines = 0;
  let time = 0;
  const problem = (id: CastProblem['id'], message: string): CastProblem => ({ id, line: lines, message });
  const event = (value: unknown): CastProblem | null => {
    if (!Array.isArray(value) || value.length !== 3)
      return problem('cast.event', 'not an event of three parts');
    const [at, code, data] = value as readonly unknown[];
    if (typeof at !== 'number' || !Number.isFinite(at) || at < 0)
      return problem('cast.time', 'the time is not a number');
    if (typeof code !== 'string' || typeof data !== 'string')
      return problem('cast.event', 'code or data is not text');
    if (code === 'i') return problem('cast.input', 'it holds keyboard input');
    if (!CODES.has(code)) return problem('cast.event', 'an event of a kind that is not recorded');
    if (at < time) return problem('cast.time', 'the time goes back');
    time = at;
    return null;
  };
  return {
    line(text) {
      lines += 1;
      const value = parse(text);
      if (lines === 1)
        return isHeader(value) ? null : problem('cast.header', 'not a header of asciicast version 2');
      return event(value);
    },
    end(torn) {
      if (lines === 0) return { id: 'cast.header', line: 1, message: 'the recording is empty' };
      return torn ? problem('cast.torn', 'the last line is torn') : null;
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isHeader(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { version, width, height } = value as { version?: unknown; width?: unknown; height?: unknown };
  const size = (n: unknown) => typeof n === 'number' && Number.isInteger(n) && n >= 1 && n <= 1000;
  return version === 2 && size(width) && size(height);
}
