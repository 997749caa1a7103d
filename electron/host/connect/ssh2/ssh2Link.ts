/**
 * Watches a logged-in ssh2 client: whether it is still there, and if not, which side closed it and why. Through jump
 * hosts the one that went first is named. Must never reconnect by itself.
 */
import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import type { Closed, Hop, HopFacts } from '../connection.ts';
import { cleanLine } from '../serverText.ts';

const closeGraceMs = 2000;
const hangUpMs = 500;

export interface Link {
  /** Why the connection is closed, or undefined while it is open. */
  readonly lost: () => Closed | undefined;
  readonly onClosed: (listener: (closed: Closed) => void) => void;
  /** Closes it from this side; resolves when that is done, after 2.5 s at the latest. */
  readonly close: () => Promise<void>;
}

/** A host that was logged in to. */
export interface OpenHop {
  readonly client: Client;
  readonly transport: Duplex;
  readonly facts: HopFacts;
  readonly link: Link;
}

export const closedHere: Closed = { side: 'here', why: 'The connection was closed from this side' };

/** Takes over a client that has just logged in; `via` are the jump hosts it goes through, nearest first. */
export function watchLink(
  client: Client,
  transport: Duplex,
  keepAlive: Hop['keepAlive'],
  via: readonly OpenHop[],
): Link {
  const listeners: ((closed: Closed) => void)[] = [];
  let cause: Closed | undefined;
  let lost: Closed | undefined;
  let byUs = false;

  client.on('error', (error: Error & { level?: string; code?: unknown }) => {
    cause ??= causeOf(error, keepAlive);
  });
  transport.on('end', () => {
    if (!byUs) cause ??= { side: 'there', why: 'The server closed the connection' };
  });
  const closed = new Promise<void>((resolve) => {
    client.once('close', () => {
      lost = byUs ? closedHere : (lostOnTheWay(via) ?? cause ?? brokenLink);
      for (const listener of listeners) listener(lost);
      resolve();
    });
  });
  return {
    lost: () => lost,
    onClosed: (listener) => {
      if (lost === undefined) listeners.push(listener);
      else listener(lost);
    },
    close: async () => {
      if (lost !== undefined) return;
      byUs = cause === undefined;
      client.end();
      // A peer that does not close its side must not keep this one waiting.
      if (await within(closed, closeGraceMs)) return;
      transport.destroy();
      await within(closed, hangUpMs);
    },
  };
}

const brokenLink: Closed = { side: 'network', why: 'The connection broke' };

/** The jump host nearest to this side that is gone took all behind it along. */
function lostOnTheWay(via: readonly OpenHop[]): Closed | undefined {
  for (const { facts, link } of via) {
    const lost = link.lost();
    if (lost !== undefined) return { side: lost.side, why: `Jump host ${facts.address}: ${lost.why}` };
  }
  return undefined;
}

function causeOf(error: Error & { level?: string; code?: unknown }, keepAlive: Hop['keepAlive']): Closed {
  const text = cleanLine(error.message, 200);
  switch (error.level) {
    case 'client-timeout': {
      const seconds = Math.round((keepAlive.intervalMs * (keepAlive.count + 1)) / 1000);
      return {
        side: 'network',
        why: `The host has not answered for ${String(seconds)} s (keep-alive); the connection was given up`,
      };
    }
    case 'client-socket':
      return error.code === 'ECONNRESET'
        ? { side: 'there', why: 'The connection was reset by the other side (ECONNRESET)' }
        : { side: 'network', why: `The connection broke: ${text}` };
    case undefined:
      return { side: 'there', why: `The server ended the connection: ${text}` };
    default:
      return { side: 'here', why: `The connection was given up after a protocol error: ${text}` };
  }
}

async function within(event: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => {
      resolve(false);
    }, ms);
  });
  const came = await Promise.race([event.then(() => true), late]);
  clearTimeout(timer);
  return came;
}
