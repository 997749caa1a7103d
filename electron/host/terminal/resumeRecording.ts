/**
 * Finds how much of a recording that was broken off can be gone on with. The bytes of the output file count; of the
 * cast what tells the same counts, up to the last whole event. Must never change a file.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { TextDecoder } from 'node:util';
import { z } from 'zod';
import { systemCode } from '../files/durable.ts';

export interface Agreement {
  /** Bytes of the output file to keep. */
  readonly raw: number;
  /** Bytes of the cast to keep: header and whole events. 0: not even the header. */
  readonly cast: number;
  readonly events: number;
  /** Time of the last event that is kept, in microseconds. */
  readonly at: number;
  /** UTF-16 units of output that the kept events tell. */
  readonly told: number;
}

const Event = z.tuple([z.number().min(0), z.enum(['o', 'm', 'r']), z.string()]);
const Header = z.looseObject({ version: z.literal(2) });

/** Compares both files from their beginning. Files that do not exist count as empty. */
export async function agree(castPath: string, rawPath: string): Promise<Agreement> {
  const { kept, zeros } = await compare(castPath, rawPath);
  const size = await stat(rawPath).then(
    (found) => found.size,
    (error: unknown) => absent(error, 0),
  );
  // After a power failure a file can end in zeros that nobody wrote. If they were output they are fetched again.
  const raw = size - zeros;
  if (zeros === 0) return { ...kept, raw };
  // With them went what ended half a character before them: an event that tells it as broken tells what goes on.
  return { ...(await compare(castPath, rawPath, raw)).kept, raw };
}

/** `limit`: how many bytes of the output count, all of them when there is none. */
async function compare(
  castPath: string,
  rawPath: string,
  limit?: number,
): Promise<{ readonly kept: Omit<Agreement, 'raw'>; readonly zeros: number }> {
  const output = decoded(rawPath, limit);
  let kept = { cast: 0, events: 0, at: 0, told: 0 };
  for await (const { line, end } of wholeLines(castPath)) {
    if (kept.cast === 0) {
      if (!Header.safeParse(parse(line)).success) break;
      kept = { ...kept, cast: end };
      continue;
    }
    const event = Event.safeParse(parse(line));
    if (!event.success) break;
    const [seconds, code, text] = event.data;
    if (code === 'o' && !(await output.startsWith(text))) break;
    kept = {
      cast: end,
      events: kept.events + 1,
      at: Math.max(kept.at, Math.round(seconds * 1e6)),
      told: kept.told + (code === 'o' ? text.length : 0),
    };
  }
  return { kept, zeros: await output.trailingZeros() };
}

interface Decoded {
  /** Whether the output goes on with this text; then it is passed over. */
  startsWith(text: string): Promise<boolean>;
  /** Zero bytes at the very end of what was not passed over. Reads everything. */
  trailingZeros(): Promise<number>;
}

function decoded(path: string, limit?: number): Decoded {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const chunks = existing(path, limit)[Symbol.asyncIterator]();
  let text = '';
  async function more(): Promise<boolean> {
    const next = await chunks.next();
    if (next.done === true) return false;
    text += decoder.decode(next.value, { stream: true });
    return true;
  }
  return {
    async startsWith(words) {
      while (text.length < words.length && (await more()));
      if (!text.startsWith(words)) return false;
      text = text.slice(words.length);
      return true;
    },
    async trailingZeros() {
      let zeros = 0;
      do {
        const last = /\0*$/.exec(text)?.[0].length ?? 0;
        zeros = last === text.length ? zeros + last : last;
        text = '';
      } while (await more());
      return decoder.decode() === '' ? zeros : 0;
    },
  };
}

/** Lines that end in a newline, and where in the file each ends. */
async function* wholeLines(path: string): AsyncGenerator<{ readonly line: string; readonly end: number }> {
  let parts: Buffer[] = [];
  let end = 0;
  for await (const chunk of existing(path)) {
    let from = 0;
    for (let at = chunk.indexOf(0x0a); at !== -1; at = chunk.indexOf(0x0a, from)) {
      parts.push(chunk.subarray(from, at));
      const line = Buffer.concat(parts);
      parts = [];
      end += line.byteLength + 1;
      from = at + 1;
      yield { line: line.toString('utf8'), end };
    }
    parts.push(chunk.subarray(from));
  }
}

async function* existing(path: string, limit = Infinity): AsyncGenerator<Buffer> {
  if (limit === 0) return;
  try {
    const stream: AsyncIterable<Buffer> = createReadStream(path, { end: limit - 1 });
    for await (const chunk of stream) yield chunk;
  } catch (error) {
    absent(error, null);
  }
}

function absent<T>(error: unknown, value: T): T {
  if (systemCode(error) === 'ENOENT') return value;
  throw error;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
