/** Commands that go on when contact is lost, hosts that prove nothing, files that are moved: what each may come to. */
import { describe, expect, test } from 'vitest';
import type { CommandEnd, RecordBody } from '../../../../electron/contract/records.ts';
import type { Step } from '../../../../electron/contract/steps.ts';
import { checkConsistency } from '../../../../electron/domain/evidence/consistency.ts';
import { admitAttach, attachRecord } from '../../../../electron/domain/run/attach.ts';
import { admitCommand, commandOf, startCommand } from '../../../../electron/domain/run/commands.ts';
import { conclude, concludeContact, type CommandOutcome } from '../../../../electron/domain/run/conclude.ts';
import { decide, hasDeviations } from '../../../../electron/domain/run/decide.ts';
import { replay } from '../../../../electron/domain/run/evolve.ts';
import { concludeGroup } from '../../../../electron/domain/run/group.ts';
import { retryPlan, retryText } from '../../../../electron/domain/run/members.ts';
import { recover } from '../../../../electron/domain/run/settle.ts';
import { describeTransfer } from '../../../../electron/domain/runbook/describe.ts';
import {
  bookOf,
  groupStep,
  intentOf,
  observeStep,
  OPERATOR,
  Play,
  prepared,
  refusal,
  runStep,
  SHA,
  transferStep,
  when,
} from './book.ts';
import { finish, send, stepId, target } from './crowd.ts';

const attachIntent = { kind: 'attach', step: stepId('s') } as const;

function ask(play: Play, value: Record<string, unknown>) {
  return decide(play.state, intentOf({ step: 's', ...value }), { by: OPERATOR, head: play.head });
}

function must(play: Play, value: Record<string, unknown>): void {
  const decided = ask(play, value);
  if (!decided.ok) throw new Error(decided.error.message);
  play.append(decided.value);
}

function started(step: Step, shell: 'bash' | 'none' = 'bash'): Play {
  const play = new Play(bookOf([step])).start().connect('ops', shell);
  const sent = begin(play, step.kind === 'observe' ? 'observe' : 'run');
  if (!sent.ok) throw new Error(sent.error.message);
  return play;
}

function begin(play: Play, purpose: 'run' | 'observe' | 'probe') {
  const kind = purpose === 'probe' ? 'probe' : 'run';
  const admitted = admitCommand(play.state, { kind, step: stepId('s'), seen: SHA }, when);
  if (!admitted.ok) return admitted;
  const ready = { ...prepared(purpose, play.state.starts + 1), job: 'job-1' };
  const record = startCommand(play.state, admitted.value, ready, { seen: SHA }, new Date(0));
  if (record.ok) play.append([record.value]);
  return record;
}

function end(play: Play, how: CommandEnd, more: Partial<CommandOutcome> = {}): void {
  const view = play.view('s');
  const attempt = view.attempts.find((candidate) => candidate.n === view.latest);
  const ok = how.how === 'exit' && how.code === 0;
  play.append(
    conclude({
      step: stepId('s'),
      attempt: view.latest,
      purpose: attempt?.purpose ?? 'run',
      end: how,
      ms: 1,
      files: {},
      checks: [{ name: 'ends', expected: '0', actual: ok ? '0' : '1', ok }],
      captures: { ok: true, value: {} },
      observed: attempt?.observed ?? false,
      ...more,
    }),
  );
}

function losing(play: Play): void {
  play.append([concludeContact({ step: stepId('s'), attempt: play.view('s').latest, why: 'gone' })]);
}

function attach(play: Play, fromByte = 7): void {
  const record = attachRecord(play.state, attachIntent, play.view('s').attempts[0]?.n ?? 1, fromByte);
  if (!record.ok) throw new Error(record.error.message);
  play.append([record.value]);
}

