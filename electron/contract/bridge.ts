/**
 * What the desktop shell's preload offers the page as `window.holdpoint`; absent in the browser shell. Everything else
 * goes through the port it delivers. Free of schemas, so that the preload and the page may import it.
 */
import type { Result } from './result.ts';

/** `type` of the window message that carries the page's MessagePort to the host. */
export const PORT_MESSAGE = 'holdpoint:port';

export interface DesktopBridge {
  readonly shell: 'desktop';
  /**
   * Asks for a port to the host. It arrives as a window message `{ type: PORT_MESSAGE }` with one port, once the host
   * is up. Ask again when the port closes: the host was restarted. A fresh port makes the one before it obsolete.
   */
  connect(): Promise<Result<null>>;
  /** The chosen folder or file, or null when the person cancelled. */
  chooseDirectory(): Promise<Result<string | null>>;
  chooseFile(): Promise<Result<string | null>>;
  /** Shows the full address, asks, and opens it outside. Only https: and mailto:. */
  openExternal(url: string): Promise<Result<null>>;
}
