/** What a person may decide at each kind of step, and the words they get when they may not. */
import { describe, expect, test } from 'vitest';
import type { AttestValue, RecordBody } from '../../../../electron/contract/records.ts';
import type { AttestInput, Step } from '../../../../electron/contract/steps.ts';
import { judgeAttestation } from '../../../../electron/domain/run/attestation.ts';
import { admitCommand, commandOf, startCommand } from '../../../../electron/domain/run/commands.ts';
import { conclude } from '../../../../electron/domain/run/conclude.ts';
import { decide } from '../../../../electron/domain/run/decide.ts';
import { initialState } from '../../../../electron/domain/run/evolve.ts';
import { holdWord } from '../../../../electron/domain/run/people.ts';
import { scopeOf, valuesOf } from '../../../../electron/domain/run/scope.ts';
import { recover } from '../../../../electron/domain/run/settle.ts';
import {
  attestStep,
  bookOf,
  decideStep,
  holdStep,
  intentOf,
  observeStep,
  OPERATOR,
  Play,
  prepared,
  refusal,
  runStep,
  SHA,
  when,
} from './book.ts';

const NOW = new Date('2026-11-21T03:00:00.000Z');

function ask(play: Play, value: Record<string, unknown>) {
  return decide(play.state, intentOf(value), { by: OPERATOR, head: play.head });
}

function must(play: Play, value: Record<string, unknown>): readonly RecordBody[] {
  const decided = ask(play, value);
  if (!decided.ok) throw new Error(decided.error.message);
  play.append(decided.value);
  return decided.value;
}

function startStep(play: Play, id: string, purpose: 'run' | 'observe' | 'probe' = 'run') {
  const kind = purpose === 'probe' ? 'probe' : 'run';
  const admitted = admitCommand(play.state, { kind, step: id as Step['id'], seen: SHA }, when);
  if (!admitted.ok) return admitted;
  const started = startCommand(
    play.state,
    admitted.value,
    prepared(purpose, play.state.starts + 1),
    { seen: SHA },
    NOW,
  );
  if (started.ok) play.append([started.value]);
  return started;
}

function endStep(
  play: Play,
  id: string,
  code: number | 'lost' | 'timeout',
  purpose: 'run' | 'observe' | 'probe' = 'run',
): void {
  const view = play.state.steps.find((candidate) => candidate.step.id === id);
  play.append(
    conclude({
      step: id as Step['id'],
      attempt: view?.attempts.length ?? 1,
      purpose,
      end:
        code === 'lost'
          ? { how: 'lost', why: 'gone' }
          : code === 'timeout'
            ? { how: 'timeout', afterMs: 10 }
            : { how: 'exit', code },
      ms: 1,
      files: {},
      checks: [{ name: 'ends', expected: '0', actual: String(code), ok: code === 0 }],
      captures: { ok: true, value: {} },
    }),
  );
}

