/**
 * Records what a command or shell puts out: an asciicast v2 file for replay and the raw bytes of each stream. Every
 * byte is written here before the screen gets it, and secrets are taken out before that. Input is never recorded.
 */
import { open } from 'node:fs/promises';
import { isAscii } from 'node:buffer';
import { join } from 'node:path';
import { TextDecoder } from 'node:util';
import type { FileRef } from '../../contract/records.ts';
import type { Failure } from '../../contract/result.ts';
import type { TerminalSize } from '../connect/connection.ts';
import { createOutputFilter, type OutputFilter, type Stream } from '../secrets/outputFilter.ts';
import type { RunSecrets } from '../secrets/runSecrets.ts';
import { type AppendFile, createAppendFile, resumeAppendFile } from './appendFile.ts';
import { createKeptOutput, type KeptOutput } from './keptOutput.ts';
import { PART_MARK, type Redaction, redactionsOf } from './redactions.ts';
import { agree } from './resumeRecording.ts';

/** Above this many bytes waiting for the disk the source is paused; below the half of it, resumed. */
const PENDING_HIGH = 4 * 1024 * 1024;

export interface RecorderOptions {
  /** The run's folder. */
  readonly dir: string;
  /** Paths inside it. `stdout` and `stderr` are left out where only the cast is wanted. */
  readonly cast: string;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly size: TerminalSize;
  readonly title: string;
  /** Microseconds, monotonic: event times count from the first use. */
  readonly mono: () => number;
  readonly startedAt: Date;
  /** Gets each piece after it was written. */
  readonly onWritten: (bytes: Uint8Array) => void;
  readonly onTrouble: (failure: Failure | null) => void;
  readonly source: { pause(): void; resume(): void };
  /**
   * Goes on with the recording that these files hold already; creates what is missing. Only with `stdout` and without
   * `stderr`: of two streams nobody could tell where each broke off.
   */
  readonly resume?: boolean;
  /** With `resume`: the output comes once more from its beginning; what is on disk of it is passed over. */
  readonly again?: boolean;
  /** With `again`: what comes is not what is on disk. Nothing of it is kept, shown or told. */
  readonly onOther?: () => void;
  /** Secrets that are taken out of what comes, before anything else sees it. */
  readonly secrets?: Pick<RunSecrets, 'version' | 'redactor' | 'declared'>;
  /** Nothing of the output is kept: the cast says so, and the other files are not made. */
  readonly withheld?: boolean;
}

export interface Recording {
  readonly cast: FileRef;
  readonly events: number;
  readonly stdout?: FileRef;
  readonly stderr?: FileRef;
  readonly redactions: readonly Redaction[];
}

export interface Recorder {
  /** Takes a copy of the bytes. */
  take(stream: Stream, bytes: Uint8Array): void;
  /** Who judges the output gets it from here: as it is recorded, before it is written. One listener. */
  follow(listener: (stream: Stream, bytes: Uint8Array) => void): void;
  /**
   * A command of this recording has ended: what was held back, because it could have been the beginning of a secret,
   * is told now. `cut`: contact broke off, so that a beginning may be all that came of it.
   */
  endOutput(cut: boolean): void;
  resize(size: TerminalSize): void;
  marker(label: string): void;
  /** Bytes written so far, over all files. */
  readonly bytes: number;
  readonly castBytes: number;
  /**
   * Output bytes of each stream in this recording, from its very beginning: those on disk and those waiting for it. The
   * next byte that it lacks has this number.
   */
  readonly outputBytes: Readonly<Record<'stdout' | 'stderr', number>>;
  /**
   * Waits until everything taken is written, then closes. `adrift`: the command goes on elsewhere; what is held back is
   * left to be fetched again.
   */
  close(how?: 'adrift'): Promise<Recording>;
}

type Item =
  | {
      readonly kind: 'output';
      readonly at: number;
      readonly stream: 'stdout' | 'stderr';
      readonly bytes: Uint8Array;
      /** Bytes at its beginning that the screen has already. */
      readonly shown: number;
    }
  /** For the screen, in its place among the rest: it may begin a secret, so it is not written. */
  | { readonly kind: 'peek'; readonly bytes: Uint8Array }
  | { readonly kind: 'event'; readonly at: number; readonly code: 'm' | 'r'; readonly text: string };

/** What a recording begins with: nothing, or what an earlier life of it has left. */
interface Begun {
  /** Microseconds. */
  readonly at: number;
  readonly events: number;
  readonly decoder: TextDecoder;
  /** Output that is on disk and comes once more. */
  readonly kept?: KeptOutput;
}

