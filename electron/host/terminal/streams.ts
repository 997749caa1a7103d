/** Terminal streams of one page: numbers on the wire, panes behind them. */
import type { TerminalSize } from '../connect/connection.ts';
import type { Pane, PaneView, Writer } from './pane.ts';

export interface Streams {
  attach(pane: Pane, size: TerminalSize): number;
  detach(stream: number): boolean;
  ack(stream: number, bytes: number): boolean;
  /** `by`: a person when absent. */
  write(stream: number, data: string, by?: Writer): boolean;
  resize(stream: number, size: TerminalSize): boolean;
  close(): void;
}

/** Streams that send through `send`. The functions answer false for a stream that is not attached. */
export function createStreams(send: (stream: number, bytes: Uint8Array) => void): Streams {
  const open = new Map<number, { readonly pane: Pane; readonly view: PaneView }>();
  let next = 1;
  return {
    attach(pane, size) {
      const stream = next;
      next += 1;
      const view = pane.attach(size, (bytes) => {
        send(stream, bytes);
      });
      open.set(stream, { pane, view });
      return stream;
    },
    detach(stream) {
      open.get(stream)?.view.detach();
      return open.delete(stream);
    },
    ack(stream, bytes) {
      open.get(stream)?.view.ack(bytes);
      return open.has(stream);
    },
    write(stream, data, by = 'person') {
      open.get(stream)?.pane.input(Buffer.from(data, 'utf8'), by);
      return open.has(stream);
    },
    resize(stream, size) {
      open.get(stream)?.pane.resize(size);
      return open.has(stream);
    },
    close() {
      for (const { view } of open.values()) view.detach();
      open.clear();
    },
  };
}