describe('a hold', () => {
  const names = ['Bob Novak', 'Carla Stone'];
  const at = () => new Play(bookOf([holdStep('h')])).start();

  test('is passed by the word and by other people than the operator, each once', () => {
    const play = at();
    must(play, { kind: 'pass-hold', step: 'h', names, word: ' GO ' });
    expect(play.status('h')).toBe('held');
    const passed = play.records.at(-1);
    expect(
      passed?.type === 'hold.pass' ? passed.d.signers.map(({ role, basis }) => `${role} ${basis}`) : [],
    ).toEqual(['operator desk', 'verifier named', 'owner named']);
  });

  test.each([
    ['the operator again', ['Bob Novak', 'Alice Meyer']],
    ['in other letters', ['Bob Novak', 'aLICE mEYER']],
    ['in full-width letters', ['Bob Novak', 'Ａｌｉｃｅ　Ｍｅｙｅｒ']],
    ['with more spaces', ['Bob Novak', ' Alice   Meyer ']],
    ['with an invisible character', ['Bob Novak', 'Alice\u200b Meyer']],
    ['with a direction mark', ['Bob Novak', 'Alice\u200e Meyer']],
    ['one person twice', ['Bob Novak', 'BOB NOVAK']],
  ])('refuses %s', (_, given) => {
    expect(refusal(ask(at(), { kind: 'pass-hold', step: 'h', names: given, word: 'GO' }))).toContain(
      'another person',
    );
  });

  test('refuses the wrong word, missing people and empty names', () => {
    expect(refusal(ask(at(), { kind: 'pass-hold', step: 'h', names, word: 'go' }))).toBe(
      'refused: Type GO to pass this hold.',
    );
    expect(refusal(ask(at(), { kind: 'pass-hold', step: 'h', names: ['Bob'], word: 'GO' }))).toContain(
      'needs 2 other people',
    );
    expect(refusal(ask(at(), { kind: 'pass-hold', step: 'h', names: ['Bob', '  '], word: 'GO' }))).toContain(
      'Name the owner',
    );
  });

  test('has a word of its own for each kind, and signs without the operator when they are not asked for', () => {
    expect([holdWord('go'), holdWord('verify'), holdWord('point-of-no-return')]).toEqual([
      'GO',
      'VERIFIED',
      'NO RETURN',
    ]);
    const play = new Play(bookOf([holdStep('h', 'verify', ['verifier'])])).start();
    expect(must(play, { kind: 'pass-hold', step: 'h', names: ['Bob'], word: 'VERIFIED' })).toMatchObject([
      { d: { signers: [{ role: 'verifier', name: 'Bob', basis: 'named' }] } },
    ]);
  });

  test('cannot be skipped', () => {
    expect(refusal(ask(at(), { kind: 'skip', step: 'h', reason: 'no time' }))).toContain('cannot be skipped');
  });
});

describe('an attestation', () => {
  test('by another role needs a name that is not the operator’s', () => {
    const play = new Play(
      bookOf([attestStep('a', { kind: 'text', label: 't', minLength: 1 }, { by: 'witness' })]),
    ).start();
    const value = { kind: 'text', text: 'seen' };
    expect(refusal(ask(play, { kind: 'attest', step: 'a', value }))).toContain('Name the witness');
    expect(refusal(ask(play, { kind: 'attest', step: 'a', value, by: 'ALICE MEYER' }))).toContain(
      'another person',
    );
    must(play, { kind: 'attest', step: 'a', value, by: 'Bob' });
    expect(play.status('a')).toBe('attested');
  });

  test('out of its limits fails the step, captures nothing, and a second answer makes the run a deviation', () => {
    const play = new Play(
      bookOf([attestStep('a', { kind: 'number', label: 'n', min: 1, max: 5 }, { capture: 'n' })]),
    ).start();
    must(play, { kind: 'attest', step: 'a', value: { kind: 'number', number: '5.01' } });
    expect(play.status('a')).toBe('failed');
    expect(play.state.captures).toEqual({});
    must(play, { kind: 'retry', step: 'a', reason: 'misread' });
    must(play, { kind: 'attest', step: 'a', value: { kind: 'number', number: '5' } });
    expect(play.state.captures).toEqual({ n: '5' });
    expect(must(play, { kind: 'finish' })).toEqual([
      { type: 'run.end', d: { result: 'success-with-deviations' } },
    ]);
  });

  test.each<[AttestInput, AttestValue, boolean]>([
    [{ kind: 'text', label: 't', minLength: 3 }, { kind: 'text', text: ' ab ' }, false],
    [{ kind: 'text', label: 't', minLength: 3 }, { kind: 'text', text: ' abc ' }, true],
    [{ kind: 'text', label: 't', minLength: 1, pattern: '\\d{4}' }, { kind: 'text', text: '2027' }, true],
    [
      { kind: 'text', label: 't', minLength: 1, pattern: '\\d{4}' },
      { kind: 'text', text: 'not 2027' },
      false,
    ],
    [{ kind: 'text', label: 't', minLength: 1, pattern: 'a|b' }, { kind: 'text', text: 'a c' }, false],
    [{ kind: 'number', label: 'n' }, { kind: 'number', number: '-7' }, true],
    [{ kind: 'number', label: 'n', min: 0 }, { kind: 'number', number: '-0.1' }, false],
    [
      { kind: 'choice', label: 'c', options: ['a', 'b'], passes: ['a'] },
      { kind: 'choice', option: 'b' },
      false,
    ],
    [
      { kind: 'choice', label: 'c', options: ['a', 'b'], passes: ['a'] },
      { kind: 'choice', option: 'a' },
      true,
    ],
    [{ kind: 'checklist', items: ['x', 'y'] }, { kind: 'checklist', ticked: [0, 0] }, false],
    [{ kind: 'checklist', items: ['x', 'y'] }, { kind: 'checklist', ticked: [1, 0] }, true],
  ])('%j with %j is within its limits: %s', (input, value, within) => {
    expect(judgeAttestation(input, value)).toEqual({ ok: true, value: within });
  });

  test.each<[AttestInput, AttestValue]>([
    [
      { kind: 'number', label: 'n' },
      { kind: 'text', text: '1' },
    ],
    [
      { kind: 'choice', label: 'c', options: ['a'], passes: ['a'] },
      { kind: 'choice', option: 'z' },
    ],
    [
      { kind: 'checklist', items: ['x'] },
      { kind: 'checklist', ticked: [1] },
    ],
  ])('%j cannot be answered with %j', (input, value) => {
    expect(judgeAttestation(input, value).ok).toBe(false);
  });

  test('is captured in words, whatever was asked for', () => {
    const inputs = [
      [{ kind: 'text', label: 't', minLength: 1 }, { kind: 'text', text: ' a\u202eb ' }, 'a<U+202E>b'],
      [{ kind: 'choice', label: 'c', options: ['a'], passes: ['a'] }, { kind: 'choice', option: 'a' }, 'a'],
      [{ kind: 'checklist', items: ['x', 'y'] }, { kind: 'checklist', ticked: [0, 1] }, '2 of 2'],
    ] as const;
    for (const [input, value, words] of inputs) {
      const play = new Play(bookOf([attestStep('a', input, { capture: 'said' })])).start();
      must(play, { kind: 'attest', step: 'a', value });
      expect(play.state.captures).toEqual({ said: words });
    }
  });
});

