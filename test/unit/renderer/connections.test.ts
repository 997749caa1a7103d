import { describe, expect, it } from 'vitest';
import type { LinkState } from '../../../electron/contract/views.ts';
import type { Route } from '../../../electron/contract/routes.ts';
import type { TargetName } from '../../../electron/contract/ids.ts';
import type { PromptContext } from '../../../electron/contract/prompts.ts';
import type { RunState, StepView, TargetView } from '../../../electron/domain/run/state.ts';
import { compared } from '../../../renderer/features/prompts/comparison.ts';
import { hopOf, hopWords, wayOf, wayQuery } from '../../../renderer/features/prompts/hop.ts';
import { fieldsOf } from '../../../renderer/features/prompts/SecretDialog.tsx';
import { openGap } from '../../../renderer/features/run/GapNote.tsx';
import {
  linkWords,
  lossWords,
  secondsToRetry,
  shellHints,
} from '../../../renderer/features/run/linkWords.ts';
import { countStates, defaultMember, memberRows } from '../../../renderer/features/run/memberRows.ts';
import { membersOf, targetInView } from '../../../renderer/features/run/model.ts';
import { readiness } from '../../../renderer/features/run/readiness.ts';
import { replaceProblem } from '../../../renderer/features/run/ReplaceKeyDialog.tsx';
import { linksSince } from '../../../renderer/state/run.ts';
import { createWake, type WakeWorld } from '../../../renderer/state/wake.ts';

const ops = 'ops' as TargetName;
const context: PromptContext = { target: ops, address: 'jump@inner:22' };
const plan = {
  targets: {
    ops: {
      kind: 'ssh',
      host: 'db',
      user: 'ops',
      port: 22,
      via: [
        { host: 'gate', user: 'jump', port: 22 },
        { host: 'inner', user: 'jump', port: 22 },
      ],
    },
  },
} as never;

describe('who asks', () => {
  it('is named by its place on the way', () => {
    const way = wayOf(context, null, [], plan);
    expect(hopWords(hopOf(context, way))).toBe('jump host 2 of 2 on the way to ops@db');
    expect(wayQuery(context, plan)).toEqual({ text: 'ops@db', via: ['jump@gate', 'jump@inner'] });
  });
  it('is found by the route where the plan only has an alias', () => {
    const hop = (host: string) => ({ host, user: 'jump', port: 22 });
    const route = { hops: [hop('inner'), hop('db.example.com')] } as unknown as Route;
    expect(hopOf(context, wayOf(context, route, [], plan))).toEqual({
      n: 1,
      of: 1,
      to: 'jump@db.example.com',
    });
  });
  it('gets no words when it is the target, or nowhere on the known way', () => {
    expect(hopOf({ ...context, address: 'ops@db:22' }, ['jump@gate', 'ops@db'])).toBeNull();
    expect(hopOf({ ...context, address: 'ops@10.0.0.1:22' }, ['jump@gate', 'ops@db'])).toBeNull();
    expect(hopOf(context, [])).toBeNull();
  });
});

describe('questions of a server', () => {
  it('stand inside words of the app, bounded and with nothing hidden', () => {
    const [first, second] = fieldsOf({
      id: 'k',
      context,
      kind: 'keyboard-interactive',
      title: '',
      instruction: '',
      fields: [
        { label: `Pass\u202eword\n${'x'.repeat(500)}`, echo: true },
        { label: 'Code', echo: false },
      ],
    });
    expect(first?.label.startsWith('Answer 1 of 2. The server asks: Pass<U+202E>word x')).toBe(true);
    expect(first?.label.length).toBeLessThan(300);
    expect(first?.echo).toBe(true);
    expect(second).toEqual({ label: 'Answer 2 of 2. The server asks: Code', echo: false });
  });
});

describe('comparing a fingerprint', () => {
  const shown = `SHA256:${'aB3+/'.repeat(8)}abc`;
  it('says same, different, unreadable, or nothing', () => {
    expect(compared(' ', shown).comparison).toBe('empty');
    expect(compared(`256 ${shown} host (ED25519)`, shown).comparison).toBe('same');
    expect(compared(shown.replace('a', 'b'), shown).comparison).toBe('different');
    expect(compared('SHA256:abc', shown)).toMatchObject({ comparison: 'unreadable' });
  });
  it('is the first of three things a replacement needs', () => {
    const full = { comparison: 'same', reason: 'rebuilt', second: 'Bob', operator: 'Alice Meyer' } as const;
    expect(replaceProblem(full)).toBeNull();
    expect(replaceProblem({ ...full, comparison: 'empty' })).not.toBeNull();
    expect(replaceProblem({ ...full, comparison: 'different' })).not.toBeNull();
    expect(replaceProblem({ ...full, reason: ' x ' })).not.toBeNull();
    expect(replaceProblem({ ...full, second: ' ' })).not.toBeNull();
    expect(replaceProblem({ ...full, second: ' alice  MEYER ' })).not.toBeNull();
  });
});

