/** Facts of a run that several regions show, worked out once from its state. Pure. */
import type { LinkState } from '../../../electron/contract/views.ts';
import type { TargetName } from '../../../electron/contract/ids.ts';
import type { Runbook } from '../../../electron/contract/runbook.ts';
import type { Step } from '../../../electron/contract/steps.ts';
import { custodiansDone } from '../../../electron/domain/run/evolveTurns.ts';
import { isDone } from '../../../electron/domain/run/evolve.ts';
import type { RunState, StepStatus, StepView, TargetView } from '../../../electron/domain/run/state.ts';
import { t } from '../../i18n/t.ts';
import { defaultMember } from './memberRows.ts';
import { stateWords } from '../../format/describe.ts';
import { clockSpan, timeOf } from '../../format/time.ts';

/** The target a step works on, if it works on one. It may be a group. */
export function targetOf(step: Step): TargetName | null {
  return 'on' in step ? step.on : null;
}

/** The members of the group a step works on; null when it works on one host or none. */
export function membersOf(state: RunState, view: StepView): readonly TargetName[] | null {
  const on = targetOf(view.step);
  if (on === null || state.targets[on]?.group !== true) return null;
  return state.groups[on] ?? [];
}

/** The step to show when nothing else was chosen: the current one, else the last. */
export function shownByDefault(state: RunState): StepView | undefined {
  return state.steps.find((view) => view.step.id === state.current) ?? state.steps.at(-1);
}

/**
 * The target whose terminal and identity are in view with a step: the member that was chosen, else the step's own host,
 * else that of the last attempt, else the first.
 */
export function targetInView(
  state: RunState,
  view: StepView | undefined,
  chosen: TargetName | null = null,
): TargetView | undefined {
  const members = view === undefined ? null : membersOf(state, view);
  const name =
    (view === undefined ? undefined : chosenMember(view, members, chosen)) ??
    lastTarget(state) ??
    firstHost(state);
  return name === undefined ? undefined : state.targets[name];
}

function chosenMember(
  view: StepView,
  members: readonly TargetName[] | null,
  chosen: TargetName | null,
): TargetName | undefined {
  if (members === null) return targetOf(view.step) ?? undefined;
  return chosen !== null && members.includes(chosen) ? chosen : defaultMember(view, members);
}

function lastTarget(state: RunState): TargetName | undefined {
  return state.steps.flatMap((each) => each.attempts).at(-1)?.target;
}

function firstHost(state: RunState): TargetName | undefined {
  const first = state.runbook.targets[0]?.name;
  return first === undefined || state.targets[first]?.group !== true ? first : state.groups[first]?.[0];
}

export function linkOf(links: readonly LinkState[], target: TargetName | undefined): LinkState | undefined {
  return links.find((link) => link.target === target);
}

export interface PhaseProgress {
  readonly id: string;
  readonly title: string;
  readonly done: number;
  readonly of: number;
  readonly budgetMs: number;
  /** Time spent in it so far, from its first to its last event, in ms. */
  readonly spentMs: number;
  readonly current: boolean;
}

/** When a settled step was settled; null where the record carries no time. */
export function settledAt(status: StepStatus): string | null {
  return 'at' in status ? status.at : null;
}

function plannedOf(runbook: Runbook, index: number): number {
  const phase = runbook.phases[index];
  if (phase === undefined) return 0;
  return phase.budgetMs ?? phase.steps.reduce((sum, step) => sum + (step.plannedMs ?? 0), 0);
}

/** Progress of each phase at `now` (ms since the epoch). A phase begins where the one before it ended. */
export function phaseProgress(state: RunState, now: number): readonly PhaseProgress[] {
  let from = state.startedAt === null ? now : Date.parse(state.startedAt);
  const currentPhase = state.steps.find((view) => view.step.id === state.current)?.phase;
  return state.runbook.phases.map((phase, index) => {
    const steps = state.steps.filter((view) => view.phase === index);
    const times = steps.flatMap((view) => [
      settledAt(view.status),
      ...view.attempts.map((a) => a.endedAt ?? null),
    ]);
    const ends = times.filter((time) => time !== null).map((time) => Date.parse(time));
    const current = index === currentPhase && state.end === null;
    const end = current ? now : Math.max(from, ...ends);
    const spentMs = Math.max(0, end - from);
    from = end;
    return {
      id: phase.id,
      title: phase.title,
      done: steps.filter((view) => isDone(view.status)).length,
      of: steps.length,
      budgetMs: plannedOf(state.runbook, index),
      spentMs,
      current,
    };
  });
}

/** Time since the run began, or until its end, in ms. */
export function elapsedMs(state: RunState, now: number): number {
  if (state.startedAt === null) return 0;
  const end = state.end === null ? now : Date.parse(state.end.at);
  return Math.max(0, end - Date.parse(state.startedAt));
}

/** Budgets of the phases, or the planned times of their steps where a phase has none, in ms. */
export function plannedMs(runbook: Runbook): number {
  return runbook.phases.reduce((sum, _, index) => sum + plannedOf(runbook, index), 0);
}

/** The short word or time beside a step in the list. */
export function asideOf(view: StepView, now: number): string {
  const { status } = view;
  const ms = view.attempts.at(-1)?.ms;
  switch (status.state) {
    case 'waiting':
      return '';
    case 'current':
      if (view.wait !== undefined) return t('aside.until', { time: timeOf(view.wait.until).slice(0, 5) });
      if (view.step.kind === 'custodians')
        return t('aside.turns', { n: custodiansDone(view).length, of: view.step.needs });
      return status.retry === undefined ? t('aside.current') : t('aside.again');
    case 'running': {
      if (view.members !== undefined) {
        const all = Object.values(view.members);
        return t('aside.members', {
          done: all.filter((member) => member.state !== 'waiting' && member.state !== 'running').length,
          of: all.length,
        });
      }
      const started = view.attempts.at(-1)?.startedAt;
      return started === undefined
        ? t('state.running')
        : t('aside.running', { span: clockSpan(now - Date.parse(started)) });
    }
    case 'passed':
      return ms === undefined ? timeOf(status.at) : clockSpan(ms);
    case 'held': {
      // Who was only named has signed nothing.
      const signed = status.signers.filter((signer) => signer.basis === 'signed').length;
      const time = timeOf(status.at).slice(0, 5);
      return signed > 0
        ? t('aside.held', { n: signed, time })
        : t('aside.named', { n: status.signers.length, time });
    }
    case 'notified':
      return t('aside.sent', { time: timeOf(status.at).slice(0, 5) });
    case 'not-applicable':
      return t('aside.na');
    case 'attested':
    case 'decided':
    case 'failed':
    case 'unknown':
    case 'skipped':
    case 'overridden':
      return t(stateWords[status.state]);
  }
}
