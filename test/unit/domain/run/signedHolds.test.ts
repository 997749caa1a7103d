/** Who passes a hold by signature, what the signatures bind, and when they are void. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RecordBody } from '../../../../electron/contract/records.ts';
import type { Role } from '../../../../electron/contract/runbook.ts';
import type { HoldStep, Step } from '../../../../electron/contract/steps.ts';
import { admitCommand, startCommand, startMember } from '../../../../electron/domain/run/commands.ts';
import { decide } from '../../../../electron/domain/run/decide.ts';
import { mayReopen } from '../../../../electron/domain/run/evolveHolds.ts';
import { guardBroken, guardsOf, stepsBehind } from '../../../../electron/domain/run/holdGuards.ts';
import { counting, neededBy, signatureBarred } from '../../../../electron/domain/run/holdSignatures.ts';
import type { SignedHolds } from '../../../../electron/domain/run/people.ts';
import type { StepView } from '../../../../electron/domain/run/state.ts';
import {
  attestStep,
  bookOf,
  decideStep,
  groupStep,
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
const OTHER = 'b'.repeat(64) as typeof SHA;
const signed: SignedHolds = { now: NOW, operatorKeys: ['SHA256:alice'] };

type Instant = Extract<RecordBody, { type: 'hold.request' }>['d']['expiresAt'];

/** A hold whose signatures are asked for, in a run whose operator is alice@example.com. */
function hold(signers: readonly Role[], needs?: number): HoldStep {
  const step = holdStep('h', 'go', signers) as HoldStep;
  return needs === undefined ? step : { ...step, needs };
}

function requestRecord(
  statement = SHA,
  guards: Extract<RecordBody, { type: 'hold.request' }>['d']['guards'] = [],
  expiresAt = '2026-11-22T00:00:00.000Z',
): RecordBody {
  return {
    type: 'hold.request',
    d: {
      step: 'h' as Step['id'],
      statement: { file: 'holds/01-h.json', bytes: 1, sha256: statement },
      guards,
      expiresAt: expiresAt as Instant,
    },
  };
}

function signRecord(role: Role, principal: string, fingerprint: string, statement = SHA): RecordBody {
  const signature = { file: 'holds/01-h.1.sig', bytes: 1, sha256: SHA };
  const step = 'h' as Step['id'];
  return { type: 'hold.sign', d: { step, role, principal, fingerprint, statement, signature } };
}

function ask(play: Play, value: Record<string, unknown>, rules: SignedHolds = signed) {
  const desk = { by: OPERATOR, head: play.head, signed: rules };
  return decide(play.state, intentOf(value), desk);
}

function pass(play: Play, rules: SignedHolds = signed) {
  return ask(play, { kind: 'pass-hold', step: 'h', names: [], word: 'GO' }, rules);
}

function asked(signers: readonly Role[], needs?: number, more: readonly Step[] = []): Play {
  const play = new Play(bookOf([hold(signers, needs), ...more])).start();
  play.append([requestRecord()]);
  return play;
}

function barred(play: Play, role: Role, principal: string, fingerprint: string, statement = SHA) {
  const { step, request } = play.view('h');
  if (step.kind !== 'hold' || request === undefined) throw new Error('no request');
  const given = { role, principal, principals: [principal], fingerprint, statement };
  return signatureBarred(play.state, step, request, given, signed)?.error.message ?? null;
}