const link = (state: LinkState['state'], more: object = {}): LinkState => ({
  target: ops,
  address: 'ops@db',
  state,
  ...more,
});

describe('a link', () => {
  it('says which side closed it', () => {
    expect(lossWords({})).toBeNull();
    const said = (['here', 'there', 'network'] as const).map((lostSide) =>
      lossWords({ lostWhy: 'gone', lostSide }),
    );
    expect(new Set([...said, lossWords({ lostWhy: 'gone' })]).size).toBe(4);
    for (const words of said) expect(words).toContain('gone');
  });
  it('counts down from when its state began, and stops at none', () => {
    const lost = link('lost', { retryInMs: 5000 });
    expect(secondsToRetry(lost, 1000, 1000)).toBe(5);
    expect(secondsToRetry(lost, 1000, 3100)).toBe(3);
    expect(secondsToRetry(lost, 1000, 99_000)).toBe(0);
    expect(secondsToRetry(link('lost'), 1000, 1000)).toBeNull();
  });
  it('keeps its begin while other links change', () => {
    const other = { ...link('connected'), target: 'web' as TargetName };
    const lost = link('lost', { retryInMs: 5000 });
    const first = linksSince(null, [lost, other], 100);
    const next = linksSince({ links: [lost, other], linksSince: first }, [lost, { ...other, rttMs: 3 }], 900);
    expect(next).toEqual({ ops: 100, web: 900 });
  });
  it('has words and a mark for every state', () => {
    const states = ['idle', 'connecting', 'asking', 'connected', 'lost', 'failed'] as const;
    expect(new Set(states.map((state) => linkWords(link(state), false, null).text)).size).toBe(states.length);
    expect(linkWords(link('lost'), false, 4).text).toContain('4 s');
  });
  it('tells what the shell over there cannot do, only while it is connected', () => {
    const target = {
      connected: true,
      shell: 'sh',
      uncarried: true,
      stateLost: true,
      legacy: 'old',
    } as unknown as TargetView;
    expect(shellHints(target)).toHaveLength(4);
    expect(shellHints({ ...target, connected: false })).toEqual([]);
    expect(shellHints({ ...target, shell: 'none' })).toHaveLength(3);
  });
});

const names = ['a', 'b', 'c'] as unknown as readonly TargetName[];
const group = {
  step: { kind: 'run', on: 'web', fanOut: { order: 'parallel', limit: 2, onFailure: 'stop' } },
  status: { state: 'running' },
  members: {
    a: { state: 'passed', attempt: 1 },
    b: { state: 'running', attempt: 3 },
    c: { state: 'running', attempt: 4 },
  },
  attempts: [
    { n: 1, target: 'a', startedAt: '2026-11-22T02:00:00.000Z', ms: 4, end: { how: 'exit', code: 0 } },
    { n: 2, target: 'b', startedAt: '2026-11-22T02:00:00.000Z', ms: 4, end: { how: 'exit', code: 1 } },
    { n: 3, target: 'b', startedAt: '2026-11-22T02:00:01.000Z' },
    { n: 4, target: 'c', startedAt: '2026-11-22T02:00:01.000Z' },
  ],
} as unknown as StepView;
const state = {
  groups: { web: names },
  targets: { web: { name: 'web', group: true }, a: { name: 'a' }, b: { name: 'b' }, c: { name: 'c' } },
  runbook: { targets: [{ name: 'web', group: true }] },
  steps: [group],
} as unknown as RunState;

