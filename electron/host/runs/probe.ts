/** Runs a short read-only command without a pty and judges it. Keeps a bounded part of the output in memory. */
import type { Check, CommandEnd } from '../../contract/records.ts';
import type { CommandChannel } from '../connect/connection.ts';
import { type Collector, createCollector } from './collector.ts';
import { interrupt } from './interrupt.ts';
import type { LiveLink } from './link.ts';
import { judge, type Judged, type Rendered } from './render.ts';

export interface ProbeResult extends Judged {
  readonly end: CommandEnd;
}

/** Sends the command once and waits for its end or its time limit. `onData` sees every byte first. */
export async function runProbe(
  live: LiveLink,
  rendered: Rendered,
  options: {
    readonly carry: boolean;
    readonly wire?: string;
    readonly onData?: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void;
    /** Called when all of its output has come, before it is judged. */
    readonly onEnd?: (end: CommandEnd) => void;
    /** Where the output is judged from, when that is not as it comes. */
    readonly judged?: (take: Collector['take']) => void;
    readonly onChannel?: (channel: CommandChannel) => void;
  },
): Promise<ProbeResult> {
  const wire = options.wire ?? (await wrapped(live, rendered.text, options.carry));
  if (typeof wire !== 'string') return notSent(wire.why);
  const collector = createCollector(undefined, live.prepared.startMark);
  options.judged?.((stream, bytes) => {
    collector.take(stream, bytes);
  });
  const channel = await live.connection.exec({
    command: wire,
    onData: (stream, bytes) => {
      options.onData?.(stream, bytes);
      if (options.judged === undefined) collector.take(stream, bytes);
    },
  });
  if (!channel.ok) return notSent(channel.error.message);
  options.onChannel?.(channel.value);
  channel.value.endInput();
  const end = await endWithin(live, channel.value, rendered.timeoutMs);
  options.onEnd?.(end);
  return { end, ...judge(rendered, { end, ...collector.result() }, new Date()) };
}

async function wrapped(
  live: LiveLink,
  text: string,
  carry: boolean,
): Promise<string | { readonly why: string }> {
  const wire = await live.prepared.wrap(text, { carry });
  return wire.ok ? wire.value : { why: wire.error.message };
}

function notSent(why: string): ProbeResult {
  const check: Check = { name: 'sent', expected: 'the host runs it', actual: why.slice(0, 1000), ok: false };
  return { end: { how: 'lost', why: why.slice(0, 400) }, checks: [check], captures: { ok: true, value: {} } };
}

/** Waits for the end; past the limit the channel is given up and the end is `timeout`. */
async function endWithin(live: LiveLink, channel: CommandChannel, limitMs: number): Promise<CommandEnd> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<CommandEnd>((resolve) => {
    timer = setTimeout(() => {
      resolve({ how: 'timeout', afterMs: limitMs });
    }, limitMs);
  });
  const end = await Promise.race([channel.ended, limit]);
  clearTimeout(timer);
  if (end.how === 'timeout') {
    interrupt(live, channel, 'exec', 'KILL');
    channel.close();
  }
  return end;
}
