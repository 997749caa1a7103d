/** Bridge over a WebSocket to the loopback server. Reconnects with growing pauses; never sends before the welcome. */
import { t } from '../i18n/t.ts';
import type { Bridge, BridgeListener } from './bridge.ts';
import { readStreamFrame, readTextFrame } from './frames.ts';

const firstPauseMs = 250;
const longestPauseMs = 5_000;
/** Close code of a server that refused the token (RFC 6455: 4000-4999 are private, 1008 is policy). */
const refusedCodes: ReadonlySet<number> = new Set([1008, 4401, 4403]);

export interface WsBridgeOptions {
  readonly url: string;
  readonly token: string | null;
  readonly now?: () => number;
}

/** A bridge to `url` (ws:). Without a token it reports `refused` and connects to nothing. */
export function createWsBridge({ url, token, now = Date.now }: WsBridgeOptions): Bridge {
  let listener: BridgeListener | null = null;
  let socket: WebSocket | null = null;
  let open = false;
  let closed = false;
  let pauseMs = firstPauseMs;
  let timer: ReturnType<typeof setTimeout> | null = null;

  const refuse = (): void => {
    closed = true;
    listener?.status({
      state: 'refused',
      failure: { code: 'forbidden', message: t('bridge.refused'), hint: t('bridge.refused.hint') },
    });
  };

  const connect = (): void => {
    if (closed || token === null) return;
    listener?.status({ state: 'connecting' });
    const next = new WebSocket(url);
    next.binaryType = 'arraybuffer';
    socket = next;
    next.addEventListener('open', () => {
      next.send(JSON.stringify({ hello: 1, token }));
    });
    next.addEventListener('message', (event: MessageEvent<unknown>) => {
      if (event.data instanceof ArrayBuffer) {
        const read = readStreamFrame(event.data);
        if (read !== null) listener?.stream(read.stream, read.bytes);
        return;
      }
      const frame = typeof event.data === 'string' ? readTextFrame(event.data) : null;
      if (frame === null) return;
      if (frame.kind === 'welcome') {
        open = true;
        pauseMs = firstPauseMs;
        listener?.status({ state: 'open' });
        return;
      }
      listener?.frame(frame);
    });
    next.addEventListener('close', (event) => {
      open = false;
      if (closed) return;
      if (refusedCodes.has(event.code)) {
        refuse();
        return;
      }
      listener?.status({ state: 'lost', retryAt: now() + pauseMs });
      timer = setTimeout(connect, pauseMs);
      pauseMs = Math.min(longestPauseMs, pauseMs * 2);
    });
  };

  return {
    start(to) {
      listener = to;
      if (token === null) refuse();
      else connect();
    },
    send(frame) {
      if (!open || socket?.readyState !== WebSocket.OPEN) return false;
      socket.send(JSON.stringify(frame));
      return true;
    },
    close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      socket?.close();
    },
  };
}
