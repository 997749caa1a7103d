/** The host as a shell sees it: one client a page. Everything else about the host is behind this. */
import type { HostEvent, Reply } from '../contract/calls.ts';

/** How the host reaches one page. Neither function may throw; a page that is gone simply gets nothing. */
export interface ClientSink {
  event(event: HostEvent): void;
  /** Terminal bytes of an attached stream. The array is the callee's to keep. */
  stream(stream: number, bytes: Uint8Array): void;
}

export interface HostClient {
  /** Validates, runs, answers. Never rejects. */
  call(method: unknown, arg: unknown): Promise<Reply>;
  /** The page is gone: its terminal streams are detached; runs go on. */
  close(): void;
}

export interface Host {
  connect(sink: ClientSink): HostClient;
  /** Ends connections and closes journals cleanly. Open runs stay open on disk and can be resumed. */
  close(): Promise<void>;
}
