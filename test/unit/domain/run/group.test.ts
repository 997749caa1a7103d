/** Steps on groups: who is started next, what a member and the step come to, who is sent to again. */
import { describe, expect, test } from 'vitest';
import type { RecordBody } from '../../../../electron/contract/records.ts';
import { checkConsistency } from '../../../../electron/domain/evidence/consistency.ts';
import { admitCommand } from '../../../../electron/domain/run/commands.ts';
import { decide, hasDeviations } from '../../../../electron/domain/run/decide.ts';
import { replay } from '../../../../electron/domain/run/evolve.ts';
import {
  concludeGroup,
  fanOutOf,
  groupSummary,
  membersToProbe,
  nextMembers,
  nextProbes,
} from '../../../../electron/domain/run/group.ts';
import { retryPlan, retryText } from '../../../../electron/domain/run/members.ts';
import { recover } from '../../../../electron/domain/run/settle.ts';
import { bookOf, groupStep, intentOf, OPERATOR, Play, refusal, when } from './book.ts';
import { finish, goOver, members, send, stepId, target } from './crowd.ts';

const three = ['web-001', 'web-002', 'web-003'];

function crowd(step = groupStep('s'), names: readonly string[] = three): Play {
  const play = new Play(bookOf([step])).start(names);
  for (const name of names) play.connect(name);
  return play;
}

function ask(play: Play, value: Record<string, unknown>) {
  return decide(play.state, intentOf({ step: 's', ...value }), { by: OPERATOR, head: play.head });
}

function must(play: Play, value: Record<string, unknown>): void {
  const decided = ask(play, value);
  if (!decided.ok) throw new Error(decided.error.message);
  play.append(decided.value);
}

const states = (play: Play) => Object.values(play.view('s').members ?? {}).map((member) => member.state);
const plan = (play: Play) => {
  const view = play.view('s');
  return nextMembers(view, fanOutOf(view.step));
};

describe('the members of a group', () => {
  test('are hosts of the run from its start, in their order, and the group itself is none', () => {
    const play = new Play(bookOf([groupStep('s')], true));
    expect(play.state.targets['web']).toMatchObject({ group: true, connected: false });
    play.start(three);
    expect(Object.keys(play.view('s').members ?? {})).toEqual(three);
    expect(play.state.targets['web-002']).toMatchObject({ memberOf: 'web', identity: 'unproven' });
    play.connect('web');
    expect(play.state.targets['web']?.connected).toBe(false);
  });

  test('have to prove what their group declares before anything is sent to them', () => {
    const step = groupStep('s', { order: 'parallel', limit: 2 });
    const play = new Play(bookOf([step], true)).start(three).connect('web-001');
    expect(refusal(send(play, 's', 'web-001'))).toContain('has not proven to be the right host');
    expect(refusal(send(play, 's', 'web-002'))).toBe('network: Step s: web-002 is not connected.');
    expect(refusal(send(play, 's', 'web-003'))).toContain('as many as may run at a time do');
    expect(refusal(send(play, 's', 'db-1'))).toContain('not a member');
  });

  test('are each sent an attempt of their own, whose start names host and group', () => {
    const play = crowd(groupStep('s', { order: 'parallel', limit: 3 }));
    for (const name of three) send(play, 's', name);
    expect(play.view('s').attempts.map(({ n, target: on, group }) => [n, on, group])).toEqual([
      [1, 'web-001', 'web'],
      [2, 'web-002', 'web'],
      [3, 'web-003', 'web'],
    ]);
    expect(states(play)).toEqual(['running', 'running', 'running']);
    expect(refusal(send(play, 's', 'web-001'))).toContain('is running');
  });
});

