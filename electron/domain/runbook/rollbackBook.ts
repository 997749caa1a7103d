/**
 * Writes the runbook that takes back what a run really did: the undo commands of its steps, last first, on the same hosts
 * with the same proofs, and with the values known then as defaults. It undoes nothing that was not done. Pure.
 */
import type { RunbookId, TargetName } from '../../contract/ids.ts';
import type { Runbook } from '../../contract/runbook.ts';
import type { DoneStep } from '../run/done.ts';
import { compact } from './compact.ts';
import { printRunbook } from './link/link.ts';
import { readInput } from './parse.ts';
import { planUndo, type PlannedUndo, undoId, type UndoPlan } from './rollbackPlan.ts';
import { neededNames, undoParameters, withoutSameAs } from './rollbackValues.ts';
import type { RunbookInput, TargetInput } from './schema.ts';
import type { StepInput } from './schemaSteps.ts';

/** A run as it stands when somebody wants it taken back. */
export interface RunToUndo {
  readonly runId: string;
  /** The runbook of the run, and its text. */
  readonly runbook: Runbook;
  readonly text: string;
  /** Parameters, variants, captures and choices by name. */
  readonly values: Readonly<Record<string, string>>;
  /** Members of each group. */
  readonly groups: Readonly<Record<string, readonly TargetName[]>>;
  readonly done: readonly DoneStep[];
}

export interface RollbackBook {
  readonly plan: UndoPlan;
  /** Null when nothing of what was done has a way back. */
  readonly made: { readonly id: RunbookId; readonly text: string } | null;
}

type RunInput = Extract<StepInput, { readonly run: unknown }>;
type UndoInput = Exclude<RunInput['rollback'], string | undefined>;

const MAX_STEPS_OF_PHASE = 200;

export function rollbackBook(run: RunToUndo): RollbackBook {
  const plan = planUndo(run.groups, run.done);
  const read = readInput(run.text, `${run.runbook.id}.runbook.yaml`);
  if (plan.undo.length === 0 || !read.ok) return { plan, made: null };
  const id = undoId(run.runbook.id);
  const book = new Book(run, plan, read.input);
  return {
    plan,
    made: {
      id,
      text: printRunbook(
        book.write(id),
        `# Made by Holdpoint from run ${run.runId}: takes back what it did, last first.\n`,
      ),
    },
  };
}

/** The work on one book. Lives for one call of rollbackBook. */
class Book {
  private readonly run: RunToUndo;
  private readonly plan: UndoPlan;
  private readonly input: RunbookInput;
  private readonly targets: Record<string, TargetInput> = {};
  private readonly ids = new Set<string>();

  constructor(run: RunToUndo, plan: UndoPlan, input: RunbookInput) {
    this.run = run;
    this.plan = plan;
    this.input = input;
  }

  write(id: RunbookId): RunbookInput {
    const { input, run } = this;
    const steps = this.plan.undo.flatMap((undo) => this.stepsFor(undo));
    const names = neededNames([steps, this.targets]);
    const { parameters, variants } = undoParameters(input, run.runbook, run.values, names);
    const { policy } = input;
    return compact({
      runbook: 1 as const,
      id,
      title: `Take back: ${input.title}`.slice(0, 400),
      version: run.runbook.version,
      kind: 'rollback' as const,
      service: input.service,
      summary: `Takes back what run ${run.runId} of “${input.title}” did, in reverse order. Made by the app from the record of that run.`,
      source: input.source,
      roles: [...new Set([...(input.roles ?? []), 'operator' as const, 'owner' as const])],
      // The people who approve a change beforehand have agreed to its way back as well.
      policy: policy === undefined ? undefined : { ...policy, approvals: 0 },
      abort: input.abort,
      variants: Object.keys(variants).length === 0 ? undefined : variants,
      targets: Object.keys(this.targets).length === 0 ? undefined : this.targets,
      parameters: Object.keys(parameters).length === 0 ? undefined : parameters,
      phases: [
        { id: phaseId('agree'), title: 'Agree', steps: [this.go()] },
        ...this.undoPhases(withNoReturn(steps)),
        { id: phaseId('look'), title: 'Look', steps: [this.look()] },
      ],
    });
  }

  private undoPhases(steps: readonly StepInput[]): RunbookInput['phases'] {
    const phases: RunbookInput['phases'] = [];
    for (let at = 0; at < steps.length; at += MAX_STEPS_OF_PHASE) {
      phases.push({
        id: phaseId(at === 0 ? 'take-back' : `take-back-${String(at / MAX_STEPS_OF_PHASE + 1)}`),
        title: 'Take back, last first',
        steps: steps.slice(at, at + MAX_STEPS_OF_PHASE),
      });
    }
    return phases;
  }

