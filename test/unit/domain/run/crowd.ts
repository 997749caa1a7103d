/** A host that goes over the members of a group as the real one does, with outcomes that a test decides. */
import type { TargetName } from '../../../../electron/contract/ids.ts';
import type { CommandEnd, RecordBody } from '../../../../electron/contract/records.ts';
import type { Result } from '../../../../electron/contract/result.ts';
import type { Step } from '../../../../electron/contract/steps.ts';
import { concludeContact, concludeMember, memberNotRun } from '../../../../electron/domain/run/conclude.ts';
import { startMember } from '../../../../electron/domain/run/commands.ts';
import { concludeGroup, fanOutOf, nextMembers } from '../../../../electron/domain/run/group.ts';
import { runningOn } from '../../../../electron/domain/run/members.ts';
import { type Play, prepared, SHA } from './book.ts';

/** What comes of a member: its command ends well or badly, contact goes, or it cannot even be reached. */
export type Fate = 'well' | 'badly' | 'lost' | 'late' | 'adrift' | 'unreached';

export const target = (name: string) => name as TargetName;
export const stepId = (name: string) => name as Step['id'];
export const members = (n: number) =>
  Array.from({ length: n }, (_, index) => `web-${String(index + 1).padStart(3, '0')}`);

/** Starts the command (or the probe) on one member; the refusal when it may not. */
export function send(
  play: Play,
  step: string,
  member: string,
  kind: 'run' | 'probe' = 'run',
): Result<RecordBody> {
  const intent = { kind, step: stepId(step), seen: SHA };
  const number = play.state.starts + 1;
  const ready = { ...prepared(kind, number), job: `job-${String(number)}` };
  const started = startMember(play.state, intent, target(member), ready, new Date(0));
  if (started.ok) play.append([started.value]);
  return started;
}

/** Brings the command that runs on a member to its end. */
export function finish(play: Play, step: string, member: string, fate: Exclude<Fate, 'unreached'>): void {
  const attempt = runningOn(play.view(step), member);
  if (attempt === null) throw new Error(`nothing runs on ${member}`);
  if (fate === 'adrift') {
    play.append([
      concludeContact({ step: stepId(step), attempt: attempt.n, why: 'gone', target: target(member) }),
    ]);
    return;
  }
  const ends: Readonly<Record<typeof fate, CommandEnd>> = {
    well: { how: 'exit', code: 0 },
    badly: { how: 'exit', code: 1 },
    lost: { how: 'lost', why: 'gone' },
    late: { how: 'timeout', afterMs: 5 },
  };
  play.append(
    concludeMember(
      {
        step: stepId(step),
        attempt: attempt.n,
        purpose: attempt.purpose,
        end: ends[fate],
        ms: 5,
        files: {},
        checks: [{ name: 'ends', expected: '0', actual: fate, ok: fate === 'well' }],
        captures: { ok: true, value: {} },
        observed: attempt.observed,
      },
      target(member),
    ),
  );
}

/**
 * Goes over the members from where they stand, as many at a time as the step allows, the ends in the order that `pick`
 * takes them. Returns the most that ran at once, and ends the step.
 */
export function goOver(
  play: Play,
  step: string,
  fate: (member: string) => Fate,
  pick: (running: readonly string[]) => number = () => 0,
): number {
  const running: string[] = [];
  let most = 0;
  for (;;) {
    const view = play.view(step);
    const plan = nextMembers(view, fanOutOf(view.step));
    const [member] = plan.start;
    if (member !== undefined) {
      if (fate(member) === 'unreached') {
        play.append([memberNotRun(stepId(step), member, 'it cannot be reached')]);
        continue;
      }
      const sent = send(play, step, member);
      if (!sent.ok) throw new Error(sent.error.message);
      running.push(member);
      // Sometimes a member ends before the next is started.
      if (pick(running) % 3 !== 1) continue;
    }
    most = Math.max(most, running.length);
    if (plan.done) {
      play.append(concludeGroup(play.view(step), plan.halted));
      return most;
    }
    const [ended] = running.splice(pick(running) % Math.max(1, running.length), 1);
    if (ended === undefined) continue;
    const how = fate(ended);
    if (how !== 'unreached') finish(play, step, ended, how);
  }
}
