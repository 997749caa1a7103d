/** Puts the steps of called runbooks in the place of the calls, under names of their own. Pure. */
import type { Diagnostic, OverlayChange, RunbookSource } from '../../../contract/runbook.ts';
import { StepId } from '../../../contract/ids.ts';
import type { RunbookInput } from '../schema.ts';
import type { StepInput } from '../schemaSteps.ts';
import { secondPersonId } from '../secondPerson.ts';
import { madeBy } from '../buildSteps.ts';
import { titleFrom } from '../buildCommon.ts';
import { suggestion } from '../suggest.ts';
import type { Path, YamlSource } from '../yamlSource.ts';
import { bindNames } from './bindNames.ts';
import type { LinkMemo } from './memo.ts';
import { mergeOverlay, type Overlay } from './overlay.ts';
import { type Origin, plainScalars } from './places.ts';
import { fillReference, type ReferenceLookup } from './reference.ts';
import { renameStep } from './rename.ts';

export const MAX_CALL_DEPTH = 3;

/** A file with its digest (SHA-256, 64 hex digits). */
export interface SourceText {
  readonly text: string;
  readonly file: string;
  readonly sha256: string;
}

export interface LinkContext {
  /** The runbook of that id, in whichever file it is. */
  readonly called: (id: string) => SourceText | undefined;
  readonly known: readonly string[];
  readonly overlays: readonly Overlay[];
  readonly reference: ReferenceLookup;
  readonly memo: LinkMemo;
}

/** A runbook without calls, and what it was made of. */
export interface Expanded {
  readonly input: RunbookInput;
  readonly origins: readonly Origin[];
  readonly sources: readonly RunbookSource[];
  readonly changes: readonly OverlayChange[];
  /** Values of the reference pages that were taken, by path. */
  readonly referred: Readonly<Record<string, string>>;
  readonly diagnostics: readonly Diagnostic[];
}

type CallInput = Extract<StepInput, { readonly call: unknown }>;

/** Fills in reference values, merges the overlays, then expands the calls. `above` are the runbooks that led here. */
export function expandCalls(
  read: { readonly input: RunbookInput; readonly source: YamlSource },
  context: LinkContext,
  above: readonly string[] = [],
): Expanded {
  const referred = fillReference(plainInput(read), read.source, context.reference);
  let { input } = referred;
  const origins: Origin[] = [];
  const changes: OverlayChange[] = [];
  const diagnostics: Diagnostic[] = [...referred.diagnostics, ...writtenByHand(read)];
  for (const overlay of context.overlays) {
    const merged = mergeOverlay(input, overlay);
    input = merged.input;
    origins.push(...merged.origins);
    changes.push(...merged.changes);
    diagnostics.push(...merged.diagnostics);
  }
  const expansion = new Expansion({ ...read, input }, context, above, origins);
  const expanded = expansion.expand();
  return {
    input: expanded,
    origins: expansion.origins,
    sources: expansion.sources,
    changes: [...changes, ...expansion.changes],
    referred: { ...referred.used, ...expansion.referred },
    diagnostics: [...diagnostics, ...expansion.diagnostics],
  };
}

/** A runbook that many call is the same for all of them. */
const plain = new WeakMap<RunbookInput, RunbookInput>();

function plainInput({ input, source }: { readonly input: RunbookInput; readonly source: YamlSource }) {
  const known = plain.get(input) ?? plainScalars(input, source);
  plain.set(input, known);
  return known;
}

/** Only an overlay confirms a product command: an author who writes its mark would let it run unconfirmed. */
function writtenByHand({
  input,
  source,
}: {
  readonly input: RunbookInput;
  readonly source: YamlSource;
}): readonly Diagnostic[] {
  if (input.linked !== undefined) return [];
  return input.phases.flatMap((phase, p) =>
    phase.steps.flatMap((step, s) =>
      'filled' in step && step.filled !== undefined
        ? [
            source.at(
              'error',
              'vendor.filled',
              ['phases', p, 'steps', s, 'filled'],
              'Only the overlay of a site says that a command is confirmed.',
              { key: true, hint: 'remove it, and fill the step in by an overlay' },
            ),
          ]
        : [],
    ),
  );
}

/** The work on one runbook. Lives for one call of expandCalls. */
class Expansion {
  readonly origins: Origin[] = [];
  readonly sources: RunbookSource[] = [];
  readonly changes: OverlayChange[] = [];
  readonly referred: Record<string, string> = {};
  readonly diagnostics: Diagnostic[] = [];
  private input: RunbookInput;
  private readonly source: YamlSource;
  private readonly context: LinkContext;
  private readonly above: readonly string[];
  private readonly merged: readonly Origin[];

  constructor(
    read: { readonly input: RunbookInput; readonly source: YamlSource },
    context: LinkContext,
    above: readonly string[],
    merged: readonly Origin[],
  ) {
    this.input = read.input;
    this.source = read.source;
    this.context = context;
    this.above = above;
    this.merged = merged;
  }

  expand(): RunbookInput {
    // Parameters keep their place; steps move when a call before them grows.
    this.origins.push(...this.merged.filter((origin) => origin.path[0] !== 'phases'));
    const phases = this.input.phases.map((phase, p) => {
      const steps: StepInput[] = [];
      for (const [s, step] of phase.steps.entries()) {
        const from: Path = ['phases', p, 'steps', s];
        if ('call' in step) {
          this.call(step, from, ['phases', p, 'steps'], steps);
          continue;
        }
        const to: Path = ['phases', p, 'steps', steps.length];
        this.origins.push({ path: to, source: this.source, from });
        this.move(this.merged, from, to);
        steps.push(step);
      }
      return { ...phase, steps };
    });
    return { ...this.input, phases };
  }

