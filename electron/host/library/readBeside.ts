/** Reads single runbook files as the library would: together with those beside them and their reference pages. */
import { dirname } from 'node:path';
import { type Linked, linkRunbook } from '../../domain/runbook/link/link.ts';
import { readShelf, type Shelf } from './shelf.ts';

export interface BesideReader {
  /** Rejects when a folder cannot be read. */
  read(text: string, file: string): Promise<Linked>;
}

/** `more`: folders whose runbooks may be called as well, such as the shipped ones. No overlay is merged. */
export function createBesideReader(more: readonly string[] = []): BesideReader {
  const shelves = new Map<string, Promise<Shelf>>();

  function shelfOf(folder: string): Promise<Shelf> {
    const known =
      shelves.get(folder) ?? readShelf({ runbooks: [folder, ...more], overlays: [], rehearsal: [] });
    shelves.set(folder, known);
    return known;
  }

  return {
    async read(text, file) {
      const shelf = await shelfOf(dirname(file));
      return linkRunbook(text, file, {
        called: (id) => shelf.runbooks.get(id),
        known: [...shelf.runbooks.keys()],
        reference: (path) => shelf.value(path),
        memo: shelf.memo,
      });
    },
  };
}
