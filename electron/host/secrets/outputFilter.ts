/**
 * Takes the secrets of a run out of the streams of one recording, before the first byte is kept. Follows along when a
 * secret is added while it goes on. Must never let a byte that may be the beginning of a secret be written because time
 * passes; only the screen is told of a short one, so that typing shows at once.
 */
import type { Redactor } from '../../domain/redact/redactor.ts';
import type { Comparison } from '../terminal/keptOutput.ts';
import type { RunSecrets } from './runSecrets.ts';

export type Stream = 'stdout' | 'stderr';

export interface OutputFilter {
  take(stream: Stream, bytes: Uint8Array): void;
  /** The command has ended: what is held back leaves. `cut`: contact broke off. */
  end(cut: boolean): void;
  /** What is held back stays unread: it is fetched again later. */
  drop(): void;
  /** Masks written, by stream and secret. */
  counts(stream: Stream): ReadonlyMap<string, number>;
  /** Secrets of which a part had left before they were recognised. */
  inPart(): ReadonlySet<string>;
}

/** How long output waits for a backspace that could still make a secret of it. */
const SETTLE_MS = 25;

export interface OutputFilterOptions {
  readonly secrets: Pick<RunSecrets, 'version' | 'redactor'>;
  /** `shown`: so many bytes at its beginning were given to `peek` before. */
  readonly emit: (stream: Stream, bytes: Uint8Array, shown: number) => void;
  /** For the screen alone: bytes that are held back, at most three of which begin a secret. Never to be written. */
  readonly peek?: (stream: Stream, bytes: Uint8Array) => void;
  /** What leaves first is not emitted: it is on disk from an earlier life. Only of stdout. */
  readonly kept?: Comparison;
  /** What comes is not what is on disk: nothing of it is emitted from then on. Called once. */
  readonly onOther?: () => void;
  /** A part of a secret had left before it was recognised: told once for each, before its mask is emitted. */
  readonly onPart?: (name: string) => void;
  /** Whether what leaves may depend on time; then nothing that is no beginning of a secret waits for long. */
  readonly settles: boolean;
}

interface Lane {
  redactor: Redactor;
  version: number;
  /** Counts of redactors that went before. */
  readonly past: Map<string, number>;
  /** What the screen has of the bytes that are held back. */
  peeked: Uint8Array;
}

/** A beginning of more bytes than this is not shown either. */
const PEEK_DEPTH = 3;
const NOTHING = new Uint8Array(0);

export function createOutputFilter(options: OutputFilterOptions): OutputFilter {
  const { secrets } = options;
  const lanes: Record<Stream, Lane> = { stdout: fresh(), stderr: fresh() };
  const inPart = new Set<string>();
  const { kept } = options;
  let other = false;
  let timer: NodeJS.Timeout | undefined;

  function fresh(): Lane {
    return { redactor: secrets.redactor(), version: secrets.version, past: new Map(), peeked: NOTHING };
  }

  /** A terminal that waits for an answer, and a person who types, must not wait for what comes next. */
  function peek(stream: Stream): void {
    const lane = lanes[stream];
    if (options.peek === undefined || other || (kept?.left ?? 0) > 0) return;
    if (lane.redactor.held <= lane.peeked.length || lane.redactor.depth > PEEK_DEPTH) return;
    const held = lane.redactor.heldBytes();
    options.peek(stream, held.subarray(lane.peeked.length));
    lane.peeked = held;
  }

  function emit(stream: Stream, bytes: Uint8Array): void {
    const lane = lanes[stream];
    for (const name of lane.redactor.inPart) notePart(name);
    const rest = other ? null : stream === 'stdout' && kept !== undefined ? kept.pass(bytes) : bytes;
    if (rest === null) refuse();
    if (rest === null || rest.length === 0) return;
    const shown = commonStart(lane.peeked, rest);
    // Where a mask stands in place of what was shown, the rest of it is shown as it is written.
    lane.peeked = shown === rest.length ? lane.peeked.subarray(shown) : NOTHING;
    options.emit(stream, rest, shown);
  }

  function refuse(): void {
    if (other) return;
    other = true;
    options.onOther?.();
  }

  function notePart(name: string): void {
    if (inPart.has(name)) return;
    inPart.add(name);
    options.onPart?.(name);
  }

  /** What is held back is read once more by the new one: it may be the beginning of the new secret. */
  function renew(stream: Stream): void {
    const lane = lanes[stream];
    const held = lane.redactor.heldBytes();
    retire(lane);
    emit(stream, lane.redactor.take(held));
  }

  function retire(lane: Lane): void {
    for (const [name, count] of lane.redactor.counts) lane.past.set(name, (lane.past.get(name) ?? 0) + count);
    for (const name of lane.redactor.inPart) notePart(name);
    lane.redactor = secrets.redactor();
    lane.version = secrets.version;
  }

  function settleSoon(): void {
    clearTimeout(timer);
    timer = undefined;
    if (Object.values(lanes).every(({ redactor }) => redactor.held === 0)) return;
    timer = setTimeout(() => {
      for (const stream of ['stdout', 'stderr'] as const) {
        if (options.settles) emit(stream, lanes[stream].redactor.settle());
        peek(stream);
      }
    }, SETTLE_MS).unref();
  }

  return {
    take(stream, bytes) {
      if (lanes[stream].version !== secrets.version) renew(stream);
      emit(stream, lanes[stream].redactor.take(bytes));
      settleSoon();
    },
    end(cut) {
      clearTimeout(timer);
      for (const stream of ['stdout', 'stderr'] as const) {
        const lane = lanes[stream];
        const rest = lane.redactor.end(cut);
        emit(stream, rest);
        retire(lane);
      }
      // All of it has come, and that is less than what is on disk.
      if (!cut && (kept?.left ?? 0) > 0) refuse();
    },
    drop() {
      clearTimeout(timer);
      for (const lane of Object.values(lanes)) retire(lane);
    },
    counts(stream) {
      const { past, redactor } = lanes[stream];
      const all = new Map(past);
      for (const [name, count] of redactor.counts) all.set(name, (all.get(name) ?? 0) + count);
      return all;
    },
    inPart: () => new Set([...inPart, ...lanes.stdout.redactor.inPart, ...lanes.stderr.redactor.inPart]),
  };
}

function commonStart(a: Uint8Array, b: Uint8Array): number {
  let n = 0;
  while (n < a.length && n < b.length && a[n] === b[n]) n += 1;
  return n;
}