/** Opens the files of a recording. Rejects with the system's error when one of them cannot be begun. */
export async function createRecorder(options: RecorderOptions): Promise<Recorder> {
  if (options.resume === true) return resumeRecorder(options);
  const create = (name: string | undefined, head?: Uint8Array) =>
    name === undefined
      ? Promise.resolve(null)
      : createAppendFile(join(options.dir, name), name, options.onTrouble, head);
  const head = Buffer.from(header(options), 'utf8');
  const kept = (name: string | undefined) => (options.withheld === true ? undefined : name);
  const opening = [
    create(options.cast, head),
    create(kept(options.stdout)),
    create(kept(options.stderr)),
  ] as const;
  const [cast, stdout, stderr] = await Promise.all(opening).catch(async (error: unknown) => {
    for (const one of await Promise.allSettled(opening))
      if (one.status === 'fulfilled') await one.value?.close();
    throw error;
  });
  if (cast === null) throw new Error('a recording needs a cast');
  const raw = { stdout, stderr };
  const recorder = run(options, cast, raw, {
    at: 0,
    events: 0,
    decoder: new TextDecoder('utf-8', { ignoreBOM: true }),
  });
  if (options.withheld === true) recorder.marker(WITHHELD_MARK);
  return recorder;
}

/** What a recording says in place of output that the runbook does not want kept. */
export const WITHHELD_MARK = 'output withheld: the runbook says evidence: none';

/**
 * Takes up a recording that was broken off at any byte of any of its files. Every byte of the output file is kept;
 * what the cast lacks of it is told once more from there; time goes on where the last event was.
 */
async function resumeRecorder(options: RecorderOptions): Promise<Recorder> {
  if (options.stdout === undefined || options.stderr !== undefined)
    throw new Error('only a recording of one stream can be taken up');
  const paths = { cast: join(options.dir, options.cast), raw: join(options.dir, options.stdout) };
  const found = await agree(paths.cast, paths.raw);
  for (const path of [paths.cast, paths.raw]) await (await open(path, 'a', 0o600)).close();
  const cast = await resumeAppendFile(paths.cast, options.cast, options.onTrouble, found.cast);
  if (found.cast === 0) await cast.write(Buffer.from(header(options), 'utf8'));
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const kept = createKeptOutput();
  let { events, told } = found;
  const stdout = await resumeAppendFile(
    paths.raw,
    options.stdout,
    options.onTrouble,
    found.raw,
    async (bytes) => {
      kept.add(bytes);
      const text = decoder.decode(bytes, { stream: true });
      const untold = text.slice(told);
      told = Math.max(0, told - text.length);
      if (untold === '') return;
      events += 1;
      await cast.write(Buffer.from(eventLine(found.at, 'o', untold), 'utf8'));
    },
  );
  const recorder = run(options, cast, { stdout, stderr: null }, { at: found.at, events, decoder, kept });
  if (found.cast > 0 || found.raw > 0) recorder.marker('taken up again');
  return recorder;
}

function header(options: RecorderOptions): string {
  return `${JSON.stringify({
    version: 2,
    width: options.size.cols,
    height: options.size.rows,
    timestamp: Math.floor(options.startedAt.getTime() / 1000),
    title: options.title,
    env: { TERM: 'xterm-256color' },
  })}\n`;
}

/** `at` in microseconds from the recording's beginning. */
function eventLine(at: number, code: 'o' | 'm' | 'r', text: string): string {
  return `[${(at / 1e6).toFixed(6)}, "${code}", ${JSON.stringify(text)}]\n`;
}

