/**
 * The facts that a kind of change is asked about (key rotation, DR test, upgrade, rollback): what the runbook states,
 * filled in from this run, and what the journal itself knows. Nothing is invented: what has no value is left out.
 */
import { z } from 'zod';
import { Instant, RunId, StepId } from '../../contract/ids.ts';
import type { Plan } from '../../contract/plan.ts';
import type { JournalRecord } from '../../contract/records.ts';
import type { Risk, Runbook, RunbookKind } from '../../contract/runbook.ts';
import { replay } from '../run/evolve.ts';
import { custodiansDone } from '../run/evolveTurns.ts';
import { valuesOf } from '../run/scope.ts';
import type { RunState, StepView } from '../run/state.ts';
import { ownAttempt } from '../run/turn.ts';
import { renderText } from '../runbook/template.ts';
import { escapeText } from './jcs.ts';

export const blockKinds = ['keyRotation', 'drTest', 'upgrade', 'rollback'] as const;

const CheckedStep = z.strictObject({
  step: StepId,
  /** How many checks of its last attempt held, of how many. */
  held: z.int().min(0),
  of: z.int().min(0),
});
export type CheckedStep = z.infer<typeof CheckedStep>;

export const KindBlock = z.strictObject({
  kind: z.enum(blockKinds),
  /** By the names of the runbook's `facts`, rendered with parameters, captures and choices of this run. */
  facts: z.record(z.string().regex(/^[a-z][A-Za-z0-9]{0,63}$/), z.string().max(4000)),
  /** Everybody who passed a hold of this run or gave a custodian's part, once for each role. */
  people: z
    .array(
      z.strictObject({
        role: z.string().max(20),
        name: z.string().max(200),
        basis: z.enum(['desk', 'named', 'signed']),
      }),
    )
    .max(200),
  /** Steps with checks before the first step that changes something lasting, and after the last one. */
  before: z.array(CheckedStep).max(1000),
  after: z.array(CheckedStep).max(1000),
  /** The change window of the plan, and whether the whole run lay in it. */
  window: z.strictObject({ from: Instant, to: Instant, kept: z.boolean() }).exactOptional(),
  /** The run that this one rolls back. */
  origin: RunId.exactOptional(),
});
export type KindBlock = z.infer<typeof KindBlock>;

const KINDS: Readonly<Partial<Record<RunbookKind, KindBlock['kind']>>> = {
  'key-rotation': 'keyRotation',
  'disaster-recovery': 'drTest',
  upgrade: 'upgrade',
  rollback: 'rollback',
};

/** The block of a run; null for kinds that have none. */
export function kindBlockOf(
  runbook: Runbook,
  plan: Plan,
  records: readonly JournalRecord[],
): KindBlock | null {
  const kind = KINDS[runbook.kind];
  if (kind === undefined) return null;
  const state = replay(runbook, records);
  const { before, after } = aroundTheChange(state);
  const window = windowOf(plan, state);
  return {
    kind,
    facts: factsOf(runbook, plan, state),
    people: peopleOf(state),
    before,
    after,
    ...(window === null ? {} : { window }),
    ...(plan.origin === undefined ? {} : { origin: plan.origin.runId }),
  };
}

function factsOf(runbook: Runbook, plan: Plan, state: RunState): Readonly<Record<string, string>> {
  const values = valuesOf(state, plan);
  const facts: Record<string, string> = {};
  for (const [name, template] of Object.entries(runbook.facts ?? {})) {
    const text = renderText(template, values);
    if (text.ok && text.value.trim() !== '') facts[name] = bounded(text.value);
  }
  return facts;
}

/** Escaped and cut; a cut that splits a surrogate pair leaves no half of it behind. */
function bounded(text: string): string {
  return escapeText(text)
    .slice(0, 3990)
    .replace(/[\ud800-\udbff]$/, '');
}

function peopleOf(state: RunState): KindBlock['people'] {
  const people = new Map<string, KindBlock['people'][number]>();
  for (const view of state.steps) {
    const { status } = view;
    for (const name of custodiansDone(view))
      people.set(`custodian ${name} named`, { role: 'custodian', name, basis: 'named' });
    if (status.state !== 'held') continue;
    for (const { role, name, basis } of status.signers)
      people.set(`${role} ${name} ${basis}`, { role, name, basis });
  }
  return [...people.values()].slice(0, 200);
}

const LASTING: ReadonlySet<Risk> = new Set(['disruptive', 'irreversible']);

/** Without a step that changes something lasting every check stands before the change. */
function aroundTheChange(state: RunState): Pick<KindBlock, 'before' | 'after'> {
  const lasting = state.steps.filter((view) => LASTING.has(view.step.risk)).map((view) => view.index);
  const first = Math.min(...lasting);
  const last = Math.max(...lasting);
  return {
    before: state.steps.filter((view) => view.index < first).flatMap(checkedStep),
    after: state.steps.filter((view) => view.index > last && lasting.length > 0).flatMap(checkedStep),
  };
}

function checkedStep(view: StepView): readonly CheckedStep[] {
  const checks = ownAttempt(view)?.checks ?? [];
  if (checks.length === 0) return [];
  return [{ step: view.step.id, held: checks.filter((check) => check.ok).length, of: checks.length }];
}

function windowOf(plan: Plan, state: RunState): NonNullable<KindBlock['window']> | null {
  if (plan.window === undefined) return null;
  const { from, to } = plan.window;
  const { startedAt, end } = state;
  // Instants of one form: their order as text is their order in time.
  const kept = startedAt !== null && startedAt >= from && end !== null && end.at <= to;
  return { from, to, kept };
}
