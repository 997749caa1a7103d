/** Whether what is in a package can be used: every runbook reads, needs nothing from outside and has no lint error. Pure. */
import { RunbookId, type Sha256 } from '../../contract/ids.ts';
import type { PackagedRunbook } from '../../contract/packages.ts';
import type { Diagnostic } from '../../contract/runbook.ts';
import { lintRunbook } from '../lint/lint.ts';
import { readTest } from '../testing/testFile.ts';
import { linkPart, type PackageParts } from './parts.ts';

export interface Checked {
  /** Null when it cannot be used. */
  readonly runbook: PackagedRunbook | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** One runbook of the package. `digest`: SHA-256 of the UTF-8 bytes of a text. */
export function checkRunbook(parts: PackageParts, id: string, digest: (text: string) => Sha256): Checked {
  const linked = linkPart(parts, id);
  const file = parts.runbooks.get(id)?.file ?? '';
  if (linked === null) return { runbook: null, diagnostics: [] };
  const { runbook } = linked;
  if (linked.before) {
    const message = 'This runbook was put together by the app for a run.';
    return { runbook: null, diagnostics: [problem(file, 'runbook.linked', message)] };
  }
  if (runbook === null) return { runbook: null, diagnostics: linked.diagnostics };
  const library = new Set(parts.runbooks.keys());
  // As a run is judged: the text as it would be run, without what it was put together from.
  const found = lintRunbook(linked.text, `${id}.runbook.yaml`, { library });
  const diagnostics = [...linked.diagnostics, ...found.map((one) => ({ ...one, file }))];
  const { title, version } = runbook;
  const made = { id: RunbookId.parse(id), title, version, sha256: digest(linked.text) };
  return { runbook: { ...made, vendorOpen: linked.vendorOpen.length }, diagnostics: once(diagnostics) };
}

/** What is beside the runbooks: reference pages, overlays, tests; and that there are runbooks at all. */
export function checkBeside(parts: PackageParts): readonly Diagnostic[] {
  const overlays = [...parts.overlays.values()].flatMap(({ text, file, sha256 }) => {
    const read = parts.memo.overlay(text, file, sha256);
    return read.ok ? [] : read.diagnostics;
  });
  const tests = [...parts.tests].flatMap(([id, { text, file }]) => {
    const { diagnostics } = readTest(text, file);
    if (parts.runbooks.has(id)) return diagnostics;
    return [...diagnostics, problem(file, 'package.test', `There is no runbook ${id} in the package.`)];
  });
  const empty =
    parts.runbooks.size === 0 && parts.overlays.size === 0
      ? [problem('', 'package.empty', 'There is nothing in the package.')]
      : [];
  return once([...empty, ...parts.diagnostics, ...overlays, ...tests]);
}

function problem(file: string, rule: string, message: string): Diagnostic {
  return { severity: 'error', rule, message, file, line: 1, column: 1 };
}

function once(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...new Map(diagnostics.map((one) => [JSON.stringify(one), one])).values()];
}
