/**
 * Witnesses on hosts: at the end of each phase, and before the run ends, the head of the journal goes into the log of
 * each host that allows it, where the operator has no hand on it. Off unless the plan says so. A host that does not
 * take it is recorded as such; it never blocks the run, and nothing is sent while a command of the operator runs.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { RunId, TargetName } from '../../contract/ids.ts';
import type { Plan } from '../../contract/plan.ts';
import type { RecordBody } from '../../contract/records.ts';
import type { Result } from '../../contract/result.ts';
import type { Runbook } from '../../contract/runbook.ts';
import type { ChainPosition } from '../../domain/evidence/chain.ts';
import { isDone } from '../../domain/run/evolve.ts';
import { recordText } from '../../domain/run/recordText.ts';
import type { RunState } from '../../domain/run/state.ts';
import { cleanLine } from '../connect/serverText.ts';
import { describeEnd } from '../remote/exchange.ts';
import type { LiveLink } from './link.ts';
import { createSlots } from './slots.ts';

/** What finds the lines again in a host's log. */
export const ANCHOR_TAG = 'holdpoint-evidence';
/** How long a host may take. The operator's next command waits as long at most. */
const ANSWER_MS = 3_000;
const AT_ONCE = 16;
const MAX_DETAIL = 400;

export interface AnchorOptions {
  readonly plan: Plan;
  readonly runbook: Runbook;
  readonly state: () => RunState;
  readonly position: () => ChainPosition;
  readonly live: (target: TargetName) => LiveLink | null;
  /** Makes records durable or fails at once. */
  readonly append: (bodies: readonly RecordBody[]) => Promise<Result<unknown>>;
}

export interface Anchors {
  /** To be called after each record: anchors when it was the last of a phase. */
  recorded(): void;
  /** Resolves when no host is being written to: within seconds. */
  settled(): Promise<void>;
  /** Anchors what there is now, for the end of the run. */
  emit(): Promise<void>;
}

export function createAnchors(options: AnchorOptions): Anchors {
  const allowed = allowedTargets(options.plan, options.runbook);
  let anchored = allowed.length === 0 ? Infinity : phasesDone(options.state());
  let going: Promise<void> = Promise.resolve();
  /** Records that the disk did not take: they go with the next ones. */
  let unrecorded: readonly RecordBody[] = [];

  function emit(): Promise<void> {
    if (allowed.length === 0) return going;
    const at = options.position();
    going = going.then(() => write(at)).catch(() => undefined);
    return going;
  }

  async function write(at: ChainPosition): Promise<void> {
    if (at.seq === 0) return;
    const { targets } = options.state();
    const met = allowed.filter((name) => options.live(name) !== null || wasLost(targets[name]));
    const slots = createSlots(AT_ONCE);
    const told = await Promise.all(met.map((name) => slots.use(() => anchorOn(name, at))));
    const records = [...unrecorded, ...told];
    if (records.length === 0) return;
    const kept = await options.append(records);
    unrecorded = kept.ok ? [] : records;
  }

  async function anchorOn(target: TargetName, at: ChainPosition): Promise<RecordBody> {
    const seq = at.seq - 1;
    const { head } = at;
    const problem = await tell(options.live(target), anchorCommand(options.plan.runId, { seq, head }));
    return {
      type: 'anchor.emit',
      d: {
        target,
        method: 'logger',
        seq,
        head,
        ok: problem === null,
        ...(problem === null ? {} : { detail: recordText(problem, MAX_DETAIL) }),
      },
    };
  }

  return {
    recorded() {
      const done = phasesDone(options.state());
      if (done <= anchored) return;
      anchored = done;
      void emit();
    },
    settled: () => going,
    emit,
  };
}

/** The line as it is sent. Each value is of a fixed alphabet: there is nothing to quote. */
export function anchorCommand(
  runId: RunId,
  { seq, head }: { readonly seq: number; readonly head: string },
): string {
  return `logger -t ${ANCHOR_TAG} "run=${runId} seq=${String(seq)} head=${head}"`;
}

/** Hosts of the plan that runbook or inventory allow to be written to. This computer is no witness. */
function allowedTargets(plan: Plan, runbook: Runbook): readonly TargetName[] {
  if (plan.policy.anchors !== 'logger') return [];
  return runbook.targets.flatMap((target) => {
    const names = target.group === true ? (plan.groups?.[target.name] ?? []) : [target.name];
    return names.filter((name) => {
      const address = plan.targets[name];
      if (address === undefined || address.kind === 'local') return false;
      return target.anchor === true || (address.kind === 'ssh' && address.anchor === true);
    });
  });
}

/** How many phases, from the first on, have nothing left to do. */
function phasesDone(state: RunState): number {
  const open = state.runbook.phases.findIndex((phase) =>
    phase.steps.some(({ id }) => {
      const view = state.steps.find((candidate) => candidate.step.id === id);
      return view !== undefined && !isDone(view.status);
    }),
  );
  return open === -1 ? state.runbook.phases.length : open;
}

/** It was connected in this run and is not any more: that it got no anchor belongs on record. */
function wasLost(target: RunState['targets'][string] | undefined): boolean {
  return target?.lostWhy !== undefined;
}

/** Runs it as a plain command; says what went wrong, or null. Never longer than ANSWER_MS. */
async function tell(link: LiveLink | null, command: string): Promise<string | null> {
  if (link === null) return 'not connected';
  if (link.prepared.shell === 'none')
    return 'this host has no POSIX shell and cannot prove that it was written';
  const aborter = new AbortController();
  const limit = delay(ANSWER_MS, null, { signal: aborter.signal }).catch(() => null);
  const over = limit.then(() => `no answer within ${String(ANSWER_MS / 1000)} s`);
  const answer = await Promise.race([answerTo(link, command, limit), over]);
  aborter.abort();
  return answer;
}

async function answerTo(link: LiveLink, command: string, limit: Promise<null>): Promise<string | null> {
  let said = '';
  const opened = await link.connection.exec({
    command,
    onData: (_stream, bytes) => {
      if (said.length < 2 * MAX_DETAIL) said += Buffer.from(bytes).toString('utf8');
    },
  });
  if (!opened.ok) return opened.error.message;
  const channel = opened.value;
  channel.endInput();
  const end = await Promise.race([channel.ended, limit]);
  if (end === null) {
    channel.close();
    return null;
  }
  if (end.how === 'exit' && end.code === 0) return null;
  return [describeEnd(end), cleanLine(said, MAX_DETAIL)].filter((part) => part !== '').join(': ');
}