  private go(): StepInput {
    const { without, undo } = this.plan;
    const open = without.map(({ title, why }) => `- ${title}: ${why}`);
    return compact({
      id: 'go' as StepInput['id'],
      title: `Agree to take back ${String(undo.length)} step(s) of run ${this.run.runId}`,
      caution:
        open.length === 0
          ? undefined
          : `Without a way back, and not part of this runbook:\n\n${open.join('\n')}`.slice(0, 8000),
      hold: { kind: 'go' as const, signers: ['owner' as const] },
    });
  }

  private look(): StepInput {
    const linked = this.input.rollback;
    return compact({
      id: 'look' as StepInput['id'],
      title: 'Check that the service is as it was before',
      note:
        linked === undefined
          ? undefined
          : `The runbook names \`${linked}\` as its rollback. The checks at its end hold here as well: do them now.`,
      attest: {
        checklist: [
          'What the run had changed was looked at, and it is as it was before',
          'The service answers as it did before the run',
        ],
      },
    });
  }

  private stepsFor(planned: PlannedUndo): readonly StepInput[] {
    const { undo, step: id, title, sure } = planned;
    const step = this.stepOf(id);
    const shared = compact({
      why: sure ? `Takes back “${title}”, which passed.` : `Takes back “${title}”.`,
      caution: sure
        ? undefined
        : `“${title}” did not pass: it may have had its effect in part, or not at all. Look first. Where there is nothing to take back, skip this step and say so.`,
      source: step?.source,
    });
    if (undo.kind === 'runbook') {
      return [
        {
          ...shared,
          id: this.idFor(id),
          title: `Take back with a runbook of its own: ${title}`.slice(0, 400),
          attest: { checklist: [`The runbook ${undo.runbook} was run to its end`] },
        },
      ];
    }
    const given = step === undefined ? undefined : step.rollback;
    if (step === undefined || given === undefined || typeof given === 'string') return [];
    const places = planned.members ?? [undo.on];
    return places.map((on) => {
      this.addTarget(on, undo.on);
      return this.undoStep(step, given, { ...shared, on, title: undo.title, member: on !== undo.on });
    });
  }

  private undoStep(
    step: RunInput,
    given: UndoInput,
    more: {
      readonly on: TargetName;
      readonly title: string;
      readonly member: boolean;
      readonly why: string;
      readonly caution?: string;
      readonly source?: RunInput['source'];
    },
  ): StepInput {
    const { on, member, title, ...shared } = more;
    const group = this.targets[on]?.group === true;
    return compact({
      ...shared,
      id: this.idFor(member ? `${step.id}-${on}` : step.id),
      title: (member ? `${title} · ${on}` : title).slice(0, 400),
      run: given.run,
      on,
      mode: 'exec' as const,
      across: group ? step.across : undefined,
      expect: withoutSameAs(given.expect ?? { exit: 0 }),
      timeout: given.timeout,
      risk: given.risk,
      rerun: 'never' as const,
    });
  }

  /** The target itself, or the member under its own name with the proofs of its group. */
  private addTarget(name: TargetName, from: TargetName): void {
    const spec = this.input.targets?.[from];
    if (spec === undefined || Object.hasOwn(this.targets, name)) return;
    if (name === from) {
      this.targets[name] = spec;
      return;
    }
    const { group: _group, ...one } = spec;
    this.targets[name] = { ...one, title: `${spec.title}: ${name}`.slice(0, 400) };
  }

  private stepOf(id: string): RunInput | undefined {
    for (const step of this.input.phases.flatMap((phase) => phase.steps))
      if (step.id === id && 'run' in step) return step;
    return undefined;
  }

  private idFor(id: string): StepInput['id'] {
    const cut = (length: number) => `undo-${id}`.slice(0, length).replace(/-+$/, '');
    let made = cut(64);
    for (let n = 2; this.ids.has(made); n += 1) made = `${cut(60)}-${String(n)}`;
    this.ids.add(made);
    return made as StepInput['id'];
  }
}

/** A hold stands before the first undo that cannot itself be taken back. */
function withNoReturn(steps: readonly StepInput[]): readonly StepInput[] {
  const first = steps.findIndex((step) => step.risk === 'irreversible');
  if (first === -1) return steps;
  const hold: StepInput = {
    id: 'no-way-back' as StepInput['id'],
    title: 'What comes next cannot be undone',
    hold: { kind: 'point-of-no-return', signers: ['owner'] },
  };
  return [...steps.slice(0, first), hold, ...steps.slice(first)];
}

function phaseId(id: string): RunbookInput['phases'][number]['id'] {
  return id as RunbookInput['phases'][number]['id'];
}
