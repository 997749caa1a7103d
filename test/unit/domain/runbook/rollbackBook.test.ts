/** The rollback that is made from what a run really did: the reverse of it, nothing else, and with what was known then. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RunbookId, RunId, TargetName } from '../../../../electron/contract/ids.ts';
import type { Runbook } from '../../../../electron/contract/runbook.ts';
import type { RunStep } from '../../../../electron/contract/steps.ts';
import { conclude } from '../../../../electron/domain/run/conclude.ts';
import { admitCommand, startCommand } from '../../../../electron/domain/run/commands.ts';
import { decide } from '../../../../electron/domain/run/decide.ts';
import { doneSteps } from '../../../../electron/domain/run/done.ts';
import { valuesOf } from '../../../../electron/domain/run/scope.ts';
import { stepsOf } from '../../../../electron/domain/runbook/describe.ts';
import { checkParameters } from '../../../../electron/domain/runbook/parameters.ts';
import { parseRunbook } from '../../../../electron/domain/runbook/parse.ts';
import { rollbackBook } from '../../../../electron/domain/runbook/rollbackBook.ts';
import { undoId } from '../../../../electron/domain/runbook/rollbackPlan.ts';
import { renderCommand } from '../../../../electron/domain/runbook/template.ts';
import { intentOf, OPERATOR, Play, prepared, SHA, when } from '../run/book.ts';
import { goOver } from '../run/crowd.ts';

const RUN = '20261121T020311Z-4f2a9c' as RunId;
const HEAD = `runbook: 1
id: book
title: Book
version: 1.10
kind: upgrade
service: Test
summary: A test.
rollback: book-back
roles: [operator, owner]
policy: { approvals: 1, anchors: logger }
abort: [The database is gone]
variants: { size: { title: Size, options: { small: Small, large: Large } } }
parameters:
  host: { title: Host, type: host, required: true, from: pages.entry.host, default: ops-1 }
  unused: { title: Unused, type: text }
targets:
  ops: { title: Ops, identity: [{ run: hostname, equals: '\${host}' }] }
`;
const WEB =
  "  web: { title: Web servers, group: true, identity: [{ run: hostname, contains: '${host}' }] }\n";

function parsed(text: string, id = 'book'): Runbook {
  const { runbook, diagnostics } = parseRunbook(text, `${id}.runbook.yaml`);
  expect(diagnostics).toEqual([]);
  if (runbook === null) throw new Error('no runbook');
  return runbook;
}

function bookOf(steps: string, head = HEAD): { readonly text: string; readonly runbook: Runbook } {
  const text = `${head}phases:\n  - id: one\n    steps:\n${steps}`;
  return { text, runbook: parsed(text) };
}

type Fate = 'passes' | 'fails' | 'is lost' | 'fails and passes' | 'fails and is skipped' | 'is skipped';

/** Brings the step that has the turn to its end. */
function bring(play: Play, id: string, fate: Fate, captures: Readonly<Record<string, string>> = {}): void {
  const ask = (value: Record<string, unknown>) => {
    const decided = decide(play.state, intentOf(value), { by: OPERATOR, head: play.head });
    if (!decided.ok) throw new Error(decided.error.message);
    play.append(decided.value);
  };
  const send = (end: 'well' | 'badly' | 'lost') => {
    const intent = { kind: 'run' as const, step: id as RunStep['id'], seen: SHA };
    const admitted = admitCommand(play.state, intent, when);
    if (!admitted.ok) throw new Error(admitted.error.message);
    const ready = prepared('run', play.state.starts + 1);
    const started = startCommand(play.state, admitted.value, ready, { seen: SHA }, new Date(0));
    if (!started.ok) throw new Error(started.error.message);
    play.append([started.value]);
    const attempt = play.view(id).attempts.at(-1)?.n ?? 0;
    play.append(
      conclude({
        step: id as RunStep['id'],
        attempt,
        purpose: 'run',
        end: end === 'lost' ? { how: 'lost', why: 'gone' } : { how: 'exit', code: end === 'well' ? 0 : 1 },
        ms: 5,
        files: {},
        checks: [{ name: 'exit', expected: '0', actual: end, ok: end === 'well' }],
        captures: { ok: true, value: captures },
      }),
    );
  };
  if (fate === 'is skipped') {
    ask({ kind: 'skip', step: id, reason: 'not needed' });
    return;
  }
  send(fate === 'passes' ? 'well' : fate === 'is lost' ? 'lost' : 'badly');
  if (fate === 'fails and is skipped') ask({ kind: 'skip', step: id, reason: 'not needed' });
  if (fate === 'fails and passes') {
    ask({ kind: 'retry', step: id, reason: 'once more' });
    send('well');
  }
  if (fate === 'fails' || fate === 'is lost') ask({ kind: 'override', step: id, reason: 'looked' });
}

const plan = { parameters: { host: 'ops-7', unused: 'x' }, variants: { size: 'large' } };

