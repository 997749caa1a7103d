/** What has to go into a package so that it needs nothing from outside: what the runbooks call, roll back with and refer to. Pure. */
import type { ReferencePage } from '../../contract/reference.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Runbook } from '../../contract/runbook.ts';
import { referenceValue } from '../reference/lookUp.ts';
import { stepsOf } from '../runbook/describe.ts';
import { linkRunbook, type SourceText } from '../runbook/link/link.ts';
import type { LinkMemo } from '../runbook/link/memo.ts';

/** The library that a package is taken from. */
export interface GatherFrom {
  readonly runbooks: ReadonlyMap<string, SourceText>;
  readonly pages: readonly ReferencePage[];
  readonly overlays: readonly SourceText[];
  readonly memo: LinkMemo;
}

export interface Gathered {
  readonly runbooks: readonly string[];
  /** Ids of reference pages. */
  readonly reference: readonly string[];
}

/** Starts from `ids` and follows calls and rollbacks. `invalid-runbook` when one of them cannot be put together. */
export function gather(
  from: GatherFrom,
  ids: readonly string[],
  options: { readonly overlays: boolean },
): Result<Gathered> {
  const runbooks = new Set<string>();
  const reference = new Set<string>();
  const open = [...ids];
  for (let id = open.shift(); id !== undefined; id = open.shift()) {
    if (runbooks.has(id)) continue;
    const main = from.runbooks.get(id);
    if (main === undefined) return fail('not-found', `There is no runbook ${id} in the library.`);
    runbooks.add(id);
    const linked = linkRunbook(main.text, main.file, {
      called: (called) => {
        if (from.runbooks.has(called)) open.push(called);
        return from.runbooks.get(called);
      },
      known: [...from.runbooks.keys()],
      overlays: options.overlays ? from.overlays : [],
      reference: (path) => {
        reference.add(path.split('.')[0] ?? '');
        return referenceValue(from.pages, path);
      },
      memo: from.memo,
    });
    if (linked.runbook === null || linked.before) {
      const why = linked.diagnostics.find(({ severity }) => severity === 'error')?.message;
      return fail('invalid-runbook', `${id} cannot be put into a package: ${why ?? 'it belongs to a run'}`, {
        hint: 'Correct the file, or leave the runbook out.',
      });
    }
    open.push(...rollbacksOf(linked.runbook).filter((back) => from.runbooks.has(back)));
  }
  return ok({ runbooks: [...runbooks].sort(), reference: [...reference].sort() });
}

/** Runbooks that are offered when this one goes wrong. */
function rollbacksOf(runbook: Runbook): readonly string[] {
  const ofSteps = stepsOf(runbook).flatMap(({ step }) =>
    step.kind === 'run' && step.undo?.kind === 'runbook' ? [step.undo.runbook] : [],
  );
  return [...(runbook.rollback === undefined ? [] : [runbook.rollback]), ...ofSteps];
}
