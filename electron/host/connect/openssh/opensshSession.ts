/**
 * A chain of masters as a Connection: channels on the last one, and why contact was lost. Must never reconnect by
 * itself.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { fail, ok } from '../../../contract/result.ts';
import type { Result } from '../../../contract/result.ts';
import type { Closed, CommandChannel, Connection, ConnectionFacts, TerminalSize } from '../connection.ts';
import { closedReason } from './closedReason.ts';
import type { Master } from './hopMaster.ts';
import type { DataListener, MuxChannel } from './muxChannel.ts';
import { refusedChannel } from './muxProxy.ts';
import type { PacketWriter } from './packets.ts';

/** Longest exec request: beyond it Linux refuses the argument, and far beyond it servers drop the connection. */
const longestExecBytes = 120_000;
/** How long ssh may take to say why it ended, once its socket is closed. */
const lastWordsMs = 2000;
const CLOSED_HERE = 'The connection was closed from this side';

interface Request {
  readonly pty?: TerminalSize;
  readonly name: 'exec' | 'shell' | 'subsystem';
  readonly fill: (packet: PacketWriter) => PacketWriter;
  readonly onData: DataListener;
}

/** `masters`: nearest first; the last one is the host itself. */
export function openSession(masters: readonly [...Master[], Master], facts: ConnectionFacts): Connection {
  const last = masters.at(-1) ?? masters[0];
  const link = watchLink(masters, last);

  async function open(request: Request): Promise<Result<CommandChannel>> {
    const opened = await last.proxy.openSession(request.onData);
    if (opened.kind === 'refused') return refusedChannel(facts.address, opened.refusal);
    if (opened.kind === 'lost') return lostFailure(facts.address, await link.lost());
    const { channel } = opened;
    if (request.pty !== undefined) {
      const accepted = await channel.askPty(request.pty);
      if (accepted !== true) return refused(channel, accepted, 'it gives no terminal (pty)');
    }
    const accepted = await channel.ask(request.name, request.fill);
    if (accepted === true) return ok(channel);
    const what = request.name === 'subsystem' ? 'it has no such subsystem' : 'it does not run commands';
    return refused(channel, accepted, what);
  }

  async function refused(
    channel: MuxChannel,
    accepted: boolean | undefined,
    why: string,
  ): Promise<Result<CommandChannel>> {
    channel.close();
    if (accepted === undefined && link.isLost()) {
      return fail('network', `${facts.address}: the connection was lost before the command could be sent.`, {
        hint: 'Connect again. Whether the host has received the command is not known.',
      });
    }
    return fail('refused', `${facts.address} does not run this on this login: ${why}.`, {
      hint: 'The account may be restricted (ForceCommand, no pty, no subsystem). Nothing was run.',
    });
  }

  return {
    facts,
    exec: (request) => {
      const bytes = Buffer.byteLength(request.command);
      if (bytes > longestExecBytes) {
        const message = `The command for ${facts.address} is ${String(bytes)} bytes; at most ${String(longestExecBytes)} can be sent. Nothing was sent.`;
        return Promise.resolve(
          fail('bad-request', message, { hint: 'Put it into a file on the host and run that.' }),
        );
      }
      return open({
        name: 'exec',
        fill: (packet) => packet.string(request.command),
        onData: request.onData,
        ...(request.pty === undefined ? {} : { pty: request.pty }),
      });
    },
    shell: (size, onData) =>
      open({
        name: 'shell',
        fill: (packet) => packet,
        pty: size,
        onData: (_stream, bytes) => {
          onData(bytes);
        },
      }),
    subsystem: (name, onData) => open({ name: 'subsystem', fill: (packet) => packet.string(name), onData }),
    alive: (timeoutMs) => last.proxy.alive(timeoutMs),
    onClosed: link.onClosed,
    close: link.close,
  };
}

interface Link {
  readonly isLost: () => boolean;
  /** Why, once that is known. */
  readonly lost: () => Promise<Closed>;
  readonly onClosed: (listener: (closed: Closed) => void) => void;
  readonly close: () => Promise<void>;
}

function watchLink(masters: readonly Master[], last: Master): Link {
  const listeners: ((closed: Closed) => void)[] = [];
  const given = { up: false };
  let isLost = false;
  let known: Closed | undefined;
  const ended = (async (): Promise<Closed> => {
    const { error } = await last.proxy.closed;
    isLost = true;
    const closed: Closed = given.up
      ? { side: 'here', why: CLOSED_HERE }
      : await whyEnded(masters, last, error);
    known = closed;
    last.proxy.lose(closed.why);
    for (const listener of listeners.splice(0)) listener(closed);
    // Whatever is left of the chain is of no use any more.
    await endAll(masters);
    return closed;
  })();
  return {
    isLost: () => isLost,
    lost: () => ended,
    onClosed: (listener) => {
      if (known === undefined) listeners.push(listener);
      else listener(known);
    },
    close: async () => {
      if (!isLost) {
        given.up = true;
        // What the host makes of being hung up on must not count as how a command ended.
        last.proxy.lose(CLOSED_HERE);
      }
      await endAll(masters);
      await ended;
    },
  };
}

async function whyEnded(
  masters: readonly Master[],
  last: Master,
  error: string | undefined,
): Promise<Closed> {
  await Promise.race([last.ended, delay(lastWordsMs)]);
  // A jump host that went away takes all behind it along: its own words are the reason.
  for (const jump of masters) {
    if (jump === last || !(await hasEnded(jump))) continue;
    const closed = closedReason(jump.said(), undefined);
    return { side: closed.side, why: `The jump host ${jump.address} is gone. ${closed.why}` };
  }
  return closedReason(last.said(), error);
}

function hasEnded(master: Master): Promise<boolean> {
  return Promise.race([master.ended.then(() => true), delay(200, false)]);
}

/** The far end first: what is nearer still carries it. */
async function endAll(masters: readonly Master[]): Promise<void> {
  for (const master of [...masters].reverse()) await master.end();
}

function lostFailure(address: string, closed: Closed): Result<never> {
  return fail('network', `${address}: no connection. ${closed.why}.`, { hint: 'Connect again.' });
}