function undo(play: Play, text: string) {
  const made = rollbackBook({
    runId: RUN,
    runbook: play.runbook,
    text,
    values: valuesOf(play.state, plan),
    groups: play.state.groups,
    done: doneSteps(play.state),
  });
  return { ...made, book: made.made === null ? null : parsed(made.made.text, made.made.id) };
}

const runs = (book: Runbook | null) =>
  book === null
    ? []
    : stepsOf(book)
        .map(({ step }) => step)
        .filter((step) => step.kind === 'run');

describe('any run', () => {
  const fates: readonly Fate[] = [
    'passes',
    'fails',
    'is lost',
    'fails and passes',
    'fails and is skipped',
    'is skipped',
  ];
  const step = fc.record({ undo: fc.boolean(), na: fc.boolean(), fate: fc.constantFrom(...fates) });

  test('is taken back in the reverse order of what was done, and nothing else is', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), fc.nat(8), (steps, stop) => {
        const lines = steps.map(({ undo: back, na }, i) => {
          const condition = na ? ', when: \'variant.size == "no"\'' : '';
          const given = back ? `, rollback: { run: undo-s${String(i)}, risk: reversible }` : '';
          return `      - { id: s${String(i)}, run: do-s${String(i)}, risk: reversible, rerun: safe, expect: { exit: 0 }${condition}${given} }\n`;
        });
        // The parser takes real conditions; the play judges them by one word.
        const { text, runbook } = bookOf(lines.join(''));
        const phases = runbook.phases.map((phase) => ({
          ...phase,
          steps: phase.steps.map((one) => (one.when === undefined ? one : { ...one, when: 'no' })),
        }));
        const play = new Play({
          ...runbook,
          phases,
          targets: runbook.targets.map((t) => ({ ...t, identity: [] })),
        });
        play.start().connect();
        for (const [i, { fate, na }] of steps.slice(0, stop).entries())
          if (!na) bring(play, `s${String(i)}`, fate);
        const sent = play.records.flatMap((record) => (record.type === 'step.start' ? [record.d.step] : []));
        const undone = [...new Set(sent)]
          .reverse()
          .filter((id) => steps[Number(id.slice(1))]?.undo === true)
          .map((id) => `undo-${id}`);
        const { book, plan: planned } = undo(play, text);
        expect(runs(book).map((one) => one.run.source)).toEqual(undone);
        expect(planned.undo.map((one) => `undo-${one.step}`)).toEqual(undone);
        expect(new Set(planned.undo.map((one) => one.step)).size).toBe(undone.length);
        for (const one of planned.undo) expect(one.sure).toBe(play.status(one.step) === 'passed');
      }),
      { numRuns: 60 },
    );
  });
});

const two = `      - { id: dump, run: pg-dump, on: ops, risk: reversible, expect: { exit: 0 }, capture: { place: stdout, empty: stdout } }
      - id: upgrade
        title: Upgrade
        run: upgrade
        on: ops
        risk: disruptive
        expect: { exit: 0 }
        source: { document: manual.md, line: 7 }
        rollback: { title: Put it back, run: 'restore \${place} \${size} \${empty}', risk: irreversible, timeout: 90s, expect: { stdout: { same-as: place } } }
      - { id: clean, run: clean, on: ops, risk: irreversible, expect: { exit: 0 } }
      - { id: move, run: move, on: ops, risk: reversible, expect: { exit: 0 }, rollback: book-moved }
`;

