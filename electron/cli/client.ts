/** The command line as a client of the host: the same calls and events as a page, typed. */
import type { Arg, HostEvent, Method, Out } from '../contract/calls.ts';
import type { Result } from '../contract/result.ts';
import type { Host } from '../host/host.ts';

export interface Client {
  call<M extends Method>(method: M, arg: Arg<M>): Promise<Result<Out<M>>>;
  onEvent(listener: (event: HostEvent) => void): () => void;
  onStream(listener: (stream: number, bytes: Uint8Array) => void): () => void;
  close(): void;
}

export function connectClient(host: Host): Client {
  const events = new Set<(event: HostEvent) => void>();
  const streams = new Set<(stream: number, bytes: Uint8Array) => void>();
  const client = host.connect({
    event: (event) => {
      for (const listener of events) listener(event);
    },
    stream: (stream, bytes) => {
      for (const listener of streams) listener(stream, bytes);
    },
  });
  return {
    call: async <M extends Method>(method: M, arg: Arg<M>) =>
      (await client.call(method, arg)) as Result<Out<M>>,
    onEvent(listener) {
      events.add(listener);
      return () => events.delete(listener);
    },
    onStream(listener) {
      streams.add(listener);
      return () => streams.delete(listener);
    },
    close() {
      client.close();
    },
  };
}