describe('a step on a group', () => {
  it('has one row a member, with its own last attempt', () => {
    const rows = memberRows(group, names, {}, { targets: {} }, []);
    expect(rows.map((row) => [row.name, row.state, row.tries, row.attempt?.n])).toEqual([
      ['a', 'passed', 1, 1],
      ['b', 'running', 2, 3],
      ['c', 'running', 1, 4],
    ]);
    expect(countStates(rows)).toMatchObject({ passed: 1, running: 2, failed: 0 });
  });
  it('shows every member as waiting before anything was sent', () => {
    const rows = memberRows({ ...group, members: {}, attempts: [] }, names, {}, { targets: {} }, []);
    expect(countStates(rows).waiting).toBe(3);
  });
  it('has the terminal in view that was chosen, while it is a member', () => {
    expect(membersOf(state, group)).toEqual(names);
    expect(targetInView(state, group, 'c' as TargetName)?.name).toBe('c');
    expect(targetInView(state, group, 'zz' as TargetName)?.name).toBe('a');
  });
  it('does not jump about while several run, and goes to the first that did not pass at the end', () => {
    expect(defaultMember(group, names)).toBe('a');
    const failed = {
      ...group,
      status: { state: 'failed', at: '' },
      members: { a: { state: 'passed' }, b: { state: 'failed' }, c: { state: 'unknown' } },
    } as StepView;
    expect(defaultMember(failed, names)).toBe('b');
    const serial = {
      ...group,
      step: { kind: 'run', on: 'web', fanOut: { order: 'serial', limit: 1, onFailure: 'stop' } },
      members: { a: { state: 'passed' }, b: { state: 'running' }, c: { state: 'waiting' } },
    } as unknown as StepView;
    expect(defaultMember(serial, names)).toBe('b');
  });
  it('can be run before its members are connected, but not while one asks', () => {
    const facts = {
      barred: null,
      target: { name: 'web', group: true, connected: false } as unknown as TargetView,
      link: undefined,
      preview: { command: 'x' } as never,
      typed: '',
    };
    expect(readiness({ ...facts, members: [] }).kind).toBe('run');
    expect(readiness({ ...facts, members: [link('asking')] }).kind).toBe('wait');
    expect(readiness({ ...facts, preview: null, members: [] }).kind).toBe('barred');
  });
});

describe('a gap of the computer', () => {
  const gaps = [{ ms: 5, at: '2026-11-22T02:00:00.500Z' }];
  const none = { gaps, end: null, steps: [] } as unknown as RunState;
  it('is told until somebody has gone on after it', () => {
    expect(openGap(none)).toEqual(gaps[0]);
    expect(openGap({ ...none, steps: [group] })).toBeNull();
    expect(openGap({ ...none, gaps: [] })).toBeNull();
    expect(openGap({ ...none, end: { result: 'success', at: '' } })).toBeNull();
  });
});

/** A page whose platform gives locks, as far as the test lets it. */
function world() {
  const locks: { released: boolean; drop: () => void }[] = [];
  const listeners = new Set<() => void>();
  const page = { visible: true, grants: true };
  const made: WakeWorld = {
    request: () => {
      if (!page.grants) return Promise.reject(new Error('no'));
      let onRelease = (): void => undefined;
      const lock = {
        released: false,
        drop: () => {
          lock.released = true;
          onRelease();
        },
        release: () => {
          lock.drop();
          return Promise.resolve();
        },
        addEventListener: (_: 'release', listener: () => void) => {
          onRelease = listener;
        },
      };
      locks.push(lock);
      return Promise.resolve(lock);
    },
    visible: () => page.visible,
    onVisibility: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const turn = (visible: boolean): void => {
    page.visible = visible;
    for (const each of listeners) each();
  };
  return { made, locks, page, turn, listeners };
}
const soon = () => new Promise((resolve) => setImmediate(resolve));

describe('keeping the computer awake', () => {
  it('holds a lock while a run is open and gives it back at the end', async () => {
    const { made, locks, listeners } = world();
    const wake = createWake(made);
    wake.want(true);
    await soon();
    expect(wake.getState().state).toBe('held');
    wake.want(false);
    expect(wake.getState().state).toBe('off');
    expect(locks.map((lock) => lock.released)).toEqual([true]);
    expect(listeners.size).toBe(0);
  });
  it('takes it again when the page is seen again, and never claims one it does not hold', async () => {
    const { made, locks, turn } = world();
    const wake = createWake(made);
    wake.want(true);
    await soon();
    turn(false);
    locks[0]?.drop();
    expect(wake.getState().state).toBe('not-held');
    turn(true);
    await soon();
    expect(wake.getState().state).toBe('held');
    expect(locks).toHaveLength(2);
  });
  it('says so when the platform refuses or has none', async () => {
    const { made, page } = world();
    page.grants = false;
    for (const given of [made, { ...made, request: null }]) {
      const wake = createWake(given);
      wake.want(true);
      await soon();
      expect(wake.getState().state).toBe('not-held');
    }
    const desktop = createWake(null);
    desktop.want(true);
    expect(desktop.getState().state).toBe('app');
  });
  it('gives a lock back that comes after the run has ended', async () => {
    const { made, locks } = world();
    const wake = createWake(made);
    wake.want(true);
    wake.want(false);
    await soon();
    expect(locks.map((lock) => lock.released)).toEqual([true]);
    expect(wake.getState().state).toBe('off');
  });
});