describe('going over them', () => {
  test('one after the other, and the first that does not pass ends it', () => {
    const play = crowd();
    const most = goOver(play, 's', (name) => (name === 'web-002' ? 'badly' : 'well'));
    expect(most).toBe(1);
    expect(states(play)).toEqual(['passed', 'failed', 'not-run']);
    expect(play.view('s').members?.['web-003']?.reason).toBe('web-002 did not pass');
    expect(play.view('s').status).toMatchObject({
      state: 'failed',
      reason: '1 of 3 passed; failed: web-002; not run: web-003',
    });
  });

  test('goes on past a failure when the step says so', () => {
    const play = crowd(groupStep('s', { onFailure: 'go-on' }));
    goOver(play, 's', (name) => (name === 'web-001' ? 'lost' : 'well'));
    expect(states(play)).toEqual(['unknown', 'passed', 'passed']);
    expect(play.status('s')).toBe('unknown');
  });

  test('sends the canary alone, and nothing more when it does not pass, whatever a failure means later', () => {
    const step = groupStep('s', { order: 'canary', limit: 5, onFailure: 'go-on' });
    const play = crowd(step);
    expect(plan(play).start).toEqual(['web-001']);
    send(play, 's', 'web-001');
    expect(plan(play)).toMatchObject({ start: [], done: false });
    finish(play, 's', 'web-001', 'badly');
    expect(plan(play)).toMatchObject({
      start: [],
      done: true,
      verdict: 'failed',
      halted: 'the first, web-001, did not pass',
    });
    const good = crowd(step);
    expect(goOver(good, 's', () => 'well')).toBe(2);
    expect(good.view('s').status).toMatchObject({ state: 'passed', via: 'targets' });
  });

  test('counts a member that cannot be reached as one that did not pass', () => {
    const play = crowd();
    goOver(play, 's', (name) => (name === 'web-001' ? 'unreached' : 'well'));
    expect(states(play)).toEqual(['not-run', 'not-run', 'not-run']);
    expect(play.status('s')).toBe('failed');
    expect(play.view('s').attempts).toEqual([]);
    expect(checkConsistency(ended(play))).toEqual([]);
  });

  test('starts no further one after an interrupt of all, or when the run is stopped', () => {
    const play = crowd(groupStep('s', { order: 'parallel', limit: 2, onFailure: 'go-on' }));
    send(play, 's', 'web-001');
    must(play, { kind: 'signal', signal: 'INT', target: 'web-001' });
    expect(plan(play).start).toEqual(['web-002']);
    expect(refusal(ask(play, { kind: 'signal', signal: 'INT', target: 'web-002' }))).toContain('not running');
    must(play, { kind: 'signal', signal: 'INT' });
    expect(plan(play)).toMatchObject({ start: [], done: false, halted: 'the step was interrupted' });
    expect(refusal(send(play, 's', 'web-002'))).toBe(
      'refused: Step s is not started on web-002: the step was interrupted.',
    );
    finish(play, 's', 'web-001', 'badly');
    play.append(concludeGroup(play.view('s'), plan(play).halted));
    expect(states(play)).toEqual(['failed', 'not-run', 'not-run']);
    const stopped = crowd();
    send(stopped, 's', 'web-001');
    must(stopped, { kind: 'stop', reason: 'wait' });
    finish(stopped, 's', 'web-001', 'well');
    expect(refusal(send(stopped, 's', 'web-002'))).toContain('stopped');
    expect(nextMembers(stopped.view('s'), fanOutOf(stopped.view('s').step), 'the run was stopped')).toEqual({
      start: [],
      done: true,
      verdict: 'failed',
      halted: 'the run was stopped',
    });
  });

  test('holds for a hundred members, ten at a time, with ends in any order', () => {
    const names = members(100);
    const play = crowd(groupStep('s', { order: 'parallel', limit: 10 }), names);
    let turn = 7;
    const most = goOver(
      play,
      's',
      () => 'well',
      () => (turn = (turn * 31 + 11) % 101),
    );
    expect(most).toBe(10);
    expect(play.view('s').status).toMatchObject({ state: 'passed', via: 'targets' });
    expect(play.records.filter((record) => record.type === 'target.result')).toHaveLength(100);
    expect(hasDeviations(play.state)).toBe(false);
    expect(replay(play.runbook, play.records)).toEqual(play.state);
    must(play, { kind: 'finish' });
    expect(play.state.end?.result).toBe('success');
    expect(checkConsistency(play.records)).toEqual([]);
  });
});

