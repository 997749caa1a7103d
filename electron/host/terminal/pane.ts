/**
 * The terminal pane of a target: what its pages see and type. A slow page never slows a command: beyond a bound the
 * pane skips and says so, because the record has every byte.
 */
import type { TerminalSize } from '../connect/connection.ts';
import { RESET_MODES } from './modes.ts';
import { createView, type View } from './paneView.ts';

/** What a page that attaches later gets to see at once. */
const REPLAY_BYTES = 256 * 1024;

/** Who wrote: a person, or the terminal itself in answer to a question of the host. */
export type Writer = 'person' | 'terminal';

export interface PaneInput {
  write(bytes: Uint8Array, by?: Writer): void;
  resize(size: TerminalSize): void;
  /** Takes answers of the terminal itself. A command that the app has sent does not: then they are dropped. */
  readonly takesReplies?: boolean;
}

export interface PaneView {
  ack(bytes: number): void;
  detach(): void;
}

export interface Pane {
  readonly size: TerminalSize;
  /** Output of the host, already recorded. */
  write(bytes: Uint8Array): void;
  /** A line of the app itself, such as where a step begins or ends. What a program has left of modes is reset first. */
  notice(text: string): void;
  attach(size: TerminalSize, send: (bytes: Uint8Array) => void): PaneView;
  /** Keys and pastes of a page, or the answers of its terminal. */
  input(bytes: Uint8Array, by?: Writer): void;
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

  function show(bytes: Uint8Array, resets = false): void {
    remember(bytes);
    for (const view of views) view.push(bytes, resets);
  }

  return {
    get size() {
      return size;
    },
    write(bytes) {
      show(bytes);
    },
    notice(text) {
      show(Buffer.from(`${RESET_MODES}${text}`, 'utf8'), true);
    },
    attach(wanted, send) {
      const view = createView(send);
      views.add(view);
      // In one piece: a page keeps only so many pieces until it knows the number of its stream.
      if (replay.length > 1) replay = [Buffer.concat(replay)];
      for (const bytes of replay) view.push(bytes, false);
      this.resize(wanted);
      return {
        ack: (bytes) => {
          view.ack(bytes);
        },
        detach: () => {
          views.delete(view);
          view.close();
        },
      };
    },
    input(bytes, by = 'person') {
      if (by === 'person') for (const view of views) view.attend();
      const to = input();
      if (by === 'person' || to?.takesReplies === true) to?.write(bytes, by);
    },
    resize(wanted) {
      if (wanted.cols === size.cols && wanted.rows === size.rows) return;
      size = wanted;
      input()?.resize(wanted);
    },
  };
}