describe('a decision', () => {
  test('takes one of its options, with a reason where one is asked for, and conditions see it', () => {
    const play = new Play(bookOf([decideStep('d')])).start();
    expect(refusal(ask(play, { kind: 'decide', step: 'd', choice: 'up' }))).toContain(
      'not one of the options',
    );
    expect(refusal(ask(play, { kind: 'decide', step: 'd', choice: 'right' }))).toContain('needs a reason');
    must(play, { kind: 'decide', step: 'd', choice: 'right', reason: 'shorter' });
    const plan = { parameters: { p: '1' }, variants: { v: '2' } };
    expect(scopeOf(play.state, plan)).toMatchObject({
      choice: { way: 'right' },
      param: { p: '1' },
      step: { d: { state: 'decided' } },
    });
    expect(valuesOf(play.state, plan)).toEqual({ p: '1', v: '2', way: 'right' });
  });
});

describe('a command', () => {
  const at = (steps: readonly Step[], identity = false) => new Play(bookOf(steps, identity)).start();

  test('needs a connection, and a host that has proven to be the right one', () => {
    const play = at([runStep('r')], true);
    expect(refusal(startStep(play, 'r'))).toBe('network: Step r: ops is not connected.');
    play.connect();
    expect(refusal(startStep(play, 'r'))).toContain('not proven to be the right host');
    play.append([{ type: 'host.identity', d: { target: 'ops' as never, ok: false, checks: [] } }]);
    expect(refusal(startStep(play, 'r'))).toContain('not proven to be the right host');
    play.append([{ type: 'host.identity', d: { target: 'ops' as never, ok: true, checks: [] } }]);
    expect(startStep(play, 'r').ok).toBe(true);
    expect(refusal(startStep(play, 'r'))).toContain('is running');
  });

  test('loses its proof with its connection', () => {
    const play = at([runStep('r')], true).connect();
    play.append([{ type: 'host.identity', d: { target: 'ops' as never, ok: true, checks: [] } }]);
    play.append([{ type: 'net.lost', d: { target: 'ops' as never, why: 'gone' } }]);
    expect(play.state.targets['ops']).toMatchObject({
      connected: false,
      identity: 'unproven',
      lostWhy: 'gone',
    });
    play.connect();
    expect(refusal(startStep(play, 'r'))).toContain('not proven');
  });

  test('that is not the one that was shown, or not confirmed, is not sent', () => {
    const play = at([runStep('r')]).connect();
    const admitted = admitCommand(play.state, { kind: 'run', step: 'r' as never, seen: SHA }, when);
    if (!admitted.ok) throw new Error();
    const start = (confirm: string | undefined, said: { seen?: string; confirm?: string }) =>
      startCommand(play.state, admitted.value, prepared('run', 1, confirm), said, NOW);
    expect(refusal(start(undefined, { seen: 'b'.repeat(64) }))).toContain('changed since it was shown');
    expect(refusal(start('prod-1', { seen: SHA }))).toContain('Type “prod-1”');
    expect(refusal(start('prod-1', { seen: SHA, confirm: 'prod-2' }))).toContain('Type “prod-1”');
    expect(start('prod-1', { seen: SHA, confirm: ' prod-1 ' }).ok).toBe(true);
  });

  test('of a step whose condition is false or cannot be told is not sent', () => {
    const play = at([runStep('r', { when: 'broken' })]).connect();
    expect(refusal(startStep(play, 'r'))).toContain('cannot be told: it cannot be told');
    const admitted = admitCommand(play.state, { kind: 'run', step: 'r' as never, seen: SHA }, () => ({
      ok: true,
      value: false,
    }));
    expect(refusal(admitted)).toContain('does not apply');
  });

  test('is there for run, observe and probe steps only', () => {
    const play = at([attestStep('a', { kind: 'number', label: 'n' }), runStep('r')]);
    expect(refusal(startStep(play, 'a'))).toContain('has no command');
    expect(refusal(startStep(play, 'r'))).toContain('not the turn of Step r');
    expect(refusal(startStep(play, 'x'))).toContain('There is no step x');
    expect(commandOf(runStep('r'), 'probe')).toBeNull();
    expect(commandOf(runStep('r', { probe: true }), 'probe')).toEqual({ on: 'ops', mode: 'exec' });
    expect(commandOf(observeStep('o'), 'observe')).toEqual({ on: 'ops', mode: 'exec' });
    expect(commandOf(decideStep('d'), 'run')).toBeNull();
    const [view] = play.state.steps;
    if (view !== undefined)
      expect(startCommand(play.state, view, prepared('run', 1), {}, NOW).ok).toBe(false);
  });

  test('with an unknown outcome is settled by its probe, and only then sent again when it says so', () => {
    const play = at([runStep('r', { rerun: 'check-first', probe: true })]).connect();
    expect(refusal(startStep(play, 'r', 'probe'))).toContain('settles an unknown or failed outcome');
    startStep(play, 'r');
    endStep(play, 'r', 'lost');
    expect(play.status('r')).toBe('unknown');
    expect(refusal(startStep(play, 'r'))).toContain('is unknown');
    expect(refusal(ask(play, { kind: 'skip', step: 'r', reason: 'why' }))).toContain('cannot be skipped');
    expect(refusal(ask(play, { kind: 'retry', step: 'r', reason: 'again' }))).toContain(
      'only after its probe',
    );
    must(play, { kind: 'declare-failed', step: 'r', reason: 'looked' });
    expect(refusal(ask(play, { kind: 'retry', step: 'r', reason: 'again' }))).toContain(
      'only after its probe',
    );
    startStep(play, 'r', 'probe');
    endStep(play, 'r', 'timeout', 'probe');
    expect(play.status('r')).toBe('unknown');
    expect(refusal(ask(play, { kind: 'retry', step: 'r', reason: 'again' }))).toContain(
      'only after its probe',
    );
    startStep(play, 'r', 'probe');
    endStep(play, 'r', 1, 'probe');
    expect(play.status('r')).toBe('failed');
    must(play, { kind: 'retry', step: 'r', reason: 'it had no effect' });
    startStep(play, 'r');
    endStep(play, 'r', 0);
    expect(play.status('r')).toBe('passed');
    expect(play.state.steps[0]?.attempts.map(({ n, purpose }) => `${String(n)} ${purpose}`)).toEqual([
      '1 run',
      '2 probe',
      '3 probe',
      '4 run',
    ]);
  });

  test('that held when probed is passed by the probe', () => {
    const play = at([runStep('r', { rerun: 'never', probe: true })]).connect();
    startStep(play, 'r');
    endStep(play, 'r', 'timeout');
    expect(refusal(ask(play, { kind: 'retry', step: 'r', reason: 'again' }))).toContain('never sent twice');
    startStep(play, 'r', 'probe');
    endStep(play, 'r', 0, 'probe');
    expect(play.state.steps[0]?.status).toMatchObject({ state: 'passed', via: 'probe' });
    expect(must(play, { kind: 'finish' })).toEqual([
      { type: 'run.end', d: { result: 'success-with-deviations' } },
    ]);
  });

  test('without a probe, with an unknown outcome, is settled by a person only', () => {
    const play = at([runStep('r', { rerun: 'never' })]).connect();
    startStep(play, 'r');
    expect(refusal(ask(play, { kind: 'declare-failed', step: 'r', reason: 'looked' }))).toContain(
      'not unknown',
    );
    expect(refusal(ask(play, { kind: 'override', step: 'r', reason: 'fine' }))).toContain(
      'Only a failed or unknown',
    );
    expect(refusal(ask(play, { kind: 'retry', step: 'r', reason: 'again' }))).toContain('nothing to retry');
    expect(refusal(ask(play, { kind: 'abort', reason: 'over' }))).toContain('still running');
    expect(refusal(ask(play, { kind: 'start-rollback', runbook: 'book-back', runId: 'x' }))).toContain(
      'still running',
    );
    must(play, { kind: 'signal', step: 'r', signal: 'INT' });
    endStep(play, 'r', 'lost');
    expect(refusal(ask(play, { kind: 'signal', step: 'r', signal: 'INT' }))).toContain('is not running');
    expect(refusal(startStep(play, 'r', 'probe'))).toContain('declares no probe');
    must(play, { kind: 'override', step: 'r', reason: 'seen on the host' });
    expect(play.state.steps[0]?.status).toMatchObject({ state: 'overridden', was: 'unknown', by: OPERATOR });
  });

  test('whose output does not give its captures has failed, and says why', () => {
    const play = at([runStep('r')]).connect();
    startStep(play, 'r');
    play.append(
      conclude({
        step: 'r' as never,
        attempt: 1,
        purpose: 'run',
        end: { how: 'exit', code: 0 },
        ms: 1,
        files: {},
        checks: [{ name: 'ends', expected: '0', actual: '0', ok: true }],
        captures: { ok: false, error: 'nothing to capture' },
      }),
    );
    expect(play.state.steps[0]?.status).toMatchObject({ state: 'failed', reason: 'nothing to capture' });
    // A result that cites another attempt than the last is not believed, however well that one ended.
    for (const attempt of [2, 7]) {
      play.add({ type: 'step.result', d: { step: 'r' as never, attempt, state: 'passed', via: 'checks' } });
      expect(play.status('r')).toBe('failed');
    }
    must(play, { kind: 'retry', step: 'r', reason: 'again' });
    startStep(play, 'r');
    play.add({ type: 'step.result', d: { step: 'r' as never, attempt: 1, state: 'passed', via: 'checks' } });
    expect(play.status('r')).toBe('failed');
  });
});