function run(
  options: RecorderOptions,
  cast: AppendFile,
  raw: { readonly stdout: AppendFile | null; readonly stderr: AppendFile | null },
  begun: Begun,
): Recorder {
  const start = options.mono();
  const decoders = { stdout: begun.decoder, stderr: new TextDecoder('utf-8', { ignoreBOM: true }) };
  // Another life of the recording may have left a beginning in its decoder, also where no event of it is left.
  const unfinished = { stdout: options.resume === true, stderr: false };
  const taken = { stdout: raw.stdout?.bytes ?? 0, stderr: raw.stderr?.bytes ?? 0 };
  let waiting: Item[] = [];
  let pending = 0;
  let paused = false;
  let { events } = begun;
  let draining: Promise<void> | null = null;
  let closed = false;

  let listener: (stream: Stream, bytes: Uint8Array) => void = () => undefined;
  const filter: OutputFilter | null =
    options.secrets?.declared !== true
      ? null
      : createOutputFilter({
          secrets: options.secrets,
          emit: keep,
          peek: (_stream, bytes) => {
            if (options.withheld === true) options.onWritten(bytes);
            else push({ kind: 'peek', bytes });
          },
          ...(options.again === true && begun.kept !== undefined ? { kept: begun.kept.comparison() } : {}),
          ...(options.onOther === undefined ? {} : { onOther: options.onOther }),
          onPart: (name) => {
            if (options.withheld === true) return;
            push({ kind: 'event', at: now(), code: 'm', text: `${PART_MARK}${name}` });
          },
          // One that is taken up again is read again from its beginning: it must come out the same.
          settles: options.resume === undefined,
        });

  function keep(stream: Stream, bytes: Uint8Array, shown = 0): void {
    listener(stream, bytes);
    if (options.withheld === true) {
      options.onWritten(Uint8Array.from(bytes.subarray(shown)));
      return;
    }
    pending += bytes.byteLength;
    taken[stream] += bytes.byteLength;
    // Not slice(): of a Buffer that is a view of memory that the next packet overwrites.
    push({ kind: 'output', at: now(), stream, bytes: Uint8Array.from(bytes), shown });
    if (!paused && pending > PENDING_HIGH) {
      paused = true;
      options.source.pause();
    }
  }

  function push(item: Item): void {
    // A late resize has no file to go to.
    if (closed) return;
    waiting.push(item);
    draining ??= drain();
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      await writeBatch(batch);
    }
    draining = null;
  }

  async function writeBatch(batch: readonly Item[]): Promise<void> {
    for (const stream of ['stdout', 'stderr'] as const) {
      const file = raw[stream] ?? (stream === 'stderr' ? raw.stdout : null);
      const bytes = batch.flatMap((item) =>
        item.kind === 'output' && item.stream === stream ? [item.bytes] : [],
      );
      if (file !== null && bytes.length > 0) await file.write(Buffer.concat(bytes));
    }
    const lines = batch.map(line).join('');
    if (lines !== '') await cast.write(Buffer.from(lines, 'utf8'));
    for (const item of batch) {
      if (item.kind === 'peek') options.onWritten(item.bytes);
      if (item.kind !== 'output') continue;
      pending -= item.bytes.byteLength;
      if (item.shown < item.bytes.byteLength) options.onWritten(item.bytes.subarray(item.shown));
    }
    if (paused && pending < PENDING_HIGH / 2) {
      paused = false;
      options.source.resume();
    }
  }

  function line(item: Item): string {
    if (item.kind === 'peek') return '';
    if (item.kind === 'event') return event(item.at, item.code, item.text);
    const text = decode(item.stream, item.bytes);
    return text === '' ? '' : event(item.at, 'o', text);
  }

  /** Plain ASCII needs no decoder, unless one still holds the beginning of a character. */
  function decode(stream: 'stdout' | 'stderr', bytes: Uint8Array): string {
    const ascii = isAscii(bytes);
    const text =
      ascii && !unfinished[stream]
        ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
        : decoders[stream].decode(bytes, { stream: true });
    if (bytes.byteLength > 0) unfinished[stream] = !ascii;
    return text;
  }

  function event(at: number, code: 'o' | 'm' | 'r', text: string): string {
    events += 1;
    return eventLine(at, code, text);
  }

  const now = () => begun.at + Math.max(0, options.mono() - start);
  return {
    take(stream, bytes) {
      if (closed) return;
      if (filter === null) keep(stream, bytes);
      else filter.take(stream, bytes);
    },
    follow(next) {
      listener = next;
    },
    endOutput(cut) {
      filter?.end(cut);
    },
    resize(size) {
      push({ kind: 'event', at: now(), code: 'r', text: `${String(size.cols)}x${String(size.rows)}` });
    },
    marker(label) {
      push({ kind: 'event', at: now(), code: 'm', text: label });
    },
    get bytes() {
      return cast.bytes + (raw.stdout?.bytes ?? 0) + (raw.stderr?.bytes ?? 0);
    },
    get castBytes() {
      return cast.bytes;
    },
    get outputBytes() {
      return { ...taken };
    },
    async close(how) {
      if (how === 'adrift') filter?.drop();
      else filter?.end(false);
      closed = true;
      if (draining !== null) await draining;
      const tail = decoders.stdout.decode() + decoders.stderr.decode();
      if (tail !== '') await cast.write(Buffer.from(event(now(), 'o', tail), 'utf8'));
      const [castRef, stdout, stderr] = await Promise.all([
        cast.close(),
        raw.stdout?.close(),
        raw.stderr?.close(),
      ]);
      return {
        cast: castRef,
        events,
        ...(stdout === undefined ? {} : { stdout }),
        ...(stderr === undefined ? {} : { stderr }),
        redactions: filter === null || options.withheld === true ? [] : redactionsOf(options, filter),
      };
    },
  };
}