describe('sending it again', () => {
  test('goes only to members that have not passed, and says so', () => {
    const play = crowd(groupStep('s', { onFailure: 'go-on' }));
    goOver(play, 's', (name) => (name === 'web-002' ? 'badly' : 'well'));
    const again = retryPlan(play.view('s'));
    expect(again).toEqual({ goes: ['web-002'], passed: ['web-001', 'web-003'], barred: [] });
    expect(retryText(again)).toBe('It goes to web-002. Not sent again, because passed: web-001, web-003.');
    must(play, { kind: 'retry', reason: 'mended' });
    expect(plan(play).start).toEqual(['web-002']);
    expect(refusal(send(play, 's', 'web-001'))).toContain('is passed');
    goOver(play, 's', () => 'well');
    expect(play.status('s')).toBe('passed');
    expect(play.view('s').attempts).toHaveLength(4);
    expect(hasDeviations(play.state)).toBe(true);
    expect(checkConsistency(ended(play))).toEqual([]);
  });

  test('never goes to a member twice when the runbook says so, but to those that were not run', () => {
    const play = crowd(groupStep('s', { order: 'canary', limit: 2 }, { rerun: 'never' }));
    goOver(play, 's', () => 'badly');
    expect(states(play)).toEqual(['failed', 'not-run', 'not-run']);
    expect(retryText(retryPlan(play.view('s')))).toBe(
      'It goes to web-002, web-003. Never sent twice: web-001.',
    );
    must(play, { kind: 'retry', reason: 'mended by hand' });
    expect(states(play)).toEqual(['failed', 'waiting', 'waiting']);
    expect(plan(play).start, 'the next is the canary now').toEqual(['web-002']);
    goOver(play, 's', () => 'well');
    expect(states(play)).toEqual(['failed', 'passed', 'passed']);
    expect(play.view('s').status).toMatchObject({
      state: 'failed',
      reason: '2 of 3 passed; failed: web-001',
    });
    expect(refusal(ask(play, { kind: 'retry', reason: 'once more' }))).toContain('never sent twice');
    must(play, { kind: 'override', reason: 'done by hand' });
    expect(checkConsistency(ended(play))).toEqual([]);
  });

  test('with check-first goes to a member that was sent only after its probe', () => {
    const play = crowd(groupStep('s', { onFailure: 'go-on' }, { rerun: 'check-first', probe: true }));
    goOver(play, 's', (name) => (name === 'web-001' ? 'well' : 'lost'));
    expect(refusal(ask(play, { kind: 'retry', reason: 'again' }))).toContain('only after its probe');
    const intent = { kind: 'probe', step: stepId('s') } as const;
    expect(admitCommand(play.state, intent, when).ok).toBe(true);
    expect(membersToProbe(play.view('s'))).toEqual(['web-002', 'web-003']);
    const rule = fanOutOf(play.view('s').step);
    expect(nextProbes(play.view('s'), rule, membersToProbe(play.view('s')))).toEqual({
      start: ['web-002'],
      done: false,
    });
    send(play, 's', 'web-002', 'probe');
    expect(nextProbes(play.view('s'), rule, [target('web-003')])).toEqual({ start: [], done: false });
    finish(play, 's', 'web-002', 'badly');
    expect(nextProbes(play.view('s'), rule, [])).toEqual({ start: [], done: true });
    play.append(concludeGroup(play.view('s')));
    expect(states(play)).toEqual(['passed', 'failed', 'unknown']);
    expect(retryText(retryPlan(play.view('s')))).toBe(
      'It goes to web-002. Not sent again, because passed: web-001. To be probed first: web-003.',
    );
    must(play, { kind: 'retry', reason: 'again' });
    expect(states(play)).toEqual(['passed', 'waiting', 'unknown']);
    goOver(play, 's', () => 'well');
    expect(play.status('s'), 'web-003 is still open').toBe('unknown');
    send(play, 's', 'web-003', 'probe');
    finish(play, 's', 'web-003', 'well');
    play.append(concludeGroup(play.view('s')));
    expect(play.view('s').status).toMatchObject({ state: 'passed', via: 'targets' });
    expect(checkConsistency(ended(play))).toEqual([]);
  });

  test('has no probe for a step that was sent to nobody', () => {
    const play = crowd(groupStep('s', {}, { rerun: 'check-first', probe: true }));
    goOver(play, 's', () => 'unreached');
    const intent = { kind: 'probe', step: stepId('s') } as const;
    expect(refusal(admitCommand(play.state, intent, when))).toContain('sent to no member');
  });
});

