/**
 * Frames between a page and the host, the same over WebSocket and MessagePort. Text frames are JSON; terminal bytes
 * travel as binary: a 4-byte big-endian stream number, then the bytes.
 */
import { z } from 'zod';
import type { HostEvent, Reply } from './calls.ts';

export const ClientFrame = z.strictObject({
  id: z.int().min(1),
  method: z.string().max(64),
  arg: z.unknown(),
});
export type ClientFrame = z.infer<typeof ClientFrame>;

/** First frame on a WebSocket: the token from the URL fragment. Nothing else is read before it. */
export const HelloFrame = z.strictObject({ hello: z.literal(1), token: z.string().length(43) });

export type HostFrame =
  | { readonly kind: 'welcome' }
  | { readonly kind: 'reply'; readonly id: number; readonly reply: Reply }
  | { readonly kind: 'event'; readonly event: HostEvent };

/** Longest text frame a client may send: room for the largest argument of a call (three trust files, a piece of a bundle). */
export const MAX_FRAME_BYTES = 4 * 1024 * 1024;