describe('the runbook that is made', () => {
  const story = () => {
    const { text, runbook } = bookOf(two);
    const play = new Play({ ...runbook, targets: runbook.targets.map((t) => ({ ...t, identity: [] })) });
    play.start().connect();
    bring(play, 'dump', 'passes', { place: "/var/it's here", empty: '' });
    bring(play, 'upgrade', 'passes');
    bring(play, 'clean', 'fails');
    bring(play, 'move', 'passes');
    return { text, play };
  };

  test('asks the owner first, holds before what cannot be undone, and looks at the end', () => {
    const { text, play } = story();
    const { book, made } = undo(play, text);
    expect(made?.id).toBe('book-undo');
    expect(book).toMatchObject({
      kind: 'rollback',
      version: '1.10',
      policy: { approvals: 0, anchors: 'logger' },
    });
    if (book === null) throw new Error('none');
    expect(stepsOf(book).map(({ step }) => [step.id, step.kind])).toEqual([
      ['go', 'hold'],
      ['undo-move', 'attest'],
      ['no-way-back', 'hold'],
      ['undo-upgrade', 'run'],
      ['look', 'attest'],
    ]);
    const [go, move, , back, look] = stepsOf(book).map(({ step }) => step);
    expect(go).toMatchObject({ hold: 'go', signers: ['owner'] });
    expect(go?.caution).toContain('- Clean: The runbook gives no command that takes it back.');
    expect(move).toMatchObject({ input: { items: ['The runbook book-moved was run to its end'] } });
    expect(back).toMatchObject({
      title: 'Put it back',
      on: 'ops',
      timeoutMs: 90_000,
      risk: 'irreversible',
      rerun: 'never',
      source: { document: 'manual.md', line: 7 },
    });
    expect(look?.note).toContain('book-back');
  });

  test('knows the values of the run, on the same hosts under the same proofs', () => {
    const { text, play } = story();
    const { book } = undo(play, text);
    if (book === null) throw new Error('none');
    expect(book.targets).toMatchObject([
      { name: 'ops', title: 'Ops', identity: [{ run: { source: 'hostname' } }] },
    ]);
    expect(book.parameters.map(({ name, default: preset }) => [name, preset])).toEqual([
      ['empty', undefined],
      ['host', 'ops-7'],
      ['place', "/var/it's here"],
    ]);
    expect(book.variants).toMatchObject([{ name: 'size', default: 'large' }]);
    const { values, problems } = checkParameters(book, { parameters: {}, variants: {} });
    expect(problems).toEqual([]);
    const [back] = runs(book);
    const command = back === undefined ? null : renderCommand(back.run, values);
    expect(command).toMatchObject({ ok: true, value: { text: "restore '/var/it'\\''s here' large ''" } });
    expect(back?.expect[1]).toMatchObject({ test: { test: 'equals', value: { source: '${place}' } } });
  });

  test('asks for a value that the run never got to know', () => {
    const { text, runbook } = bookOf(two);
    const play = new Play({ ...runbook, targets: runbook.targets.map((t) => ({ ...t, identity: [] })) });
    play.start().connect();
    bring(play, 'dump', 'is skipped');
    bring(play, 'upgrade', 'is lost');
    const { book } = undo(play, text);
    const place = book?.parameters.find(({ name }) => name === 'place');
    expect(place).toMatchObject({
      required: true,
      help: expect.stringContaining('did not get to know') as string,
    });
    expect(place?.default).toBeUndefined();
    expect(runs(book)[0]?.caution).toContain('did not pass');
  });

  test('is none where nothing that was done has a way back, and the run may not be ended by it', () => {
    const { text, play } = story();
    expect(undo(play, text).made).not.toBeNull();
    const fresh = new Play(play.runbook).start().connect();
    expect(undo(fresh, text)).toMatchObject({ made: null, plan: { undo: [], without: [] } });
    const ask = (of: Play, id: string) =>
      decide(of.state, intentOf({ kind: 'start-rollback', runbook: id, runId: RUN }), {
        by: OPERATOR,
        head: of.head,
      }).ok;
    expect(ask(fresh, 'book-undo')).toBe(false);
    expect(ask(fresh, 'book-back')).toBe(true);
    expect(ask(play, 'book-undo')).toBe(true);
    expect(ask(play, 'other-undo')).toBe(false);
  });

  test('may use what its own step has found out', () => {
    const { runbook } = bookOf(
      `      - { id: s, run: do, on: ops, risk: reversible, expect: { exit: 0 }, capture: { revision: stdout }, rollback: { run: 'undo \${revision}', risk: reversible } }\n`,
    );
    expect(runbook.phases[0]?.steps[0]).toMatchObject({ undo: { run: { source: 'undo ${revision}' } } });
  });

  test('has an id that fits, however long the other one is', () => {
    expect(undoId('a')).toBe('a-undo');
    const long = undoId(`${'x'.repeat(58)}-${'y'.repeat(5)}` as RunbookId);
    expect(long).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
    expect(long.length).toBeLessThanOrEqual(64);
  });
});

describe('a step on a group', () => {
  const text = bookOf(
    `      - { id: s, run: do, on: web, risk: reversible, expect: { exit: 0 }, across: { order: parallel, limit: 2, on-failure: go-on }, rollback: { run: 'undo \${host}', risk: reversible } }\n`,
    `${HEAD}${WEB}`,
  );
  const crowd = (fate: (member: string) => 'well' | 'unreached') => {
    const play = new Play({
      ...text.runbook,
      targets: text.runbook.targets.map((t) => ({ ...t, identity: [] })),
    }).start(['web-1', 'web-2', 'web-3']);
    for (const member of ['web-1', 'web-2', 'web-3']) play.connect(member);
    goOver(play, 's', fate);
    return undo(play, text.text);
  };

  test('is taken back on the whole group where all of it was reached', () => {
    const { book } = crowd(() => 'well');
    expect(runs(book)).toMatchObject([{ on: 'web', fanOut: { order: 'parallel', limit: 2 } }]);
    expect(book?.targets).toMatchObject([{ name: 'web', group: true }]);
  });

  test('else on those hosts that it was sent to, each by its own name and with the proofs of the group', () => {
    const { book, plan: planned } = crowd((member) => (member === 'web-2' ? 'unreached' : 'well'));
    expect(runs(book).map(({ id, on }) => [id, on])).toEqual([
      ['undo-s-web-3', 'web-3'],
      ['undo-s-web-1', 'web-1'],
    ]);
    expect(planned.undo[0]?.members).toEqual(['web-3', 'web-1'] as unknown as TargetName[]);
    expect(book?.targets.map(({ name, group, identity }) => [name, group, identity.length])).toEqual([
      ['web-3', undefined, 1],
      ['web-1', undefined, 1],
    ]);
  });
});
