/** The bundles that are open for reading, and the one that is on its way. Kept by the host; the page only holds views. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { BundleView } from '../../../electron/contract/views.ts';
import type { RunId } from '../../../electron/contract/ids.ts';
import type { Failure, Result } from '../../../electron/contract/result.ts';
import type { Client } from '../../api/client.ts';
import { uploadBundle, type ChosenFile } from './upload.ts';

/** `sending`: its bytes go to the host. `verifying`: the host looks at them. */
export type Arriving =
  | { readonly state: 'sending'; readonly name: string; readonly sent: number; readonly bytes: number }
  | { readonly state: 'verifying'; readonly name: string };

export interface BundlesState {
  readonly opened: readonly BundleView[];
  readonly arriving: Arriving | null;
  readonly cancelled: boolean;
  readonly failure: Failure | null;
}

export interface BundlesStore extends StoreApi<BundlesState> {
  /** Each resolves to the opened bundle; null when it was refused (see `failure`) or cancelled. */
  openFile(file: ChosenFile): Promise<BundleView | null>;
  openPath(path: string): Promise<BundleView | null>;
  openRun(runId: RunId): Promise<BundleView | null>;
  cancel(): void;
  close(id: string): void;
}

export function createBundles(client: Client): BundlesStore {
  const store = createStore<BundlesState>(() => ({
    opened: [],
    arriving: null,
    cancelled: false,
    failure: null,
  }));
  let current = 0;

  const take = async (
    arriving: Arriving,
    open: (isMine: () => boolean) => Promise<Result<BundleView | null>>,
  ): Promise<BundleView | null> => {
    const mine = ++current;
    store.setState({ arriving, failure: null, cancelled: false });
    const result = await open(() => mine === current);
    if (mine !== current) {
      if (result.ok && result.value !== null) void client.call('bundle.close', { id: result.value.id });
      return null;
    }
    if (!result.ok) {
      store.setState({ arriving: null, failure: result.error });
      return null;
    }
    const view = result.value;
    store.setState(({ opened }) => ({
      arriving: null,
      opened: view === null ? opened : [view, ...opened.filter((each) => each.id !== view.id)],
    }));
    return view;
  };
  return {
    ...store,
    openFile: (file) =>
      take({ state: 'sending', name: file.name, sent: 0, bytes: file.size }, (isMine) =>
        uploadBundle(client, file, {
          cancelled: () => !isMine(),
          onSent: (sent) => {
            if (isMine())
              store.setState({ arriving: { state: 'sending', name: file.name, sent, bytes: file.size } });
          },
          onVerifying: () => {
            if (isMine()) store.setState({ arriving: { state: 'verifying', name: file.name } });
          },
        }),
      ),
    openPath: (path) =>
      take({ state: 'verifying', name: path.split(/[\\/]/).at(-1) ?? path }, () =>
        client.call('bundle.open', { kind: 'path', path }),
      ),
    openRun: (runId) =>
      take({ state: 'verifying', name: runId }, () => client.call('bundle.open', { kind: 'run', runId })),
    cancel() {
      current++;
      store.setState({ arriving: null, cancelled: true });
    },
    close(id) {
      store.setState(({ opened }) => ({ opened: opened.filter((each) => each.id !== id) }));
      void client.call('bundle.close', { id });
    },
  };
}
