/**
 * Puts a runbook together again from the files that were kept of it, and says whether it comes out the same. The values
 * of the reference pages stand in the runbook itself; everything else must follow from the files. Pure.
 */
import type { Plan } from '../../../contract/plan.ts';
import { recent } from '../../recent.ts';
import { parseRunbook, readInput } from '../parse.ts';
import { MAX_BYTES } from '../yamlSource.ts';
import { linkRunbook, type SourceText } from './link.ts';

export type SourceKind = NonNullable<Plan['sources']>[number]['kind'];

/** A file that was kept, with the digest of its bytes. */
export interface KeptSource {
  readonly kind: SourceKind;
  readonly id: string;
  readonly sha256: string;
  readonly text: string;
}

/** Null when the runbook follows from the files; else why not, as a sentence without its full stop. */
export function relinkProblem(id: string, linked: string, kept: readonly KeptSource[]): string | null {
  return relinked.of(JSON.stringify([id, linked, kept]), () => relink(id, linked, kept));
}

/** The runs of one runbook are all made of the same files, and each is verified more than once. */
const relinked = recent<string | null>(2 * MAX_BYTES);

function relink(id: string, linked: string, kept: readonly KeptSource[]): string | null {
  const file = `${id}.runbook.yaml`;
  const main = kept.find((source) => source.kind === 'main');
  if (main?.id !== id) return 'its own file as it was written is not among the files';
  const read = readInput(linked, file);
  const known = parseRunbook(linked, file).runbook;
  if (!read.ok || known === null) return 'it cannot be read';
  if (read.input.linked === undefined) return 'it does not say what it was put together from';
  const values = read.input.linked.reference ?? {};
  const again = linkRunbook(main.text, file, {
    called: (called) => textOf(kept, 'called', called),
    overlays: kept
      .filter((source) => source.kind === 'overlay')
      .map(({ id: site, text, sha256 }) => ({ text, sha256, file: `${site}.overlay.yaml` })),
    reference: (path) => (Object.hasOwn(values, path) ? values[path] : undefined),
  });
  if (again.before) return 'its own file had been put together before, and does not show what of';
  const error = again.diagnostics.find(({ severity }) => severity === 'error');
  if (error !== undefined) return `it cannot be put together again: ${error.message.replace(/\.$/, '')}`;
  const same = JSON.stringify(parseRunbook(again.text, file).runbook) === JSON.stringify(known);
  return same ? null : 'put together again, it comes out different';
}

/** Whether a runbook claims what only comes of putting files together: without the files nothing carries the claim. */
export function claimsParts(id: string, text: string): boolean {
  if (!/linked|filled/.test(text)) return false;
  const read = readInput(text, `${id}.runbook.yaml`);
  if (!read.ok) return false;
  const steps = read.input.phases.flatMap((phase) => phase.steps);
  return (
    read.input.linked !== undefined || steps.some((step) => 'filled' in step && step.filled !== undefined)
  );
}

function textOf(kept: readonly KeptSource[], kind: SourceKind, id: string): SourceText | undefined {
  const found = kept.find((source) => source.kind === kind && source.id === id);
  return found === undefined
    ? undefined
    : { text: found.text, sha256: found.sha256, file: `${id}.runbook.yaml` };
}
