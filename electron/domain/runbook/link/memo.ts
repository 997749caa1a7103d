/** Files that were read lately, so that putting many runbooks together reads none of them again. */
import { type Recent, recent } from '../../recent.ts';
import { type ReadInput, readInput } from '../parse.ts';
import { MAX_BYTES } from '../yamlSource.ts';
import { type LoadedOverlay, loadOverlay } from './overlay.ts';

export interface LinkMemo {
  input(text: string, file: string): ReadInput;
  overlay(text: string, file: string, sha256: string): LoadedOverlay;
}

/** Room for the library of a site: that which is shipped takes two thirds of a MiB. */
const ROOM = 2 * MAX_BYTES;

/** Good for as long as whoever puts runbooks together keeps it. */
export function linkMemo(): LinkMemo {
  const inputs: Recent<ReadInput> = recent(ROOM);
  const overlays: Recent<LoadedOverlay> = recent(ROOM);
  return {
    input: (text, file) => inputs.of(`${file}\n${text}`, () => readInput(text, file)),
    overlay: (text, file, sha256) =>
      overlays.of(`${file}\n${sha256}\n${text}`, () => loadOverlay(text, file, sha256)),
  };
}

/** For everybody who keeps none of their own. */
export const sharedMemo = linkMemo();
