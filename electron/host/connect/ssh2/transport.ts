/**
 * The stream that an SSH connection runs on: a TCP connection of this computer, or one that a jump host opens. Nothing
 * but the next host's name and port is told to a jump host.
 */
import { connect as openTcp, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Failure } from '../../../contract/result.ts';
import { jumpFailure, socketFailure } from '../connectFailures.ts';
import type { Hop } from '../connection.ts';
import { cleanLine } from '../serverText.ts';
import type { OpenHop } from './ssh2Link.ts';

/** Calls one of the two. What it returns gives up the try; a transport may still come after that. */
export type OpenTransport = (done: {
  readonly opened: (transport: Duplex) => void;
  readonly failed: (failure: Failure) => void;
}) => () => void;

/** A connection of this computer to the host. */
export function overTcp(hop: Pick<Hop, 'host' | 'port'>, address: string): OpenTransport {
  return ({ opened, failed }) => {
    const socket = openTcp({ host: hop.host, port: hop.port, noDelay: true });
    const refuse = (error: NodeJS.ErrnoException): void => {
      failed(socketFailure(address, 'reach', codeOf(error)));
    };
    socket.once('error', refuse);
    socket.once('connect', () => {
      socket.removeListener('error', refuse);
      opened(socket);
    });
    return () => {
      if (socket.connecting) socket.destroy();
    };
  };
}

/** A connection that the last jump host makes to the host (RFC 4254 section 7.2). */
export function throughJump(hop: Pick<Hop, 'host' | 'port'>, address: string, jump: OpenHop): OpenTransport {
  return ({ opened, failed }) => {
    const refuse = (error: unknown): void => {
      const lost = jump.link.lost();
      failed(
        jumpFailure(address, jump.facts.address, lost === undefined ? `${wordsOf(error)}.` : `${lost.why}.`),
      );
    };
    try {
      jump.client.forwardOut('127.0.0.1', 0, hop.host, hop.port, (error, channel) => {
        if (error !== undefined) {
          refuse(error);
          return;
        }
        // A socket ends when the other side does; a channel has to be told.
        channel.once('end', () => {
          channel.destroy();
        });
        opened(channel);
      });
    } catch (error) {
      refuse(error);
    }
    return () => undefined;
  };
}

/** Ends a transport once what was written has left, whichever kind it is. */
export function hangUp(transport: Duplex): void {
  if (transport instanceof Socket) transport.destroySoon();
  else transport.destroy();
}

function wordsOf(error: unknown): string {
  const text = cleanLine(error instanceof Error ? error.message : String(error), 200);
  return text.replace(/^\(SSH\) Channel open failure: /, 'it said: ').replace(/\.$/, '');
}

function codeOf(error: NodeJS.ErrnoException): string {
  if (error.code !== undefined) return error.code;
  // Several addresses were tried and each failed.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : undefined;
  return first instanceof Error && 'code' in first ? String(first.code) : error.message;
}
