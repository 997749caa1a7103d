/** Holds what came of a case against what its test says. Pure. */
import type { Verdict } from '../../contract/views.ts';
import type { RunState } from '../run/state.ts';
import type { Identity } from './identities.ts';
import type { Problem, TestCase } from './testFile.ts';
import { wrongChecks } from './wrongChecks.ts';

/** `verdict`: of the sealed evidence; null when there is none. `identities`: what the targets proved to be. */
export function judgeCase(
  one: TestCase,
  state: RunState,
  verdict: Verdict | null,
  identities: ReadonlyMap<string, Identity> = new Map(),
): readonly Problem[] {
  const result = state.end?.result;
  const problems: Problem[] = [];
  if (result !== one.result) {
    const why = whereItStopped(state);
    const message = `the run ended as ${result ?? 'nothing: it is open'}, the test says ${one.result}${why}`;
    problems.push({ path: ['result'], message });
  }
  for (const [id, wanted] of Object.entries(one.steps)) {
    const view = state.steps.find(({ step }) => step.id === id);
    if (view === undefined || view.status.state === wanted) continue;
    problems.push({
      path: ['steps', id],
      message: `${id} is ${view.status.state}, the test says ${wanted}${whyNot(state, id)}`,
    });
  }
  for (const [name, wanted] of Object.entries(one.identity ?? {})) {
    const seen = identities.get(name);
    if (seen === wanted) continue;
    problems.push({
      path: ['identity', name],
      message: `the identity of ${name} is ${seen ?? 'not asked for'}, the test says ${wanted}`,
    });
  }
  return [...problems, ...judgeEvidence(verdict)];
}

/** The evidence of whatever happened is whole and consistent. */
export function judgeEvidence(verdict: Verdict | null): readonly Problem[] {
  if (verdict === null) return [{ path: [], message: 'there is no evidence' }];
  const found = verdict.findings.filter(({ level }) => level !== 'L3');
  const levels = verdict.l1 === 'holds' && verdict.l2 === 'holds';
  if (levels && found.length === 0) return [];
  const said = found.map(({ id, place, message }) => ({
    path: [],
    message: `evidence: ${place}: ${message} [${id}]`,
  }));
  return said.length > 0 ? said : [{ path: [], message: `evidence: L1 ${verdict.l1}, L2 ${verdict.l2}` }];
}

/** The step that a run stopped at, in words. */
function whereItStopped(state: RunState): string {
  const view = state.steps.find(({ status }) => status.state === 'failed' || status.state === 'unknown');
  if (view === undefined) return state.end?.reason === undefined ? '' : ` (${state.end.reason})`;
  return ` (${view.step.id} is ${view.status.state}${whyNot(state, view.step.id)})`;
}

/** What of a step did not hold, in words. */
function whyNot(state: RunState, id: string): string {
  const view = state.steps.find(({ step }) => step.id === id);
  if (view === undefined) return '';
  const reason = 'reason' in view.status ? [view.status.reason ?? ''].filter((text) => text !== '') : [];
  const last = view.attempts.at(-1);
  const checks = last?.checks.length === 0 ? (last.lastTry?.checks ?? []) : (last?.checks ?? []);
  const why = [...reason, ...wrongChecks(checks)];
  return why.length === 0 ? '' : `; ${why.join('; ')}`;
}