describe('what was seen of a member', () => {
  const forged = (d: Record<string, unknown>): RecordBody =>
    ({ type: 'target.result', d: { step: 's', ...d } }) as unknown as RecordBody;

  test('is never passed by word: without an attempt, by another’s, before its end, after the step is done', () => {
    const play = crowd(groupStep('s', { onFailure: 'go-on' }));
    send(play, 's', 'web-001');
    finish(play, 's', 'web-001', 'well');
    play.add(forged({ target: 'web-002', attempt: 1, state: 'passed' }));
    play.add(forged({ target: 'web-003', state: 'passed' }));
    expect(states(play)).toEqual(['passed', 'failed', 'failed']);
    play.add(forged({ target: 'db', attempt: 1, state: 'passed' }));
    expect(Object.keys(play.view('s').members ?? {})).toEqual(three);
    const early = crowd(groupStep('s'), ['web-001']);
    send(early, 's', 'web-001');
    early.add(forged({ target: 'web-001', attempt: 1, state: 'passed' }));
    expect(early.view('s').members?.['web-001']).toMatchObject({ state: 'failed' });
    const other = crowd(groupStep('s'), ['web-001']);
    send(other, 's', 'web-001');
    const seen = [
      { type: 'step.end', d: { step: 's', attempt: 1, end: { how: 'exit', code: 0 }, ms: 1 } },
      { type: 'check', d: { step: 's', attempt: 1, name: 'ends', expected: '0', actual: '0', ok: true } },
    ];
    for (const record of seen) other.add(record as unknown as RecordBody);
    other.add(forged({ target: 'web-001', attempt: 2, state: 'passed' }));
    expect(states(other)).toEqual(['failed']);
    const done = crowd(groupStep('s'), ['web-001']);
    goOver(done, 's', () => 'well');
    done.add(forged({ target: 'web-001', attempt: 2, state: 'failed' }));
    expect(states(done)).toEqual(['passed']);
  });

  test.each(['targets', 'checks', 'probe', 'person'])(
    'a step that is called passed by %s needs all',
    (via) => {
      const play = crowd(groupStep('s', { order: 'parallel', limit: 3 }));
      for (const name of three.slice(1)) {
        send(play, 's', name);
        finish(play, 's', name, 'well');
      }
      const result = { type: 'step.result', d: { step: 's', attempt: 2, state: 'passed', via } };
      play.add(result as unknown as RecordBody);
      expect(play.view('s').status).toMatchObject({
        state: 'failed',
        reason: 'the record says passed, but web-001 is waiting',
      });
    },
  );

  test('a group without members passes nothing', () => {
    const play = new Play(bookOf([groupStep('s')])).start();
    play.add({
      type: 'step.result',
      d: { step: stepId('s'), attempt: 1, state: 'passed', via: 'targets' },
    });
    expect(play.view('s').status).toMatchObject({ state: 'failed' });
  });

  test('a person’s word that it failed settles the members that are not known', () => {
    const play = crowd(groupStep('s', { onFailure: 'go-on' }));
    goOver(play, 's', (name) => (name === 'web-002' ? 'lost' : 'well'));
    must(play, { kind: 'declare-failed', reason: 'I looked' });
    expect(play.view('s').members?.['web-002']).toMatchObject({
      state: 'failed',
      reason: 'Alice Meyer: I looked',
    });
    expect(play.status('s')).toBe('failed');
    expect(checkConsistency(ended(play))).toEqual([]);
  });
});

describe('the return after the app went away', () => {
  test('leaves members in flight unknown, those that waited not run, and the step unknown', () => {
    const play = crowd(groupStep('s', { order: 'parallel', limit: 2 }));
    send(play, 's', 'web-001');
    send(play, 's', 'web-002');
    finish(play, 's', 'web-001', 'well');
    play.append(recover(play.state, { boot: 'b' }));
    expect(states(play)).toEqual(['passed', 'unknown', 'not-run']);
    expect(play.view('s').status).toMatchObject({
      state: 'unknown',
      reason: '1 of 3 passed; unknown: web-002; not run: web-003',
    });
    expect(checkConsistency(ended(play))).toEqual([]);
  });

  test('between two members it comes to what they came to', () => {
    const play = crowd();
    send(play, 's', 'web-001');
    finish(play, 's', 'web-001', 'well');
    play.append(recover(play.state, { boot: 'b' }));
    expect(states(play)).toEqual(['passed', 'not-run', 'not-run']);
    expect(play.status('s')).toBe('failed');
    const all = crowd(groupStep('s'), ['web-001']);
    send(all, 's', 'web-001');
    finish(all, 's', 'web-001', 'well');
    all.append(recover(all.state, { boot: 'b' }));
    expect(all.status('s'), 'every member was seen to pass').toBe('passed');
    expect(checkConsistency(ended(all))).toEqual([]);
  });
});

test('the summary says how many passed and names every other', () => {
  const play = crowd(groupStep('s', { order: 'parallel', limit: 3 }));
  send(play, 's', 'web-001');
  send(play, 's', 'web-002');
  finish(play, 's', 'web-001', 'badly');
  expect(groupSummary(play.view('s'))).toBe(
    '0 of 3 passed; failed: web-001; running: web-002; not run: web-003',
  );
});

/** The records with an end, which the verifier wants. */
function ended(play: Play): Play['records'] {
  if (play.state.end !== null) return play.records;
  const kind = play.state.current === null ? 'finish' : 'abort';
  must(play, { kind, reason: 'over' });
  return play.records;
}