describe('a signed hold', () => {
  test('is passed by the signatures on record, whatever names are given', () => {
    const play = asked(['operator', 'verifier']);
    expect(refusal(pass(play))).toContain('0 of the 2 signatures');
    play.append([signRecord('verifier', 'vera@example.com', 'SHA256:vera')]);
    play.append([signRecord('operator', 'alice@example.com', 'SHA256:alice')]);
    const passed = pass(play);
    expect(passed).toMatchObject({
      ok: true,
      value: [
        {
          type: 'hold.pass',
          d: {
            signers: [
              { role: 'verifier', name: 'vera@example.com', basis: 'signed', fingerprint: 'SHA256:vera' },
              { role: 'operator', name: OPERATOR, basis: 'signed', principal: 'alice@example.com' },
            ],
          },
        },
      ],
    });
    expect(refusal(ask(play, { kind: 'pass-hold', step: 'h', names: [], word: 'go' }))).toContain('Type GO');
  });

  test('is not passed without a request, nor after it has expired', () => {
    const play = new Play(bookOf([hold(['verifier'])])).start();
    expect(refusal(pass(play))).toContain('none were asked for');
    play.append([requestRecord(SHA, [], '2026-11-21T02:59:59.999Z')]);
    play.append([signRecord('verifier', 'vera@example.com', 'SHA256:vera')]);
    expect(refusal(pass(play))).toContain('has expired (2026-11-21T02:59:59.999Z)');
    expect(barred(play, 'verifier', 'vic@example.com', 'SHA256:vic')).toContain('has expired');
    play.append([requestRecord(SHA, [], NOW.toISOString())]);
    play.append([signRecord('verifier', 'vera@example.com', 'SHA256:vera')]);
    expect(pass(play).ok).toBe(true);
  });

  test('forgets what was signed under an earlier statement', () => {
    const play = asked(['verifier']);
    play.append([signRecord('verifier', 'vera@example.com', 'SHA256:vera')]);
    play.append([requestRecord(OTHER)]);
    expect(play.view('h').request?.signatures).toEqual([]);
    play.append([signRecord('verifier', 'vera@example.com', 'SHA256:vera', SHA)]);
    expect(refusal(pass(play))).toContain('0 of the 1');
    expect(barred(play, 'verifier', 'vera@example.com', 'SHA256:vera', SHA)).toContain('another statement');
    expect(barred(play, 'verifier', 'vera@example.com', 'SHA256:vera', OTHER)).toBeNull();
  });

  test('lets the operator’s name and key count for the operator alone, and nobody else for the operator', () => {
    const play = asked(['operator', 'verifier', 'owner']);
    expect(barred(play, 'verifier', 'alice@example.com', 'SHA256:other')).toContain('is the operator');
    expect(barred(play, 'verifier', 'Alice@Example.com', 'SHA256:other')).toContain('is the operator');
    expect(barred(play, 'owner', 'olga@example.com', 'SHA256:alice')).toContain('operator’s own');
    expect(barred(play, 'operator', 'bob@example.com', 'SHA256:bob')).toContain('is not the operator');
    expect(barred(play, 'operator', 'alice@example.com', 'SHA256:alice')).toBeNull();
    expect(barred(play, 'witness', 'wim@example.com', 'SHA256:wim')).toContain('each witness');
  });

  test('takes nobody twice, by name or by key, and no more of a role than it asks for', () => {
    const play = asked(['owner', 'owner', 'custodian']);
    play.append([signRecord('owner', 'ona@example.com', 'SHA256:ona')]);
    expect(barred(play, 'custodian', 'ona@example.com', 'SHA256:second')).toContain('has signed already');
    expect(barred(play, 'owner', 'otto@example.com', 'SHA256:ona')).toContain('as ona@example.com');
    expect(barred(play, 'owner', 'otto@example.com', 'SHA256:otto')).toBeNull();
    play.append([signRecord('owner', 'otto@example.com', 'SHA256:otto')]);
    expect(barred(play, 'owner', 'olga@example.com', 'SHA256:olga')).toContain('each owner');
  });

  test('takes nobody twice by a second name that the trust has for both keys', () => {
    const names = new Map([['SHA256:ona', ['ona@example.com', 'Team@example.com']]]);
    const play = asked(['owner', 'custodian']);
    play.append([signRecord('owner', 'ona@example.com', 'SHA256:ona')]);
    const { step, request } = play.view('h');
    if (step.kind !== 'hold' || request === undefined) throw new Error('no request');
    const given = {
      role: 'custodian' as const,
      principal: 'otto@example.com',
      principals: ['otto@example.com', 'team@example.com'],
      fingerprint: 'SHA256:otto',
      statement: SHA,
    };
    const why = (rules: SignedHolds) =>
      signatureBarred(play.state, step, request, given, rules)?.error.message;
    expect(why({ ...signed, names })).toContain('otto@example.com as one person with ona@example.com');
    expect(why(signed)).toBeUndefined();
    // Listed so only after both had signed: the second one does not count any more.
    play.append([signRecord('custodian', 'otto@example.com', 'SHA256:otto')]);
    expect(pass(play).ok).toBe(true);
    const both = new Map([...names, ['SHA256:otto', given.principals]]);
    expect(refusal(pass(play, { ...signed, names: both }))).toContain('1 of the 2 signatures');
  });

  test('is open to signatures while the run is stopped, and to none where holds are passed by name', () => {
    const play = asked(['verifier']);
    play.append([{ type: 'run.stop', d: { reason: 'lunch', by: OPERATOR } }]);
    const sign = { kind: 'sign-hold', step: 'h', role: 'verifier', armor: '' };
    expect(ask(play, sign).ok).toBe(true);
    expect(ask(play, { kind: 'request-hold', step: 'h' }).ok).toBe(true);
    expect(refusal(pass(play))).toContain('stopped');
    const named = asked(['verifier']);
    for (const intent of [sign, { kind: 'request-hold', step: 'h' }]) {
      const desk = { by: OPERATOR, head: named.head };
      expect(refusal(decide(named.state, intentOf(intent), desk))).toContain('by naming the people');
    }
    expect(refusal(ask(named, { ...sign, role: 'owner' }))).toContain('no signature of a owner');
  });

  test('counts as many different people as it needs, whatever is on record', () => {
    const roles: readonly Role[] = ['operator', 'verifier', 'owner', 'custodian'];
    const principals = ['alice@example.com', 'bob@example.com', 'carol@example.com', 'dan@example.com'];
    const given = fc.record({
      role: fc.constantFrom(...roles),
      principal: fc.constantFrom(...principals),
      key: fc.constantFrom('SHA256:alice', 'SHA256:1', 'SHA256:2', 'SHA256:3'),
      statement: fc.constantFrom(SHA, SHA, SHA, OTHER),
    });
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...roles), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 10 }),
        fc.array(given, { maxLength: 10 }),
        (signers, needs, offered) => {
          const play = asked(signers, needs);
          for (const { role, principal, key, statement } of offered)
            play.append([signRecord(role, principal, key, statement)]);
          const { step, request } = play.view('h');
          if (step.kind !== 'hold' || request === undefined) throw new Error('no request');
          const counted = counting(play.state, step, request, signed);
          const distinct = (values: readonly string[]) => new Set(values).size === values.length;
          expect(distinct(counted.map(({ principal }) => principal))).toBe(true);
          expect(distinct(counted.map(({ fingerprint }) => fingerprint))).toBe(true);
          expect(counted.every(({ statement }) => statement === SHA)).toBe(true);
          for (const role of roles) {
            const of = (list: readonly Role[]) => list.filter((one) => one === role).length;
            expect(of(counted.map((one) => one.role))).toBeLessThanOrEqual(of(signers));
          }
          for (const { role, principal, fingerprint } of counted) {
            expect(principal === 'alice@example.com').toBe(role === 'operator');
            if (role !== 'operator') expect(fingerprint).not.toBe('SHA256:alice');
          }
          const passed = pass(play);
          expect(passed.ok).toBe(counted.length >= neededBy(step));
          // What is refused at the door is what does not count once it is inside.
          for (const { role, principal, key, statement } of offered) {
            const taken = new Play(play.runbook).start();
            taken.append([requestRecord()]);
            if (barred(taken, role, principal, key, statement) !== null) continue;
            taken.append([signRecord(role, principal, key, statement)]);
            const view = taken.view('h');
            expect(view.request && counting(taken.state, step, view.request, signed)).toHaveLength(1);
          }
        },
      ),
      { numRuns: 150, seed: 4 },
    );
  });
});

