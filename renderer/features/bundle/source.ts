/** A file of an open bundle, read in pieces from the host. */
import { ok, type Result } from '../../../electron/contract/result.ts';
import type { Client } from '../../api/client.ts';
import { fromBase64 } from '../../ui/save.ts';
import type { Source } from '../player/reel.ts';

const MOST = 1_048_576;

export function bundleSource(
  client: Client,
  id: string,
  file: { readonly path: string; readonly bytes: number },
): Source {
  return {
    bytes: file.bytes,
    async read(offset, length): Promise<Result<Uint8Array>> {
      const wanted = Math.min(MOST, length, file.bytes - offset);
      if (wanted <= 0) return ok(new Uint8Array());
      const read = await client.call('bundle.read', { id, path: file.path, offset, length: wanted });
      return read.ok ? ok(fromBase64(read.value.base64)) : read;
    },
  };
}
