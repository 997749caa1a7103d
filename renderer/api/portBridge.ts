/** Bridge over the MessagePort that the desktop shell hands to the page. The same frames, as structured clones. */
import type { Bridge, BridgeListener } from './bridge.ts';
import { readHostFrame } from './frames.ts';

/** What the preload script offers to the page. */
export interface DesktopApi {
  /** Asks the shell for a port to the host; it arrives as a window message `{holdpoint: 'port'}`. */
  connect(): Promise<void>;
  /** Lets the person choose a folder; null when they did not. */
  chooseDirectory?(): Promise<string | null>;
}

declare global {
  interface Window {
    readonly holdpoint?: DesktopApi;
  }
}

function isPortMessage(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'holdpoint' in data && data.holdpoint === 'port';
}

function readBytes(data: unknown): { stream: number; bytes: Uint8Array } | null {
  if (typeof data !== 'object' || data === null || !('stream' in data) || !('bytes' in data)) return null;
  if (typeof data.stream !== 'number' || !(data.bytes instanceof Uint8Array)) return null;
  return { stream: data.stream, bytes: data.bytes };
}

/** A bridge through the desktop shell. A new port replaces the old one: the host came back. */
export function createPortBridge(api: DesktopApi, page: Window): Bridge {
  let listener: BridgeListener | null = null;
  let port: MessagePort | null = null;

  const receive = (data: unknown): void => {
    const chunk = readBytes(data);
    if (chunk !== null) {
      listener?.stream(chunk.stream, chunk.bytes);
      return;
    }
    const frame = readHostFrame(data);
    if (frame !== null && frame.kind !== 'welcome') listener?.frame(frame);
  };

  const lost = (): void => {
    port = null;
    listener?.status({ state: 'lost', retryAt: null });
  };

  const arrive = (event: MessageEvent<unknown>): void => {
    const next = event.ports[0];
    if (event.source !== page || !isPortMessage(event.data) || next === undefined) return;
    port?.close();
    port = next;
    next.addEventListener('message', (message: MessageEvent<unknown>) => {
      receive(message.data);
    });
    next.addEventListener('close', () => {
      if (port === next) lost();
    });
    next.start();
    listener?.status({ state: 'open' });
  };

  return {
    start(to) {
      listener = to;
      to.status({ state: 'connecting' });
      page.addEventListener('message', arrive);
      api.connect().catch(lost);
    },
    send(frame) {
      if (port === null) return false;
      port.postMessage(frame);
      return true;
    },
    close() {
      page.removeEventListener('message', arrive);
      port?.close();
      port = null;
    },
  };
}
