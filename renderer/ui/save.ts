/** Offers bytes to the person as a file, and reads the files they choose. Nothing is read that they did not choose. */
import { fail, ok, type Result } from '../../electron/contract/result.ts';
import { t } from '../i18n/t.ts';

export function fromBase64(base64: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  // `Uint8Array.from` would make a list of characters first: ten times the time and memory.
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

export function saveBytes(name: string, bytes: Uint8Array<ArrayBuffer>, mime: string): void {
  const url = URL.createObjectURL(new Blob([bytes], { type: mime }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has the bytes once it has begun; the address is only needed for that.
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 60_000);
}

export function saveBase64(name: string, base64: string, mime = 'application/zip'): void {
  saveBytes(name, fromBase64(base64), mime);
}

/** Exactly these characters as UTF-8, with no line ending changed: what is signed is the bytes. */
export function saveText(name: string, text: string): void {
  saveBytes(name, new TextEncoder().encode(text), 'application/octet-stream');
}

/** The bytes of a chosen file of at most `limit` bytes. */
export async function readBytes(file: File, limit: number): Promise<Result<Uint8Array>> {
  if (file.size > limit) return fail('bad-request', t('file.too-big', { name: file.name, n: limit }));
  try {
    return ok(new Uint8Array(await file.arrayBuffer()));
  } catch {
    return fail('not-found', t('file.unreadable', { name: file.name }), { hint: t('file.unreadable.hint') });
  }
}

/** The text (UTF-8) of a chosen file of at most `limit` bytes. */
export async function readText(file: File, limit: number): Promise<Result<string>> {
  const bytes = await readBytes(file, limit);
  if (!bytes.ok) return bytes;
  try {
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(bytes.value));
  } catch {
    return fail('bad-request', t('file.no-text', { name: file.name }));
  }
}