function story(play: Play): readonly string[] {
  if (play.state.end === null) {
    must(play, { kind: play.state.current === null ? 'finish' : 'abort', reason: 'over' });
  }
  return checkConsistency(play.records).map(({ id, message }) => `${id}: ${message}`);
}

const exit0 = { how: 'exit', code: 0 } as const;
const detached = () => runStep('s', { mode: 'detached', rerun: 'safe', probe: true });

describe('a detached command', () => {
  test('that was given up is not taken up again in the place of the one that was sent after it', () => {
    const play = started(detached());
    losing(play);
    must(play, { kind: 'declare-failed', reason: 'looked' });
    must(play, { kind: 'retry', reason: 'again' });
    expect(begin(play, 'run').ok).toBe(true);
    losing(play);
    const admitted = admitAttach(play.state, attachIntent);
    expect(admitted.ok && admitted.value.map(({ n }) => n)).toEqual([2]);
    expect(attachRecord(play.state, attachIntent, 1, 0).ok).toBe(false);
    expect(attachRecord(play.state, attachIntent, 2, 0).ok).toBe(true);
  });

  test('whose contact is lost is unknown without an end, and the same attempt goes on', () => {
    const play = started(detached());
    losing(play);
    expect(play.view('s').status).toMatchObject({
      state: 'unknown',
      reason: 'gone; the command is left to itself on the host and can be taken up again',
    });
    attach(play);
    expect(play.view('s')).toMatchObject({
      status: { state: 'running' },
      attempts: [{ n: 1, attached: 1, mode: 'detached', job: 'job-1' }],
    });
    losing(play);
    attach(play, 90);
    end(play, exit0);
    expect(play.view('s').status).toMatchObject({ state: 'passed', via: 'checks' });
    expect(play.view('s').attempts).toHaveLength(1);
    expect(hasDeviations(play.state), 'taking it up again is what the mode is for').toBe(false);
    expect(replay(play.runbook, play.records)).toEqual(play.state);
    expect(story(play)).toEqual([]);
  });

  test('can be taken up again after the app went away, also when the run is stopped', () => {
    const play = started(detached());
    play.append(recover(play.state, { boot: 'b' }));
    expect(play.view('s').status).toMatchObject({ state: 'unknown' });
    expect(JSON.stringify(play.view('s').status)).toContain('can be taken up again');
    must(play, { kind: 'stop', reason: 'wait' });
    attach(play);
    end(play, exit0);
    expect(play.status('s')).toBe('passed');
    must(play, { kind: 'continue', reason: 'on' });
    expect(story(play)).toEqual([]);
  });

  test('passes by its own checks only, not by being taken up', () => {
    const play = started(detached());
    losing(play);
    attach(play);
    const forged: RecordBody = {
      type: 'step.result',
      d: { step: stepId('s'), attempt: 1, state: 'passed', via: 'checks' },
    };
    play.add(forged);
    expect(play.status('s')).toBe('failed');
  });

  test('is not started a second time while it may go on, but after somebody looked', () => {
    const play = started(detached());
    losing(play);
    expect(refusal(ask(play, { kind: 'retry', reason: 'again' }))).toContain('may still go on');
    must(play, { kind: 'declare-failed', reason: 'it is gone' });
    expect(refusal(admitAttach(play.state, attachIntent))).toContain('nothing to take up again');
    must(play, { kind: 'retry', reason: 'again' });
    expect(play.status('s')).toBe('current');
    begin(play, 'run');
    end(play, exit0);
    expect(story(play)).toEqual([]);
  });

  test('can still be taken up when a probe could not tell', () => {
    const play = started(detached());
    losing(play);
    begin(play, 'probe');
    end(play, { how: 'lost', why: 'gone' });
    expect(play.status('s')).toBe('unknown');
    attach(play);
    end(play, exit0);
    expect(play.view('s').status).toMatchObject({ state: 'passed', via: 'checks' });
    expect(story(play)).toEqual([]);
  });

  test.each([
    ['was never sent', () => undefined, 'has sent no command'],
    [
      'is followed',
      (play: Play) => {
        begin(play, 'run');
      },
      'followed already',
    ],
    [
      'has ended',
      (play: Play) => {
        begin(play, 'run');
        end(play, { how: 'lost', why: 'gone' });
      },
      'its end is on record',
    ],
  ])('is not taken up when it %s', (_, arrange, says) => {
    const play = new Play(bookOf([detached()])).start().connect();
    arrange(play);
    expect(refusal(ask(play, { kind: 'attach' }))).toContain(says);
    const before = play.state.steps;
    play.add({ type: 'step.attach', d: { step: stepId('s'), attempt: 1, fromByte: 0 } });
    expect(play.status('s')).toBe(before[0]?.status.state);
  });

  test('a command that was not detached is never taken up', () => {
    const play = started(runStep('s', { mode: 'pty' }));
    play.append(recover(play.state, { boot: 'b' }));
    expect(refusal(admitAttach(play.state, attachIntent))).toContain('goes on by itself');
    play.add({ type: 'step.attach', d: { step: stepId('s'), attempt: 1, fromByte: 0 } });
    expect(play.status('s')).toBe('unknown');
    expect(play.view('s').attempts[0]?.attached).toBe(0);
  });

  test('on a group is taken up member by member, while others run and after the step came to nothing known', () => {
    const step = groupStep('s', { order: 'parallel', limit: 3, onFailure: 'go-on' }, { mode: 'detached' });
    const names = ['web-1', 'web-2', 'web-3'];
    const play = new Play(bookOf([step])).start(names);
    for (const name of names) {
      play.connect(name);
      send(play, 's', name);
    }
    finish(play, 's', 'web-1', 'adrift');
    finish(play, 's', 'web-2', 'adrift');
    expect(admitAttach(play.state, attachIntent)).toMatchObject({ value: [{ n: 1 }, { n: 2 }] });
    attach(play);
    expect(play.view('s').members?.['web-1']?.state).toBe('running');
    finish(play, 's', 'web-1', 'well');
    finish(play, 's', 'web-3', 'well');
    play.append(concludeGroup(play.view('s')));
    expect(play.status('s')).toBe('unknown');
    expect(retryText(retryPlan(play.view('s')))).toContain('To be taken up again first: web-2.');
    expect(refusal(ask(play, { kind: 'retry', reason: 'again' }))).toContain('may still go on');
    play.append(recover(play.state, { boot: 'b' }));
    const record = attachRecord(play.state, attachIntent, 2, 5);
    play.append(record.ok ? [record.value] : []);
    expect(play.view('s').status.state).toBe('running');
    finish(play, 's', 'web-2', 'well');
    play.append(concludeGroup(play.view('s')));
    expect(play.view('s').status).toMatchObject({ state: 'passed', via: 'targets' });
    expect(refusal(attachAgain(play))).toContain('not the turn');
    expect(story(play)).toEqual([]);
  });

  test('needs a host with a POSIX shell', () => {
    const play = new Play(bookOf([detached()])).start().connect('ops', 'none');
    expect(refusal(begin(play, 'run'))).toContain('no POSIX shell');
  });
});

