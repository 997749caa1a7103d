/**
 * The terminal pane of a target: what its pages see and type. A slow page never slows a command: beyond a bound the
 * pane skips and says so, because the record has every byte.
 */
import { BACKLOG_BYTES, HIGH_WATER, LOW_WATER } from '../../contract/flow.ts';
import type { TerminalSize } from '../connect/connection.ts';

/** What a page that attaches later gets to see at once. */
const REPLAY_BYTES = 256 * 1024;

export interface PaneInput {
  write(bytes: Uint8Array): void;
  resize(size: TerminalSize): void;
}

export interface PaneView {
  ack(bytes: number): void;
  detach(): void;
}

export interface Pane {
  readonly size: TerminalSize;
  /** Output of the host, already recorded. */
  write(bytes: Uint8Array): void;
  /** A line of the app itself, such as where a step begins. */
  notice(text: string): void;
  attach(size: TerminalSize, send: (bytes: Uint8Array) => void): PaneView;
  /** Keys and pastes of a page. */
  input(bytes: Uint8Array): void;
  resize(size: TerminalSize): void;
}

/** A pane whose input goes to whatever `input` returns at that moment. */
export function createPane(input: () => PaneInput | null): Pane {
  const views = new Set<View>();
  let replay: Uint8Array[] = [];
  let replayBytes = 0;
  let size: TerminalSize = { cols: 80, rows: 24 };

  function remember(bytes: Uint8Array): void {
    replay.push(bytes);
    replayBytes += bytes.byteLength;
    while (replayBytes > REPLAY_BYTES && replay.length > 1) {
      replayBytes -= replay.shift()?.byteLength ?? 0;
    }
    // Many small pieces cost more than one copy now and then.
    if (replay.length > 4096) replay = [Buffer.concat(replay)];
  }

  function show(bytes: Uint8Array): void {
    remember(bytes);
    for (const view of views) view.push(bytes);
  }

  return {
    get size() {
      return size;
    },
    write: show,
    notice(text) {
      show(Buffer.from(text, 'utf8'));
    },
    attach(wanted, send) {
      const view = createView(send);
      views.add(view);
      // In one piece: a page keeps only so many pieces until it knows the number of its stream.
      if (replay.length > 1) replay = [Buffer.concat(replay)];
      for (const bytes of replay) view.push(bytes);
      this.resize(wanted);
      return {
        ack: (bytes) => {
          view.ack(bytes);
        },
        detach: () => {
          views.delete(view);
        },
      };
    },
    input(bytes) {
      input()?.write(bytes);
    },
    resize(wanted) {
      if (wanted.cols === size.cols && wanted.rows === size.rows) return;
      size = wanted;
      input()?.resize(wanted);
    },
  };
}

interface View {
  push(bytes: Uint8Array): void;
  ack(bytes: number): void;
}

function createView(send: (bytes: Uint8Array) => void): View {
  let unacknowledged = 0;
  let queue: Uint8Array[] = [];
  let queued = 0;
  let skipped = 0;
  let stalled = false;

  function flush(): void {
    while (!stalled && (queued > 0 || skipped > 0)) {
      const bytes = skipped > 0 ? skipNotice() : takeQueue();
      unacknowledged += bytes.byteLength;
      send(bytes);
      if (unacknowledged > HIGH_WATER) stalled = true;
    }
  }

  function skipNotice(): Uint8Array {
    const text = `\x1b[0m\r\n\x1b[7m ${formatMegabytes(skipped)} not shown here, all of it recorded \x1b[0m\r\n`;
    skipped = 0;
    return Buffer.from(text, 'utf8');
  }

  function takeQueue(): Uint8Array {
    const first = queue.shift() ?? new Uint8Array(0);
    queued -= first.byteLength;
    return first;
  }

  return {
    push(bytes) {
      queue.push(bytes);
      queued += bytes.byteLength;
      if (stalled && queued > BACKLOG_BYTES) {
        skipped += queued;
        queue = [];
        queued = 0;
      }
      flush();
    },
    ack(bytes) {
      unacknowledged = Math.max(0, unacknowledged - bytes);
      if (stalled && unacknowledged < LOW_WATER) stalled = false;
      flush();
    },
  };
}

function formatMegabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
