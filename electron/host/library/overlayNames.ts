/** Whether the overlays of the site speak of runbooks that are there: a misspelt id would silently change nothing. */
import type { BrokenRunbook } from '../../contract/views.ts';
import { suggestion } from '../../domain/runbook/suggest.ts';
import type { Shelf } from './shelf.ts';

export function strangeNames({ overlays, runbooks, memo }: Shelf): readonly BrokenRunbook[] {
  const known = [...runbooks.keys()];
  return overlays.flatMap(({ text, file, sha256 }) => {
    const loaded = memo.overlay(text, file, sha256);
    if (!loaded.ok) return [];
    const { input, source } = loaded.overlay;
    const diagnostics = (['parameters', 'vendor'] as const).flatMap((key) =>
      Object.keys(input[key] ?? {})
        .filter((id) => id !== '*' && !runbooks.has(id))
        .map((id) =>
          source.at('warning', 'overlay.runbook', [key, id], `There is no runbook "${id}" in the library.`, {
            key: true,
            hint: suggestion(id, known),
          }),
        ),
    );
    return diagnostics.length === 0 ? [] : [{ file, diagnostics }];
  });
}
