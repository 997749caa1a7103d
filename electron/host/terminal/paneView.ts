/**
 * What one page gets of a pane. A page that cannot keep up is spared: beyond a bound it gets only the latest of a
 * flood, now and then, and is told how much it did not get. While its person types, what comes right after a key is
 * shown first, because the echo is in it. The record has every byte; nothing here may hold the source up.
 */
import { BACKLOG_BYTES, HIGH_WATER, LOW_WATER } from '../../contract/flow.ts';
import { RESET_MODES } from './modes.ts';

/** How often a page hears of a flood, and how much of its end it gets each time. */
const FLOOD_EVERY_MS = 100;
const FLOOD_BYTES = 64 * 1024;
/** What every page can take in that time: a flood that has become slower than this is over. */
const CALM_BYTES = 400 * 1024;
/** How long after a key its echo is waited for, and how much may come before it. */
const ECHO_MS = 250;
const ECHO_BYTES = 512 * 1024;

export interface View {
  /** `resets`: the piece resets the terminal's modes, which must not be lost when it is skipped. */
  push(bytes: Uint8Array, resets: boolean): void;
  ack(bytes: number): void;
  /** The person has typed: what comes now is what they want to see. */
  attend(): void;
  close(): void;
}

/** A piece of output, or a gap where output was skipped. */
type Item =
  | { readonly kind: 'piece'; readonly bytes: Uint8Array; readonly resets: boolean }
  | { readonly kind: 'gap'; readonly bytes: number; readonly resets: boolean };

export function createView(send: (bytes: Uint8Array) => void): View {
  let unacknowledged = 0;
  const queue: Item[] = [];
  /** Bytes of the pieces in the queue. */
  let queued = 0;
  let stalled = false;
  let flooded = false;
  let due = 0;
  let attentiveUntil = 0;
  let timer: NodeJS.Timeout | null = null;

  function flush(): void {
    if (flooded && !mayTellOfFlood()) return;
    while (!stalled) {
      const item = queue.shift();
      if (item === undefined) return;
      if (item.kind === 'piece') queued -= item.bytes.byteLength;
      const bytes = item.kind === 'piece' ? item.bytes : gapNotice(item);
      unacknowledged += bytes.byteLength;
      send(bytes);
      if (unacknowledged > HIGH_WATER) stalled = true;
    }
  }

  /** In a flood the page gets something only when its time has come. */
  function mayTellOfFlood(): boolean {
    const wait = due - performance.now();
    if (wait > 0) {
      timer ??= setTimeout(() => {
        timer = null;
        flush();
      }, wait).unref();
      return false;
    }
    if (stalled || queue.length === 0) return false;
    flooded = queue.some((item) => item.kind === 'gap' && item.bytes > CALM_BYTES);
    due = performance.now() + FLOOD_EVERY_MS;
    return true;
  }

  /** Turns the oldest of the queue into one gap, until no more than `keep` bytes are left. */
  function skipOldest(keep: number): void {
    let bytes = 0;
    let resets = false;
    while (queue.length > 0 && (queued > keep || queue[0]?.kind === 'gap')) {
      const item = queue.shift();
      if (item === undefined) break;
      resets ||= item.resets;
      bytes += item.kind === 'gap' ? item.bytes : item.bytes.byteLength;
      if (item.kind === 'piece') queued -= item.bytes.byteLength;
    }
    if (bytes > 0) queue.unshift({ kind: 'gap', bytes, resets });
  }

  function skipNewest(bytes: number, resets: boolean): void {
    const last = queue.at(-1);
    if (last?.kind === 'gap') {
      queue[queue.length - 1] = { kind: 'gap', bytes: last.bytes + bytes, resets: last.resets || resets };
    } else queue.push({ kind: 'gap', bytes, resets });
  }

  return {
    push(bytes, resets) {
      const attentive = performance.now() < attentiveUntil;
      if (attentive && queued > ECHO_BYTES) skipNewest(bytes.byteLength, resets);
      else {
        queue.push({ kind: 'piece', bytes, resets });
        queued += bytes.byteLength;
        if (!attentive && stalled && queued > BACKLOG_BYTES) flooded = true;
        if (!attentive && flooded && queued > FLOOD_BYTES) skipOldest(FLOOD_BYTES);
      }
      flush();
    },
    ack(bytes) {
      unacknowledged = Math.max(0, unacknowledged - bytes);
      if (stalled && unacknowledged < LOW_WATER) stalled = false;
      flush();
    },
    attend() {
      attentiveUntil = performance.now() + ECHO_MS;
      if (!flooded) return;
      skipOldest(0);
      flooded = false;
      flush();
    },
    close() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}

function gapNotice(gap: Extract<Item, { kind: 'gap' }>): Uint8Array {
  const reset = gap.resets ? RESET_MODES : '';
  const size = `${(gap.bytes / 1024 / 1024).toFixed(1)} MB`;
  const text = `${reset}\x1b[0m\r\n\x1b[7m ${size} not shown here, all of it recorded \x1b[0m\r\n`;
  return Buffer.from(text, 'utf8');
}
