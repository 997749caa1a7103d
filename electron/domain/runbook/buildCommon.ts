/** What steps of every kind have in common, from the file to the model. */
import type { SourceRef, StepCommon, VendorConfirm } from '../../contract/runbook.ts';
import type { Authoring } from './authoring.ts';
import { duration } from './buildExpect.ts';
import { compact } from './compact.ts';
import type { StepInput } from './schemaSteps.ts';
import type { Path } from './yamlSource.ts';

export type InputOf<K extends string> = Extract<StepInput, Record<K, unknown>>;
export type Defaults = { readonly source: SourceRef | undefined };

export const RUN_TIMEOUT_MS = 5 * 60_000;
export const PROBE_TIMEOUT_MS = 30_000;

type VendorInput = Pick<InputOf<'observe'>, 'vendor-confirm' | 'filled'>;

/** Texts, risk, times and condition. */
export function common(
  a: Authoring,
  step: Omit<InputOf<'hold'>, 'hold'> & VendorInput,
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
    part: step.part,
    vendorConfirm: buildVendor(a, step, path),
  });
}

function buildVendor(a: Authoring, step: VendorInput, path: Path): VendorConfirm | undefined {
  const { filled, 'vendor-confirm': what } = step;
  if (what !== undefined) return compact({ what, filled });
  if (filled !== undefined) {
    a.error('vendor.filled', [...path, 'filled'], 'There is nothing here that a site had to fill in.', {
      key: true,
      hint: 'remove it; the app writes it where an overlay has filled in a command',
    });
  }
  return undefined;
}

/** `none`: nothing of the output is kept, so nothing may be taken from it for the record either. */
export function buildEvidence(
  a: Authoring,
  step: InputOf<'run'> | InputOf<'observe'>,
  path: Path,
): 'none' | undefined {
  if (step.evidence === undefined) return undefined;
  if (step.capture !== undefined && Object.keys(step.capture).length > 0) {
    a.error(
      'evidence.capture',
      [...path, 'capture'],
      'Nothing of the output is kept, so nothing can be captured.',
      {
        key: true,
        hint: 'remove "evidence: none", or capture the value in another step',
      },
    );
  }
  if ('mode' in step && step.mode === 'detached') {
    a.error('evidence.detached', [...path, 'evidence'], 'A detached command keeps its output on its host.', {
      key: true,
      hint: 'use "mode: exec" or "mode: pty"',
    });
  }
  return step.evidence;
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
  return compact({ document, section: source.section, line: source.line, toLine: source['to-line'] });
}

/** `pre-checks` becomes `Pre checks`. */
export function titleFrom(id: string): string {
  const words = id.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