const attachAgain = (play: Play) => attachRecord(play.state, attachIntent, 2, 5);

describe('a host that is only observed', () => {
  test('never passes a step: what was expected is shown, and a person settles it', () => {
    const play = started(runStep('s'), 'none');
    end(play, exit0, { captures: { ok: true, value: { seen: 'x' } } });
    expect(play.view('s').status).toMatchObject({
      state: 'unknown',
      reason: 'this host cannot prove how its commands end',
    });
    expect(play.state.captures, 'later steps may need it once a person has settled this one').toEqual({
      seen: 'x',
    });
    must(play, { kind: 'override', reason: 'I saw the prompt and the banner' });
    expect(play.status('s')).toBe('overridden');
    expect(story(play)).toEqual([]);
  });

  test('fails what did not hold, and knows nothing of what was lost', () => {
    const failed = started(runStep('s'), 'none');
    end(failed, { how: 'exit', code: 1 });
    expect(failed.status('s')).toBe('failed');
    const lost = started(runStep('s'), 'none');
    end(lost, { how: 'lost', why: 'gone' });
    expect(lost.view('s').status).toMatchObject({ state: 'unknown', reason: 'gone' });
  });

  test.each([
    ['a run', runStep('s'), 'run', 'checks'],
    ['an observation', observeStep('s'), 'observe', 'checks'],
  ] as const)('%s that is called passed there is not', (_, step, __, via) => {
    const play = started(step, 'none');
    const ended = { step: stepId('s'), attempt: 1 };
    play.add({ type: 'step.end', d: { ...ended, end: exit0, ms: 1 } });
    play.add({ type: 'check', d: { ...ended, name: 'n', expected: '0', actual: '0', ok: true } });
    play.add({ type: 'step.result', d: { ...ended, state: 'passed', via } });
    expect(play.status('s')).toBe('failed');
    expect(story(play).join()).toContain('step.observed');
  });

  test('a member that is only observed keeps its group from passing', () => {
    const play = new Play(bookOf([groupStep('s')])).start(['web-1']).connect('web-1', 'none');
    send(play, 's', 'web-1');
    finish(play, 's', 'web-1', 'well');
    play.append(concludeGroup(play.view('s')));
    expect(play.view('s').members?.['web-1']).toMatchObject({ state: 'unknown' });
    expect(play.status('s')).toBe('unknown');
    expect(story(play)).toEqual([]);
  });
});