  private call(step: CallInput, from: Path, list: Path, steps: StepInput[]): void {
    const part = this.read(step, from);
    if (part === null) return;
    const bound = bindNames(this.input, part.input, step, (rule, path, message, hint) => {
      this.report(rule, [...from, ...path], message, hint);
    });
    this.input = bound.caller;
    for (const name of bound.added) {
      this.origins.push({
        path: ['parameters', name.to],
        source: part.source,
        from: ['parameters', name.from],
      });
    }
    let index = 0;
    for (const [p, phase] of part.input.phases.entries()) {
      for (const [s, inner] of phase.steps.entries()) {
        const to: Path = [...list, steps.length];
        const inPart: Path = ['phases', p, 'steps', s];
        const known = this.move(part.origins, inPart, to);
        if (!known) this.origins.push({ path: to, source: part.source, from: inPart });
        steps.push(this.partStep(step, part.input, inner, bound, from));
        index++;
      }
    }
    if (index === 0) this.report('call.empty', from, `Runbook "${step.call.runbook}" has no steps.`);
  }

  /** A step of the called runbook as it stands here. */
  private partStep(
    call: CallInput,
    part: RunbookInput,
    inner: StepInput,
    bound: ReturnType<typeof bindNames>,
    from: Path,
  ): StepInput {
    const renamed = renameStep(inner, bound.names);
    const id = StepId.safeParse(`${call.id}-${inner.id}`);
    if (!id.success) this.report('call.too-long', from, `"${call.id}-${inner.id}" is too long for a step.`);
    const when = [call.when, renamed.when].filter((each) => each !== undefined);
    const source =
      inner.source === undefined ? undefined : { document: part.source?.document, ...inner.source };
    return {
      ...renamed,
      id: id.success ? id.data : inner.id,
      title: titleOf(inner),
      ...('on' in inner || bound.onlyTarget === undefined || !goesToTarget(inner)
        ? {}
        : { on: bound.onlyTarget }),
      ...(when.length === 0 ? {} : { when: when.map((each) => `(${each})`).join(' && ') }),
      ...(source?.document === undefined ? {} : { source }),
      part: inner.part ?? {
        runbook: part.id,
        title: part.title,
        version: String(part.version),
        call: call.id,
        step: inner.id,
      },
    } as StepInput;
  }

  /** The called runbook, expanded itself; null when it cannot be used. */
  private read(step: CallInput, from: Path) {
    const id = step.call.runbook;
    const at: Path = [...from, 'call', 'runbook'];
    const path = [...this.above, this.input.id];
    if (path.includes(id)) {
      this.report('call.circle', at, `The calls go in a circle: ${[...path, id].join(' → ')}.`);
      return null;
    }
    if (path.length > MAX_CALL_DEPTH) {
      this.report('call.depth', at, `Calls go ${String(MAX_CALL_DEPTH)} deep at the most.`);
      return null;
    }
    const found = this.context.called(id);
    if (found === undefined) {
      this.report('call.unknown', at, `There is no runbook "${id}".`, suggestion(id, this.context.known));
      return null;
    }
    const read = this.context.memo.input(found.text, found.file);
    if (!read.ok) {
      this.report('call.invalid', at, `Runbook "${id}" has errors.`);
      this.diagnostics.push(...read.diagnostics);
      return null;
    }
    if (read.input.linked !== undefined) {
      this.report(
        'call.linked',
        at,
        `Runbook "${id}" was put together by the app; call the file it was written as.`,
      );
      return null;
    }
    const expanded = expandCalls(read, this.context, path);
    this.diagnostics.push(...expanded.diagnostics);
    this.changes.push(...expanded.changes);
    Object.assign(this.referred, expanded.referred);
    this.sources.push(
      { kind: 'called', id, version: String(expanded.input.version), sha256: found.sha256 },
      ...expanded.sources,
    );
    return { input: expanded.input, source: read.source, origins: expanded.origins };
  }

  /** Carries origins under `from` over to `to`. True when the step itself had one. */
  private move(origins: readonly Origin[], from: Path, to: Path): boolean {
    let itself = false;
    for (const origin of origins) {
      if (!from.every((segment, i) => origin.path[i] === segment)) continue;
      if (origin.path.length === from.length) itself = true;
      this.origins.push({ ...origin, path: [...to, ...origin.path.slice(from.length)] });
    }
    return itself;
  }

  private report(rule: string, path: Path, message: string, hint?: string): void {
    this.diagnostics.push(this.source.at('error', rule, path, message, { hint }));
  }
}

function goesToTarget(step: StepInput): boolean {
  return 'run' in step || 'observe' in step || 'transfer' in step || 'custodians' in step;
}

function titleOf(step: StepInput): string {
  if (step.title !== undefined) return step.title;
  if ('decide' in step) return step.decide.question;
  return ('hold' in step ? step.hold.title : undefined) ?? titleFrom(step.id);
}

/** Names that steps make and steps that they stand for, by their own names. */
export function namesOf(input: RunbookInput): {
  readonly made: readonly string[];
  readonly steps: readonly string[];
} {
  const steps = input.phases.flatMap((phase) => phase.steps);
  return {
    made: steps.flatMap((step) => madeBy(step).map(({ name }) => name)),
    steps: steps.flatMap((step) => [step.id, ...[secondPersonId(step)].filter((id) => id !== undefined)]),
  };
}
