/**
 * One page's websocket. Until its first frame proves the token it is a stranger: nothing else is read from it and
 * nothing is sent to it. Whatever it sends, the server goes on.
 */
import type { RawData, WebSocket } from 'ws';
import { HelloFrame } from '../contract/wire.ts';
import type { Host } from '../host/host.ts';
import { openPageSession, type PageSession } from '../host/page/session.ts';
import { isSameToken } from './guard.ts';

/** Close codes the page can tell apart (RFC 6455 section 7.4; 4000 and up are for applications). */
export const CLOSE = {
  /** Text was expected: this server reads no binary frames. */
  binary: 1003,
  /** A frame that is no call. */
  malformed: 4400,
  /** The first frame was not a hello with the right token. A page must ask its person for a fresh address. */
  token: 4401,
  /** No hello in time. */
  late: 4408,
} as const;

/** How long a stranger may wait before it says hello. */
export const HELLO_DEADLINE_MS = 5_000;

/** Serves one accepted websocket until it closes. */
export function servePage(socket: WebSocket, host: Host, token: string, helloDeadlineMs: number): void {
  let session: PageSession | null = null;
  const deadline = setTimeout(() => {
    socket.close(CLOSE.late, 'no hello in time');
  }, helloDeadlineMs);
  socket.on('message', (data, isBinary) => {
    // After a close was asked for, frames that were already on their way are not acted on.
    if (socket.readyState !== socket.OPEN) return;
    if (isBinary) {
      socket.close(CLOSE.binary, 'text frames only');
      return;
    }
    const text = textOf(data);
    if (session === null) {
      if (!isHello(text, token)) {
        socket.close(CLOSE.token, 'wrong token');
        return;
      }
      clearTimeout(deadline);
      session = openPageSession(host, transportOver(socket));
      return;
    }
    const received = session.receive(text);
    if (!received.ok) socket.close(CLOSE.malformed, received.error.message);
  });
  socket.on('close', () => {
    clearTimeout(deadline);
    session?.close();
  });
  // ws answers a protocol error (too long, bad UTF-8) with its own close code; `close` follows and cleans up.
  socket.on('error', () => undefined);
}

function isHello(text: string, token: string): boolean {
  try {
    const hello = HelloFrame.safeParse(JSON.parse(text));
    return hello.success && isSameToken(hello.data.token, token);
  } catch {
    return false;
  }
}

function transportOver(socket: WebSocket): { text(frame: string): void; binary(frame: Uint8Array): void } {
  // With a callback, ws reports a closed socket there and never throws; the page is gone then and needs nothing.
  const gone = () => undefined;
  return {
    text: (frame) => {
      socket.send(frame, gone);
    },
    binary: (frame) => {
      socket.send(frame, gone);
    },
  };
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return (data instanceof ArrayBuffer ? Buffer.from(data) : data).toString('utf8');
}
