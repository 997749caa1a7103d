/** Hands a file to the host piece by piece, so that its size does not matter. It can be called off between two pieces. */
import type { BundleView } from '../../../electron/contract/views.ts';
import { fail, ok, type Result } from '../../../electron/contract/result.ts';
import type { Client } from '../../api/client.ts';
import { t } from '../../i18n/t.ts';

/** Bytes of a piece: as base64 well under the limit of the contract. */
export const CHUNK = 1_048_576;

/** What of a `File` is used. */
export interface ChosenFile {
  readonly name: string;
  readonly size: number;
  slice(from: number, to: number): Blob;
}

export interface UploadHooks {
  readonly onSent: (bytes: number) => void;
  readonly onVerifying: () => void;
  readonly cancelled: () => boolean;
}

/** Sends all of the file and has it verified. A cancelled upload is closed on the host and is no failure: null. */
export function uploadBundle(
  client: Client,
  file: ChosenFile,
  hooks: UploadHooks,
): Promise<Result<BundleView | null>> {
  return uploadFor(client, file, hooks, (id) => client.call('bundle.open', { kind: 'upload', id }));
}

/** Sends all of the file and has it opened by whoever wants it. */
export async function uploadFor<T>(
  client: Client,
  file: ChosenFile,
  hooks: UploadHooks,
  open: (id: string) => Promise<Result<T>>,
): Promise<Result<T | null>> {
  if (file.size === 0) return fail('bad-request', t('bundle.empty-file'));
  const begun = await client.call('bundle.begin', { name: file.name.slice(-255), bytes: file.size });
  if (!begun.ok) return begun;
  const { id } = begun.value;
  const giveUp = async <A>(answer: A): Promise<A> => {
    await client.call('bundle.close', { id });
    return answer;
  };
  for (let at = 0; at < file.size; at += CHUNK) {
    if (hooks.cancelled()) return giveUp(ok(null));
    const base64 = await base64Of(file.slice(at, Math.min(file.size, at + CHUNK)));
    if (base64 === null) {
      return giveUp(
        fail('not-found', t('file.unreadable', { name: file.name }), { hint: t('file.unreadable.hint') }),
      );
    }
    const sent = await client.call('bundle.chunk', { id, base64 });
    if (!sent.ok) return giveUp(sent);
    hooks.onSent(sent.value.received);
  }
  if (hooks.cancelled()) return giveUp(ok(null));
  hooks.onVerifying();
  const opened = await open(id);
  if (!opened.ok) return giveUp(opened);
  return hooks.cancelled() ? giveUp(ok(null)) : opened;
}

/** Null when the file can no longer be read: it was moved or changed after it was chosen. */
async function base64Of(blob: Blob): Promise<string | null> {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => {
      const url = typeof reader.result === 'string' ? reader.result : '';
      resolve(url.slice(url.indexOf(',') + 1));
    };
    reader.onerror = () => {
      resolve(null);
    };
    reader.readAsDataURL(blob);
  });
}
