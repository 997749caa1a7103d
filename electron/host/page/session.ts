/**
 * One page talking to the host over any transport: frames in, frames out. It must never throw at its transport and
 * never act on a frame that does not match the wire contract.
 */
import type { Reply } from '../../contract/calls.ts';
import { type Result, fail, ok } from '../../contract/result.ts';
import { ClientFrame, type HostFrame, MAX_FRAME_BYTES } from '../../contract/wire.ts';
import type { Host } from '../host.ts';

/** Where frames for the page go. Neither function may throw; a page that is gone simply gets nothing. */
export interface PageTransport {
  text(frame: string): void;
  binary(frame: Uint8Array): void;
}

export interface PageSession {
  /** Takes one text frame. A failure means that the frame was no call at all: the transport should close. */
  receive(frame: string): Result<null>;
  /** The page is gone. Answers still on their way are dropped. */
  close(): void;
}

/** Connects a page to the host and greets it. */
export function openPageSession(host: Host, transport: PageTransport): PageSession {
  let open = true;
  const send = (frame: HostFrame) => {
    if (open) transport.text(JSON.stringify(frame));
  };
  send({ kind: 'welcome' });
  const client = host.connect({
    event: (event) => {
      send({ kind: 'event', event });
    },
    stream: (stream, bytes) => {
      if (open) transport.binary(encodeStream(stream, bytes));
    },
  });
  return {
    receive(text) {
      const frame = parseClientFrame(text);
      if (!frame.ok) return frame;
      const { id, method, arg } = frame.value;
      void answer(client.call(method, arg), (reply) => {
        send({ kind: 'reply', id, reply });
      });
      return ok(null);
    },
    close() {
      if (!open) return;
      open = false;
      client.close();
    },
  };
}

/** The binary frame of terminal output: a 4-byte big-endian stream number, then the bytes. */
export function encodeStream(stream: number, bytes: Uint8Array): Uint8Array {
  const frame = new Uint8Array(4 + bytes.byteLength);
  new DataView(frame.buffer).setUint32(0, stream);
  frame.set(bytes, 4);
  return frame;
}

/** A call from its JSON text, or why it is none. The text itself is never quoted. */
export function parseClientFrame(text: string): Result<ClientFrame> {
  if (Buffer.byteLength(text) > MAX_FRAME_BYTES) return fail('bad-request', 'The frame is too long.');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return fail('bad-request', 'The frame is not JSON.');
  }
  const frame = ClientFrame.safeParse(json);
  return frame.success ? ok(frame.data) : fail('bad-request', 'The frame is not a call.');
}

async function answer(call: Promise<Reply>, send: (reply: Reply) => void): Promise<void> {
  try {
    send(await call);
  } catch {
    // Only an answer that cannot be written as JSON gets here; its page must not wait for ever.
    send(fail('internal', 'The answer could not be sent.'));
  }
}