describe('what a hold stands before', () => {
  const behind = (steps: readonly Step[]): readonly string[] => {
    const play = new Play(bookOf([hold(['verifier']), ...steps])).start();
    return stepsBehind(play.state, play.view('h'), when).map((view) => view.step.id);
  };
  const look = (id: string): Step => ({ ...runStep(id), risk: 'read' });

  test('is every look up to the first command that changes something and surely has its turn', () => {
    expect(behind([runStep('a'), runStep('b')])).toEqual(['a']);
    expect(behind([look('a'), observeStep('o'), runStep('b'), runStep('c')])).toEqual(['a', 'o', 'b']);
    expect(behind([runStep('a', { when: 'no' }), runStep('b')])).toEqual(['b']);
    expect(behind([runStep('a', { when: 'broken' }), runStep('b', { when: 'yes' }), runStep('c')])).toEqual([
      'a',
      'b',
    ]);
    expect(behind([])).toEqual([]);
  });

  test('goes no further than the next hold, and on past what a person may turn round', () => {
    const next = { ...holdStep('next', 'go', ['verifier']) };
    expect(behind([look('a'), next, runStep('b')])).toEqual(['a']);
    expect(
      behind([decideStep('d'), runStep('a', { when: 'no' }), runStep('b', { when: 'yes' }), runStep('c')]),
    ).toEqual(['a', 'b', 'c']);
    expect(behind([attestStep('t', { kind: 'checklist', items: ['x'] }), runStep('a')])).toEqual(['a']);
  });
});

