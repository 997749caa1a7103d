/** A piece of a file of an open bundle, asked for when it is shown. */
import { useEffect, useMemo } from 'react';
import { ok } from '../../../electron/contract/result.ts';
import { createRemote, type Remote } from '../../state/remote.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { shown, type Shown } from './fileText.ts';
import { bundleSource } from './source.ts';

export function useText(
  id: string,
  file: { readonly path: string; readonly bytes: number },
  from: number,
  length: number,
): Remote<Shown> {
  const { client } = useApp();
  const { path, bytes } = file;
  const remote = useMemo(
    () =>
      createRemote(async () => {
        const read = await bundleSource(client, id, { path, bytes }).read(from, length);
        return read.ok ? ok(shown(read.value)) : read;
      }),
    [client, id, path, bytes, from, length],
  );
  useEffect(() => {
    void remote.refresh();
  }, [remote]);
  return useValue(remote);
}
