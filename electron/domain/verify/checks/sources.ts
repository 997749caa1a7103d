/** What the runbook was put together from: every file that the plan names is there, no other, and it follows from them. */
import { kindOf, PLAN, RUNBOOK, sourcePath } from '../../evidence/names.ts';
import { claimsParts, type KeptSource, relinkProblem } from '../../runbook/link/relink.ts';
import type { Context } from '../context.ts';

/** Returns how many files the runbook was found to follow from. */
export async function checkSources(context: Context): Promise<number> {
  const { plan, runbook, reader, digests, report } = context;
  const named = plan.sources ?? [];
  const paths = new Set(named.map(({ kind, id }) => sourcePath(kind, id)));
  for (const path of digests.keys()) {
    if (kindOf(path) === 'source' && !paths.has(path))
      report.add('source.unnamed', path, 'the plan does not name this file');
  }
  const kept: KeptSource[] = [];
  for (const { kind, id, sha256 } of named) {
    const path = sourcePath(kind, id);
    const actual = digests.get(path);
    if (actual === undefined) {
      report.add('source.missing', path, 'the plan names this file; it is not in the bundle');
      continue;
    }
    if (actual !== sha256) {
      report.add('source.mismatch', path, `the plan says ${sha256}, the file has ${actual}`);
      continue;
    }
    const text = await reader.text(path);
    if (text !== null) kept.push({ kind, id, sha256, text });
  }
  if (runbook === null || kept.length < named.length) return 0;
  const others = named.filter(({ kind }) => kind !== 'main');
  if (JSON.stringify(others.map(keyOf)) !== JSON.stringify((runbook.sources ?? []).map(keyOf))) {
    report.add('source.relink', PLAN, 'plan and runbook name other files that it was put together from');
    return 0;
  }
  const text = await reader.text(RUNBOOK);
  if (named.length === 0) {
    if (text !== null && claimsParts(plan.runbook.id, text))
      report.add('source.relink', RUNBOOK, 'it says that it was put together, and the plan names no file');
    return 0;
  }
  const problem = text === null ? null : relinkProblem(plan.runbook.id, text, kept);
  if (problem !== null) report.add('source.relink', RUNBOOK, problem);
  return problem === null && text !== null ? kept.length : 0;
}

function keyOf(source: {
  readonly kind: string;
  readonly id: string;
  readonly version: string;
  readonly sha256: string;
}) {
  return [source.kind, source.id, source.version, source.sha256];
}
