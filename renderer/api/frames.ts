/** Reads what comes over the wire. Anything malformed is dropped here, so that nothing inside has to doubt a frame. */
import type { HostFrame } from '../../electron/contract/wire.ts';

/** A frame of terminal bytes: 4-byte big-endian stream number, then the bytes. Null when it is too short. */
export function readStreamFrame(data: ArrayBuffer): { stream: number; bytes: Uint8Array } | null {
  if (data.byteLength < 4) return null;
  return { stream: new DataView(data).getUint32(0, false), bytes: new Uint8Array(data, 4) };
}

/** A host frame from parsed JSON or a structured clone; null when it is none. The host is trusted for the inside. */
export function readHostFrame(value: unknown): HostFrame | null {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return null;
  const kind = value.kind;
  if (kind === 'welcome') return { kind: 'welcome' };
  if (kind === 'reply' && 'id' in value && typeof value.id === 'number' && 'reply' in value) {
    return value as HostFrame;
  }
  if (kind === 'event' && 'event' in value && typeof value.event === 'object' && value.event !== null) {
    return value as HostFrame;
  }
  return null;
}

/** A text frame; null when it is not JSON or not a host frame. */
export function readTextFrame(text: string): HostFrame | null {
  try {
    const value: unknown = JSON.parse(text);
    return readHostFrame(value);
  } catch {
    return null;
  }
}