describe('a transfer', () => {
  const moved = (ok: boolean): Partial<CommandOutcome> => ({
    checks: [{ name: 'arrived whole', expected: SHA, actual: SHA, ok }],
    transfer: {
      target: target('ops'),
      direction: 'fetch',
      path: '/etc/app.conf',
      file: { file: 'files/01-s/app.conf', bytes: 3, sha256: SHA },
      hostSha256: SHA,
    },
  });

  test('starts like a command, passes by its checks and says which file it was', () => {
    const play = started(transferStep('s'));
    end(play, exit0, moved(true));
    expect(play.status('s')).toBe('passed');
    expect(play.view('s').attempts[0]).toMatchObject({
      mode: 'exec',
      file: { direction: 'fetch', path: '/etc/app.conf', file: { bytes: 3 }, hostSha256: SHA },
    });
    expect(commandOf(play.view('s').step, 'probe')).toBeNull();
    expect(story(play)).toEqual([]);
  });

  test('fails when it did not arrive whole, is unknown when contact was lost, and may be done again', () => {
    const bad = started(transferStep('s', 'put'));
    end(bad, exit0, moved(false));
    expect(bad.status('s')).toBe('failed');
    must(bad, { kind: 'retry', reason: 'again' });
    const lost = started(transferStep('s'));
    end(lost, { how: 'lost', why: 'gone' }, { checks: [] });
    expect(lost.status('s')).toBe('unknown');
  });

  test('that is never to be repeated is not', () => {
    const play = started({ ...transferStep('s', 'put'), rerun: 'never' });
    end(play, exit0, moved(false));
    expect(refusal(ask(play, { kind: 'retry', reason: 'again' }))).toContain('never sent twice');
  });

  test('is described line by line, with all that decides what it does', () => {
    expect(describeTransfer({ direction: 'fetch', maxBytes: 10 }, { path: '/a b' })).toBe(
      'fetch /a b\nat most 10 bytes\n',
    );
    expect(
      describeTransfer({ direction: 'put', maxBytes: 10 }, { path: '/to', from: '/from', sha256: SHA }),
    ).toBe(`put /from\nas /to\nat most 10 bytes\nsha256 ${SHA}\n`);
  });
});