describe('a guarded command', () => {
  function passed(steps: readonly Step[], members: readonly string[] = [], command = SHA): Play {
    const play = new Play(bookOf([hold(['verifier']), ...steps])).start(members).connect();
    const guards = stepsBehind(play.state, play.view('h'), when).flatMap((view) => guardsOf(view, command));
    play.append([requestRecord(SHA, [...guards])]);
    play.append([signRecord('verifier', 'vera@example.com', 'SHA256:vera')]);
    const done = pass(play);
    if (!done.ok) throw new Error(done.error.message);
    play.append(done.value);
    return play;
  }
  const start = (play: Play, id: string, now = NOW) => {
    const admitted = admitCommand(play.state, { kind: 'run', step: id as Step['id'], seen: SHA }, when);
    if (!admitted.ok) return admitted;
    return startCommand(play.state, admitted.value, prepared('run', 1), { seen: SHA }, now);
  };

  test('goes out when it is the one that was signed, and not when it is another', () => {
    expect(start(passed([runStep('a')]), 'a').ok).toBe(true);
    const other = passed([runStep('a')], [], OTHER);
    expect(refusal(start(other, 'a'))).toContain('the command is not the one that was signed at “Step h”');
    expect(start(passed([runStep('a', { when: 'no' }), runStep('b')]), 'b').ok).toBe(true);
  });

  test('is not begun with signatures that have expired; they can be given anew for it, also after a look', () => {
    const late = new Date('2026-11-22T00:00:00.001Z');
    const play = passed([{ ...runStep('look'), risk: 'read' as const }, runStep('a')]);
    expect(refusal(start(play, 'look', late))).toContain('were good until 2026-11-22T00:00:00.000Z');
    expect(start(play, 'look', new Date('2026-11-22T00:00:00.000Z')).ok).toBe(true);
    const begun = start(play, 'look');
    if (!begun.ok) throw new Error(begun.error.message);
    const look = 'look' as Step['id'];
    play.append([begun.value]);
    expect(mayReopen(play.state, play.view('h'), late)).toBe(false);
    play.append([
      { type: 'step.end', d: { step: look, attempt: 1, end: { how: 'lost', why: 'gone' }, ms: 1 } },
      { type: 'step.result', d: { step: look, attempt: 1, state: 'unknown', via: 'contact-lost' } },
      { type: 'step.override', d: { step: look, reason: 'seen', by: OPERATOR } },
    ]);
    expect(play.state.current).toBe('a');
    expect(mayReopen(play.state, play.view('h'), NOW)).toBe(false);
    expect(mayReopen(play.state, play.view('h'), late)).toBe(true);
    // Only what is still to come is signed for.
    expect(stepsBehind(play.state, play.view('h'), when).map(({ step }) => step.id)).toEqual(['a']);
  });

  test('goes on to the other members of a group that was opened in time', () => {
    const late = new Date('2026-11-23T00:00:00.000Z');
    const play = passed([groupStep('g')], ['web-1', 'web-2'])
      .connect('web-1')
      .connect('web-2');
    const ready = { ...prepared('run', 1), command: { file: 'x', bytes: 1, sha256: SHA } };
    const go = (member: string, now: Date) =>
      startMember(
        play.state,
        { kind: 'run', step: 'g' as Step['id'], seen: SHA },
        member as never,
        ready,
        now,
      );
    expect(refusal(go('web-1', late))).toContain('were good until');
    const first = go('web-1', NOW);
    if (!first.ok) throw new Error(first.error.message);
    play.append([first.value]);
    const view = play.view('g');
    expect(guardBroken(play.state, view, 'web-2' as never, SHA, late)).toBeNull();
  });

  test('is bound on each member of a group', () => {
    const play = passed([groupStep('g')], ['web-1', 'web-2']).connect('web-1');
    const { request } = play.view('h');
    expect(request?.guards.map(({ target }) => target)).toEqual(['web-1', 'web-2']);
    const go = (sha: typeof SHA) =>
      startMember(
        play.state,
        { kind: 'run', step: 'g' as Step['id'], seen: sha },
        'web-1' as never,
        {
          ...prepared('run', 1),
          command: { file: 'x', bytes: 1, sha256: sha },
        },
        NOW,
      );
    expect(go(SHA).ok).toBe(true);
    expect(refusal(go(OTHER))).toContain('is not the one that was signed');
    const view = play.view('g');
    expect(guardBroken(play.state, view, 'web-9' as never, SHA, NOW)?.error.message).toContain(
      'the target web-9',
    );
  });

  test('is free again from a hold that was passed by name, and bound by the last one that speaks of it', () => {
    const play = new Play(bookOf([hold(['verifier']), runStep('a')])).start().connect();
    const guards = guardsOf(play.view('a'), OTHER);
    play.append([requestRecord(SHA, [...guards])]);
    const named = decide(
      play.state,
      intentOf({ kind: 'pass-hold', step: 'h', names: ['Vera'], word: 'GO' }),
      { by: OPERATOR, head: play.head },
    );
    if (!named.ok) throw new Error(named.error.message);
    play.append(named.value);
    expect(start(play, 'a').ok).toBe(true);
  });

  test('can be signed for anew as long as nothing was sent, and the turn goes back to the hold', () => {
    const play = passed([attestStep('t', { kind: 'checklist', items: ['x'] }), runStep('a')], [], OTHER);
    play.append([
      {
        type: 'attest',
        d: {
          step: 't' as Step['id'],
          value: { kind: 'checklist', ticked: [0] },
          ok: true,
          by: OPERATOR,
          role: 'operator',
        },
      },
    ]);
    expect(play.state.current).toBe('a');
    expect(ask(play, { kind: 'request-hold', step: 'h' }).ok).toBe(true);
    play.append([requestRecord(SHA, [...guardsOf(play.view('a'), SHA)])]);
    expect(play.state.current).toBe('h');
    expect([play.status('h'), play.status('t'), play.status('a')]).toEqual([
      'current',
      'attested',
      'waiting',
    ]);
    play.append([signRecord('verifier', 'vera@example.com', 'SHA256:vera')]);
    const again = pass(play);
    if (!again.ok) throw new Error(again.error.message);
    play.append(again.value);
    const started = start(play, 'a');
    if (!started.ok) throw new Error(started.error.message);
    play.append([started.value]);
    expect(refusal(ask(play, { kind: 'request-hold', step: 'h' }))).toContain('not the turn');
    const before: StepView = play.view('h');
    play.append([requestRecord(OTHER)]);
    expect(play.view('h')).toEqual(before);
  });
});
