/** What steps of every kind have in common, from the file to the model. */
import type { SourceRef, StepCommon } from '../../contract/runbook.ts';
import type { Authoring } from './authoring.ts';
import { duration } from './buildExpect.ts';
import { compact } from './compact.ts';
import type { StepInput } from './schemaSteps.ts';
import type { Path } from './yamlSource.ts';

export type InputOf<K extends string> = Extract<StepInput, Record<K, unknown>>;
export type Defaults = { readonly source: SourceRef | undefined };

export const RUN_TIMEOUT_MS = 5 * 60_000;
export const PROBE_TIMEOUT_MS = 30_000;

/** Texts, risk, times and condition. */
export function common(
  a: Authoring,
  step: Omit<InputOf<'hold'>, 'hold'>,
  path: Path,
  defaults: Defaults,
): StepCommon {
  return compact({
    id: step.id,
    title: step.title ?? titleFrom(step.id),
    why: step.why,
    caution: step.caution,
    note: step.note,
    plannedMs: step.planned === undefined ? undefined : duration(a, step.planned, [...path, 'planned']),
    risk: step.risk ?? ('read' as const),
    when: step.when,
    source:
      step.source === undefined
        ? undefined
        : buildSource(a, step.source, [...path, 'source'], defaults.source),
  });
}

/** A source of a step may leave out the document when the runbook names it. */
export function buildSource(
  a: Authoring,
  source: NonNullable<StepInput['source']>,
  path: Path,
  inherited?: SourceRef,
): SourceRef | undefined {
  const document = source.document ?? inherited?.document;
  if (document === undefined) {
    a.error('source.document', path, 'The document is not named.', {
      hint: 'add "document:" here or in "source:" of the runbook',
    });
    return undefined;
  }
  return compact({ document, section: source.section, line: source.line });
}

/** `pre-checks` becomes `Pre checks`. */
export function titleFrom(id: string): string {
  const words = id.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
