/**
 * Puts a runbook together: its own file, those it calls, the reference pages and the overlay of the site. What comes out
 * is one file without calls, which is planned, approved, run and verified like any other. Pure.
 */
import { stringify } from 'yaml';
import { Sha256, type StepId } from '../../../contract/ids.ts';
import type { Diagnostic, Runbook, RunbookSource } from '../../../contract/runbook.ts';
import { buildRunbook } from '../parse.ts';
import type { RunbookInput } from '../schema.ts';
import { expandCalls, type Expanded, type SourceText } from './expandCalls.ts';
import { type LinkMemo, sharedMemo } from './memo.ts';
import type { Overlay } from './overlay.ts';
import { LinkedPlaces } from './places.ts';
import type { ReferenceLookup } from './reference.ts';

export type { SourceText } from './expandCalls.ts';

export interface Library {
  /** The runbook of that id. */
  readonly called: (id: string) => SourceText | undefined;
  /** Ids there are, for suggestions. */
  readonly known?: readonly string[];
  /** Overlays of the site; a later one wins over an earlier one. */
  readonly overlays?: readonly SourceText[];
  /** Value of the reference pages, by `page.entry.value`. */
  readonly reference?: ReferenceLookup;
  /** What was read before, where many runbooks are put together from the same files. */
  readonly memo?: LinkMemo;
}

export interface Linked {
  /** Null when there is an error. */
  readonly runbook: Runbook | null;
  /** Errors and warnings, each with its place in the file it comes from. */
  readonly diagnostics: readonly Diagnostic[];
  /** Whether anything had to be put together. */
  readonly changed: boolean;
  /** The one file: the text that was given when nothing had to be put together. Printed when it is first asked for. */
  readonly text: string;
  readonly sources: readonly RunbookSource[];
  /** Steps whose product command no overlay has filled in. */
  readonly vendorOpen: readonly StepId[];
  /** The text that was given had been put together before: it says itself what it is made of, and is not checked for it. */
  readonly before: boolean;
}

/** Reads and links a runbook. `file` must be `<id>.runbook.yaml`, as for parseRunbook. */
export function linkRunbook(text: string, file: string, library: Library): Linked {
  const memo = library.memo ?? sharedMemo;
  const read = memo.input(text, file);
  if (!read.ok)
    return {
      ...{ runbook: null, diagnostics: read.diagnostics, changed: false, text },
      ...{ sources: [], vendorOpen: [], before: false },
    };
  const overlays = readOverlays(library.overlays ?? [], memo);
  const expanded = expandCalls(read, {
    called: library.called,
    known: library.known ?? [],
    overlays: overlays.loaded,
    reference: library.reference ?? (() => undefined),
    memo,
  });
  const used = overlays.loaded.filter(({ input }) =>
    expanded.changes.some((change) => change.site === input.site),
  );
  const sources: readonly RunbookSource[] = [
    ...unique(expanded.sources),
    ...used.map(({ input, sha256 }) => ({
      kind: 'overlay' as const,
      id: input.site,
      version: String(input.version),
      sha256,
    })),
  ];
  const changed = sources.length > 0 || Object.keys(expanded.referred).length > 0;
  const input: RunbookInput = changed
    ? { ...expanded.input, linked: linkedOf(sources, expanded) }
    : expanded.input;
  const places = new LinkedPlaces(input, read.source, expanded.origins);
  const built = buildRunbook(changed ? input : read.input, changed ? places : read.source, file);
  const diagnostics = [...overlays.diagnostics, ...expanded.diagnostics, ...built.diagnostics];
  const failed = diagnostics.some((diagnostic) => diagnostic.severity === 'error');
  let printed: string | undefined;
  return {
    runbook: failed ? null : built.runbook,
    diagnostics,
    changed,
    // A list of the library shows many runbooks and needs the text of none.
    get text() {
      printed ??= changed ? printRunbook(input, HEADER) : text;
      return printed;
    },
    sources,
    vendorOpen: built.runbook === null ? [] : openSteps(built.runbook),
    before: read.input.linked !== undefined,
  };
}

/** Steps that nobody can run yet, because their product command is not confirmed. */
export function openSteps(runbook: Runbook): readonly StepId[] {
  return runbook.phases
    .flatMap((phase) => phase.steps)
    .filter((step) => step.vendorConfirm !== undefined && step.vendorConfirm.filled === undefined)
    .map((step) => step.id);
}

function readOverlays(texts: readonly SourceText[], memo: LinkMemo) {
  const loaded: Overlay[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const { text, file, sha256 } of texts) {
    const overlay = memo.overlay(text, file, sha256);
    if (overlay.ok) loaded.push(overlay.overlay);
    else diagnostics.push(...overlay.diagnostics);
  }
  return { loaded, diagnostics };
}

/** The digests are taken by the caller, who has the bytes. */
function linkedOf(
  sources: readonly RunbookSource[],
  { changes, referred }: Pick<Expanded, 'changes' | 'referred'>,
): NonNullable<RunbookInput['linked']> {
  return {
    sources: sources.map((source) => ({ ...source, sha256: Sha256.parse(source.sha256) })),
    ...(changes.length === 0 ? {} : { overlay: once(changes) }),
    ...(Object.keys(referred).length === 0 ? {} : { reference: { ...referred } }),
  };
}

/** A runbook that is called twice is changed in the same way twice. */
function once(changes: Expanded['changes']) {
  return [...new Map(changes.map((change) => [JSON.stringify(change), { ...change }])).values()];
}

function unique(sources: readonly RunbookSource[]): readonly RunbookSource[] {
  return sources.filter((source, i) => sources.findIndex((other) => other.id === source.id) === i);
}

const HEADER =
  '# Put together by Holdpoint from the files named under "linked". Change those, not this one.\n';

/** The same text for the same runbook, on every computer. */
export function printRunbook(input: RunbookInput, header: string): string {
  return (
    header + stringify(input, { lineWidth: 0, aliasDuplicateObjects: false, version: '1.2', schema: 'core' })
  );
}
