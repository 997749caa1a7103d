/** Documents that were opened to be read. They live as long as the page; nothing of them is kept. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { OpenedDocument } from '../../../electron/contract/views.ts';
import type { Failure } from '../../../electron/contract/result.ts';
import type { Client } from '../../api/client.ts';
import { readText } from '../../ui/save.ts';

/** The host reads no more of a document than this, in bytes. */
const MAX_BYTES = 262_144;

export interface Documents {
  readonly opened: readonly OpenedDocument[];
  readonly failure: Failure | null;
}

export interface DocumentsStore extends StoreApi<Documents> {
  /** The opened document; null when it is refused, with the reason in the store. */
  readonly open: (file: File) => Promise<OpenedDocument | null>;
  readonly close: (file: string) => void;
}

export function createDocuments(client: Client): DocumentsStore {
  const store = createStore<Documents>(() => ({ opened: [], failure: null }));
  return {
    ...store,
    async open(file) {
      store.setState({ failure: null });
      const text = await readText(file, MAX_BYTES);
      const answer = text.ok
        ? await client.call('library.document', { name: file.name, text: text.value })
        : text;
      if (!answer.ok) {
        store.setState({ failure: answer.error });
        return null;
      }
      const others = store.getState().opened.filter((each) => each.file !== answer.value.file);
      store.setState({ opened: [...others, answer.value] });
      return answer.value;
    },
    close(file) {
      store.setState({ opened: store.getState().opened.filter((each) => each.file !== file), failure: null });
    },
  };
}
