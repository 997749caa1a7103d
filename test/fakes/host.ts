/** A host that answers what it is told to and remembers its pages: for tests of what carries calls, not of calls. */
import type { Reply } from '../../electron/contract/calls.ts';
import { ok } from '../../electron/contract/result.ts';
import type { ClientSink, Host } from '../../electron/host/host.ts';

export interface FakeHost extends Host {
  readonly calls: { readonly method: unknown; readonly arg: unknown }[];
  readonly sinks: ClientSink[];
  /** How many pages are connected now. */
  open: number;
  closed: boolean;
}

/** Answers each call with `reply`; by default with the method's name. */
export function fakeHost(reply: (method: unknown, arg: unknown) => Promise<Reply> = echo): FakeHost {
  const host: FakeHost = {
    calls: [],
    sinks: [],
    open: 0,
    closed: false,
    connect(sink) {
      host.sinks.push(sink);
      host.open += 1;
      return {
        call(method, arg) {
          host.calls.push({ method, arg });
          return reply(method, arg);
        },
        close() {
          host.open -= 1;
        },
      };
    },
    close() {
      host.closed = true;
      return Promise.resolve();
    },
  };
  return host;
}

function echo(method: unknown): Promise<Reply> {
  if (method === 'run.list') return Promise.resolve(ok([]));
  return Promise.resolve(ok(method));
}
