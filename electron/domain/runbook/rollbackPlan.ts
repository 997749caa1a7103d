/** What would be taken back of a run, in reverse order of what was done, and what nobody has given a way back for. Pure. */
import type { RunbookId, StepId, TargetName } from '../../contract/ids.ts';
import type { Undo } from '../../contract/runbook.ts';
import type { DoneStep } from '../run/done.ts';

export interface PlannedUndo {
  readonly step: StepId;
  readonly title: string;
  readonly sure: boolean;
  readonly undo: Undo;
  /** Hosts of the group that the step was sent to, where these are not all; in the order they are taken back. */
  readonly members?: readonly TargetName[];
}

export interface UndoPlan {
  /** What was done last comes first. */
  readonly undo: readonly PlannedUndo[];
  /** Changes without a way back, last first. */
  readonly without: readonly { readonly step: StepId; readonly title: string; readonly why: string }[];
}

const SUFFIX = '-undo';

/** Id of the runbook that is made to take back a run of this one. */
export function undoId(id: string): RunbookId {
  // Cut where it must be, it still ends in a word.
  return `${id.slice(0, 64 - SUFFIX.length).replace(/-+$/, '')}${SUFFIX}` as RunbookId;
}

/** Whether an id may be that of such a runbook. */
export function mayBeUndo(id: string): boolean {
  return id.endsWith(SUFFIX);
}

/** `groups`: the members of each group in the run, see the plan. */
export function planUndo(
  groups: Readonly<Record<string, readonly TargetName[]>>,
  done: readonly DoneStep[],
): UndoPlan {
  const undo: PlannedUndo[] = [];
  const without: { step: StepId; title: string; why: string }[] = [];
  for (const { step, sure, members } of [...done].reverse()) {
    const given = step.kind === 'run' ? step.undo : undefined;
    const { id, title } = step;
    if (given !== undefined) {
      const own = given.kind === 'command' && 'on' in step && given.on === step.on;
      const all = groups['on' in step ? step.on : ''] ?? [];
      const part = own && members !== undefined && members.length < all.length ? members : undefined;
      undo.push({
        step: id,
        title,
        sure,
        undo: given,
        ...(part === undefined ? {} : { members: [...part].reverse() }),
      });
    } else if (step.risk !== 'read') without.push({ step: id, title, why: whyNot(step.kind) });
  }
  return { undo, without };
}

function whyNot(kind: DoneStep['step']['kind']): string {
  if (kind === 'transfer') return 'A file was put on the host, and what was there before is not kept.';
  if (kind === 'custodians') return 'What custodians gave cannot be taken back by a command.';
  return 'The runbook gives no command that takes it back.';
}