describe('a run', () => {
  test('that has not started or has ended takes nothing', () => {
    const book = bookOf([decideStep('d')]);
    const unborn = decide(initialState(book), { kind: 'note', text: 'hello' }, { by: OPERATOR, head: SHA });
    expect(refusal(unborn)).toContain('has not started');
    const play = new Play(book).start();
    must(play, { kind: 'abort', reason: 'over' });
    expect(play.state.end).toMatchObject({ result: 'aborted', reason: `${OPERATOR}: over` });
    for (const intent of [
      { kind: 'note', text: 'late' },
      { kind: 'continue', reason: 'late' },
      { kind: 'abort', reason: 'twice' },
    ]) {
      expect(refusal(ask(play, intent))).toContain('has ended');
    }
  });

  test('given up at a failure has failed', () => {
    const play = new Play(bookOf([attestStep('a', { kind: 'number', label: 'n', min: 5 })])).start();
    must(play, { kind: 'attest', step: 'a', value: { kind: 'number', number: '1' } });
    must(play, { kind: 'abort', reason: 'over' });
    expect(play.state.end?.result).toBe('failed');
  });

  test('is stopped and continued with reasons, each once', () => {
    const play = new Play(bookOf([decideStep('d')])).start();
    expect(refusal(ask(play, { kind: 'continue', reason: 'why' }))).toContain('not stopped');
    must(play, { kind: 'stop', reason: 'phone call' });
    expect(refusal(ask(play, { kind: 'stop', reason: 'again' }))).toContain('stopped already');
    expect(refusal(ask(play, { kind: 'decide', step: 'd', choice: 'left' }))).toContain(
      'The run is stopped: phone call',
    );
    must(play, { kind: 'note', text: 'waiting\u0007' });
    expect(play.state.notes).toMatchObject([{ text: 'waiting<U+0007>', by: OPERATOR }]);
    must(play, { kind: 'continue', reason: 'done' });
    must(play, { kind: 'decide', step: 'd', choice: 'left' });
    expect(must(play, { kind: 'finish' })).toEqual([{ type: 'run.end', d: { result: 'success' } }]);
  });

  test('is finished only when every step is done, and by the host alone where the host is needed', () => {
    const play = new Play(bookOf([decideStep('d')])).start();
    expect(refusal(ask(play, { kind: 'finish' }))).toContain('Step d is not done');
    expect(refusal(ask(play, { kind: 'run', step: 'd', seen: '' }))).toContain('not decided here');
  });

  test('is rolled back by the runbook it names', () => {
    const play = new Play(bookOf([decideStep('d')])).start();
    expect(refusal(ask(play, { kind: 'start-rollback', runbook: 'other', runId: 'x' }))).toContain(
      'another rollback',
    );
    must(play, { kind: 'start-rollback', runbook: 'book-back', runId: '20261121T020311Z-000000' });
    expect(play.state.rollback).toEqual({ runbook: 'book-back', runId: '20261121T020311Z-000000' });
    expect(play.state.end?.result).toBe('failed');
  });

  test('passes over every step in a row whose condition is false, from the first one on', () => {
    const play = new Play(
      bookOf([runStep('a', { when: 'no' }), runStep('b', { when: 'no' }), runStep('c', { when: 'yes' })]),
    ).start();
    expect(['a', 'b', 'c'].map((id) => play.status(id))).toEqual([
      'not-applicable',
      'not-applicable',
      'current',
    ]);
  });

  test('that comes back cites its torn line and has nothing else to say when no step was in flight', () => {
    const play = new Play(bookOf([decideStep('d')])).start();
    const torn = { file: 'journal.torn', bytes: 3, sha256: SHA };
    expect(recover(play.state, { torn, boot: 'b' })).toEqual([
      { type: 'run.recovered', d: { torn, boot: 'b' } },
    ]);
  });

  test('is not moved by records about steps and targets it does not have', () => {
    const play = new Play(bookOf([decideStep('d')])).start();
    const before = play.state;
    play.add({ type: 'step.result', d: { step: 'x' as never, attempt: 1, state: 'failed', via: 'checks' } });
    play.add({ type: 'step.skip', d: { step: 'x' as never, reason: 'r', by: 'b' } });
    play.add({ type: 'step.override', d: { step: 'd' as never, reason: 'r', by: 'b' } });
    play.add({ type: 'net.lost', d: { target: 'x' as never, why: 'w' } });
    play.add({ type: 'clock.step', d: { byMs: 3000 } });
    play.add({ type: 'recording.close', d: { file: 'recordings/a.cast', bytes: 0, sha256: SHA, events: 0 } });
    expect({ ...play.state, seq: before.seq }).toEqual(before);
  });
});
