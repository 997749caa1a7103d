/** Bridge over the MessagePort that the desktop shell hands to the page. The same frames as over a WebSocket. */
import { PORT_MESSAGE, type DesktopBridge } from '../../electron/contract/bridge.ts';
import type { HostFrame } from '../../electron/contract/wire.ts';
import type { Bridge, BridgeListener } from './bridge.ts';
import { readHostFrame, readStreamFrame, readTextFrame } from './frames.ts';

declare global {
  interface Window {
    /** What the preload script offers; absent in the browser shell. */
    readonly holdpoint?: DesktopBridge;
  }
}

function isPortMessage(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === PORT_MESSAGE;
}

function readFrame(data: unknown): HostFrame | null {
  return typeof data === 'string' ? readTextFrame(data) : readHostFrame(data);
}

/** A bridge through the desktop shell. A new port replaces the old one: the host came back. */
export function createPortBridge(api: DesktopBridge, page: Window): Bridge {
  let listener: BridgeListener | null = null;
  let port: MessagePort | null = null;
  let closed = false;

  const ask = (): void => {
    listener?.status({ state: 'connecting' });
    void api.connect().then((result) => {
      if (!result.ok) listener?.status({ state: 'refused', failure: result.error });
    });
  };

  const receive = (from: MessagePort, data: unknown): void => {
    if (from !== port) return;
    if (data instanceof Uint8Array) {
      const whole = new Uint8Array(data);
      const read = readStreamFrame(whole.buffer);
      if (read !== null) listener?.stream(read.stream, read.bytes);
      return;
    }
    const frame = readFrame(data);
    if (frame?.kind === 'welcome') listener?.status({ state: 'open' });
    else if (frame !== null) listener?.frame(frame);
  };

  const arrive = (event: MessageEvent<unknown>): void => {
    const next = event.ports[0];
    if (event.source !== page || !isPortMessage(event.data) || next === undefined) return;
    port?.close();
    port = next;
    next.addEventListener('message', (message: MessageEvent<unknown>) => {
      receive(next, message.data);
    });
    next.addEventListener('close', () => {
      if (port !== next || closed) return;
      port = null;
      listener?.status({ state: 'lost', retryAt: null });
      ask();
    });
    next.start();
  };

  return {
    start(to) {
      listener = to;
      page.addEventListener('message', arrive);
      ask();
    },
    send(frame) {
      if (port === null) return false;
      port.postMessage(JSON.stringify(frame));
      return true;
    },
    close() {
      closed = true;
      page.removeEventListener('message', arrive);
      port?.close();
      port = null;
    },
  };
}
