/**
 * A logged-in ssh2 client as a Connection: channels, and why contact was lost. Must never reconnect by itself.
 */
import type { Socket } from 'node:net';
import type { Client, ClientChannel } from 'ssh2';
import { fail, ok } from '../../../contract/result.ts';
import type { Result } from '../../../contract/result.ts';
import type { CommandChannel, Connection, ConnectionFacts, ConnectOptions } from '../connection.ts';
import { cleanLine } from '../serverText.ts';
import { adoptChannel, ptyOf } from './ssh2Channel.ts';

/** Longest exec request: beyond it Linux refuses the argument, and far beyond it servers drop the connection. */
export const longestExecBytes = 120_000;

const closeGraceMs = 2000;

/** Takes over a client that has just logged in; every listener of its login must be gone. */
export function openConnection(
  client: Client,
  socket: Socket,
  keepAlive: ConnectOptions['keepAlive'],
  facts: ConnectionFacts,
): Connection {
  const link = watchLink(client, socket, keepAlive);

  function open(
    hasPty: boolean,
    onData: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void,
    request: (done: (error: Error | undefined, channel: ClientChannel) => void) => void,
  ): Promise<Result<CommandChannel>> {
    return new Promise((resolve) => {
      const refuse = (error: unknown): void => {
        resolve(channelFailure(facts.address, error, link.lost()));
      };
      const done = (error: Error | undefined, channel: ClientChannel): void => {
        if (error === undefined) resolve(ok(adoptChannel(client, channel, hasPty, onData, link.lost)));
        else refuse(error);
      };
      try {
        request(done);
      } catch (error) {
        refuse(error);
      }
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
      const options = request.pty === undefined ? {} : { pty: ptyOf(request.pty) };
      return open(request.pty !== undefined, request.onData, (done) => {
        client.exec(request.command, options, done);
      });
    },
    shell: (size, onData) =>
      open(
        true,
        (_stream, bytes) => {
          onData(bytes);
        },
        (done) => {
          client.shell(ptyOf(size), done);
        },
      ),
    onClosed: link.onClosed,
    close: link.close,
  };
}

interface Link {
  /** Why the connection is closed, or undefined while it is open. */
  readonly lost: () => string | undefined;
  readonly onClosed: (listener: (why: string) => void) => void;
  readonly close: () => Promise<void>;
}

function watchLink(client: Client, socket: Socket, keepAlive: ConnectOptions['keepAlive']): Link {
  const listeners: ((why: string) => void)[] = [];
  let cause: string | undefined;
  let lost: string | undefined;
  let byUs = false;

  client.on('error', (error: Error & { level?: string; code?: unknown }) => {
    cause ??= causeOf(error, keepAlive);
  });
  socket.on('end', () => {
    if (!byUs) cause ??= 'The server closed the connection';
  });
  const closed = new Promise<void>((resolve) => {
    client.once('close', () => {
      lost = byUs ? 'The connection was closed from this side' : (cause ?? 'The connection broke');
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
      const timer = setTimeout(() => {
        socket.destroy();
      }, closeGraceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

function causeOf(
  error: Error & { level?: string; code?: unknown },
  keepAlive: ConnectOptions['keepAlive'],
): string {
  const text = cleanLine(error.message, 200);
  switch (error.level) {
    case 'client-timeout': {
      const seconds = Math.round((keepAlive.intervalMs * (keepAlive.count + 1)) / 1000);
      return `The host has not answered for ${String(seconds)} s (keep-alive); the connection was given up from this side`;
    }
    case 'client-socket':
      if (error.code === 'ECONNRESET') return 'The connection was reset by the other side (ECONNRESET)';
      return `The connection broke: ${text}`;
    case undefined:
      return `The server ended the connection: ${text}`;
    default:
      return `The connection was given up from this side after a protocol error: ${text}`;
  }
}

function channelFailure(address: string, error: unknown, lost: string | undefined): Result<never> {
  if (lost !== undefined)
    return fail('network', `${address}: no connection. ${lost}.`, { hint: 'Connect again.' });
  const text = cleanLine(error instanceof Error ? error.message : String(error), 200);
  if (text.includes('Channel open failure')) {
    return fail('refused', `${address} refuses another channel: ${text}`, {
      hint: 'The host limits open sessions on a connection (MaxSessions, often 10). Close a shell and try again.',
    });
  }
  if (text.includes('No response') || text.includes('Not connected')) {
    return fail('network', `${address}: the connection was lost before the command could be sent.`, {
      hint: 'Connect again. Whether the host has received the command is not known.',
    });
  }
  return fail('refused', `${address} does not run commands on this login: ${text}`, {
    hint: 'The account may be restricted (ForceCommand, no pty). Nothing was run.',
  });
}
