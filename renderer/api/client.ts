/** Typed calls, events and terminal streams over a bridge. A call always settles: with the reply or with a failure. */
import type { Arg, HostEvent, Method, Out } from '../../electron/contract/calls.ts';
import { fail, type Result } from '../../electron/contract/result.ts';
import type { HostFrame } from '../../electron/contract/wire.ts';
import { t } from '../i18n/t.ts';
import type { Bridge, BridgeStatus } from './bridge.ts';

type StreamListener = (bytes: Uint8Array) => void;

export interface Client {
  call<M extends Method>(method: M, arg: Arg<M>): Promise<Result<Out<M>>>;
  /** Returns the function that stops listening. */
  onEvent(listener: (event: HostEvent) => void): () => void;
  onStatus(listener: (status: BridgeStatus) => void): () => void;
  /** Bytes that came before the first listener are kept for it. */
  onStream(stream: number, listener: StreamListener): () => void;
  readonly status: () => BridgeStatus;
}

/** At most this many early chunks are kept for a stream nobody listens to yet. */
const earlyChunks = 512;

/** Starts the bridge and puts the contract over it. */
export function createClient(bridge: Bridge): Client {
  let nextId = 1;
  let status: BridgeStatus = { state: 'connecting' };
  const waiting = new Map<number, (reply: Result<unknown>) => void>();
  const events = new Set<(event: HostEvent) => void>();
  const statuses = new Set<(status: BridgeStatus) => void>();
  const streams = new Map<number, StreamListener>();
  const early = new Map<number, Uint8Array[]>();
  /**
   * Requests of a page that is faster than its first connection: sent when it is there. Never those of a connection that
   * is being made again: what a person asked for then must not happen later by itself.
   */
  let wasOpen = false;
  let unsent: Parameters<Bridge['send']>[0][] = [];

  const dropAll = (): void => {
    const settle = [...waiting.values()];
    waiting.clear();
    early.clear();
    unsent = [];
    for (const each of settle) each(fail('network', t('bridge.cut'), { hint: t('bridge.cut.hint') }));
  };

  bridge.start({
    frame(frame: HostFrame) {
      if (frame.kind === 'event') {
        for (const each of events) each(frame.event);
      } else if (frame.kind === 'reply') {
        const settle = waiting.get(frame.id);
        waiting.delete(frame.id);
        settle?.(frame.reply);
      }
    },
    stream(stream, bytes) {
      const listener = streams.get(stream);
      if (listener !== undefined) {
        listener(bytes);
        return;
      }
      const kept = early.get(stream) ?? [];
      if (kept.length < earlyChunks) early.set(stream, [...kept, bytes]);
    },
    status(next) {
      status = next;
      if (next.state === 'lost' || next.state === 'refused') dropAll();
      if (next.state === 'open') {
        wasOpen = true;
        for (const request of unsent.splice(0)) bridge.send(request);
      }
      for (const each of statuses) each(next);
    },
  });

  return {
    call<M extends Method>(method: M, arg: Arg<M>) {
      const id = nextId++;
      return new Promise<Result<Out<M>>>((resolve) => {
        // The reply's shape is the host's side of the contract: this is the transport seam.
        waiting.set(id, resolve as (reply: Result<unknown>) => void);
        const request = { id, method, arg };
        if (bridge.send(request)) return;
        if (status.state === 'connecting' && !wasOpen) unsent.push(request);
        else {
          waiting.delete(id);
          resolve(fail('network', t('bridge.none'), { hint: t('bridge.cut.hint') }));
        }
      });
    },
    onEvent(listener) {
      events.add(listener);
      return () => events.delete(listener);
    },
    onStatus(listener) {
      statuses.add(listener);
      return () => statuses.delete(listener);
    },
    onStream(stream, listener) {
      streams.set(stream, listener);
      for (const bytes of early.get(stream) ?? []) listener(bytes);
      early.delete(stream);
      return () => streams.delete(stream);
    },
    status: () => status,
  };
}
