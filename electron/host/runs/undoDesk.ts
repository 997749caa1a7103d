/** The rollbacks that are made from what runs really did: what they would do, and the runbooks that do it. Writes nothing. */
import type { RollbackPlan, RunSnapshot } from '../../contract/views.ts';
import type { RunbookId, RunId } from '../../contract/ids.ts';
import type { Plan } from '../../contract/plan.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { doneSteps } from '../../domain/run/done.ts';
import { replay } from '../../domain/run/evolve.ts';
import { valuesOf } from '../../domain/run/scope.ts';
import { type RollbackBook, rollbackBook } from '../../domain/runbook/rollbackBook.ts';
import { mayBeUndo, type PlannedUndo, undoId } from '../../domain/runbook/rollbackPlan.ts';
import { type LoadedRunbook, parseBytes } from '../library/loaded.ts';
import { runFolder } from './runFolder.ts';
import { readStored } from './storedRun.ts';

export interface UndoDesk {
  view(runId: RunId): Promise<Result<RollbackPlan>>;
  /**
   * The runbook that takes the run back as it stands now. Null when `id` is not that runbook: it is looked for in the
   * library then.
   */
  entry(runId: RunId, id: RunbookId, rehearsal: boolean): Promise<Result<MadeEntry> | null>;
}

export interface MadeEntry {
  readonly entry: LoadedRunbook;
  /** The package that the runbook of the run came in. */
  readonly release: Plan['release'];
}

export function createUndoDesk(options: {
  readonly data: string;
  readonly snapshot: (runId: RunId) => Promise<Result<RunSnapshot>>;
}): UndoDesk {
  async function read(runId: RunId) {
    const stored = await readStored(runFolder(options.data, runId));
    if (!stored.ok) return stored;
    const seen = await options.snapshot(runId);
    if (!seen.ok) return seen;
    const { plan, entry } = stored.value;
    const state = replay(entry.runbook, seen.value.records);
    const book = rollbackBook({
      runId,
      runbook: entry.runbook,
      text: new TextDecoder('utf-8').decode(entry.bytes),
      values: valuesOf(state, plan),
      groups: state.groups,
      done: doneSteps(state),
    });
    return ok({ plan, runbook: entry.runbook, book });
  }

  return {
    async view(runId) {
      const found = await read(runId);
      if (!found.ok) return found;
      const { runbook, book } = found.value;
      return ok({
        ...(book.made === null ? {} : { runbook: book.made.id }),
        undo: book.plan.undo.map(shown),
        without: book.plan.without,
        ...(runbook.rollback === undefined ? {} : { linked: runbook.rollback }),
      });
    },
    async entry(runId, id, rehearsal) {
      if (!mayBeUndo(id)) return null;
      const found = await read(runId);
      if (!found.ok) return found;
      const { plan, runbook, book } = found.value;
      if (id !== undoId(runbook.id) || id === runbook.rollback) return null;
      if (plan.rehearsal !== rehearsal) {
        return fail(
          'refused',
          plan.rehearsal
            ? 'That run was a rehearsal: what takes it back is rehearsed as well.'
            : 'That run was a real one: what takes it back is no rehearsal.',
        );
      }
      const made = loaded(book, rehearsal);
      return made.ok ? ok({ entry: made.value, release: plan.release }) : made;
    },
  };
}

function loaded({ made }: RollbackBook, rehearsal: boolean): Result<LoadedRunbook> {
  if (made === null)
    return fail('not-found', 'Nothing of what this run has done has a command that takes it back.');
  const file = `${made.id}.runbook.yaml`;
  const entry = parseBytes(new TextEncoder().encode(made.text), file, { rehearsal });
  if ('runbook' in entry) return ok(entry);
  const why = entry.diagnostics.find(({ severity }) => severity === 'error')?.message ?? 'no reason';
  return fail('internal', `The rollback that was made from the run cannot be used: ${why}`, {
    kept: 'Nothing was started.',
    hint: 'Take the steps back by hand, last first, as the list of what was done shows them.',
  });
}

function shown({ step, title, sure, undo, members }: PlannedUndo): RollbackPlan['undo'][number] {
  const common = { step, title, uncertain: !sure };
  if (undo.kind === 'runbook') return { ...common, how: { kind: 'runbook', runbook: undo.runbook } };
  return {
    ...common,
    how: {
      kind: 'command',
      title: undo.title,
      on: undo.on,
      command: undo.run.source,
      risk: undo.risk,
      ...(members === undefined ? {} : { members }),
    },
  };
}
