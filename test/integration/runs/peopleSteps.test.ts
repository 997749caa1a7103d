/** Steps that people do, on a rehearsal host: waits, messages, custodians, twins, times that are taken, files compared. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { StepId } from '../../../electron/contract/ids.ts';
import { typistOn } from '../../../electron/cli/typist.ts';
import {
  type Desk,
  deskFolder,
  eventually,
  failureOf,
  must,
  openDesk,
  type Run,
  runbookText,
} from '../../fixtures/runs/desk.ts';

const book = (steps: string, head = '') =>
  runbookText('people', steps, head).replace('[operator, verifier]', '[operator, verifier, custodian]');

const wait = (time: string) => `      - id: pause
        title: Wait for the tokens to expire
        hold: { kind: wait, for: ${time} }
`;

async function begin(steps: string, home?: string): Promise<{ desk: Desk; run: Run }> {
  const desk = await openDesk({ runbooks: { people: book(steps) }, ...(home === undefined ? {} : { home }) });
  const run = await desk.start('people');
  await run.ready();
  return { desk, run };
}

describe('a wait', () => {
  test('ends by itself, not before its time, and is not passed by anybody', async () => {
    const { run } = await begin(wait('2s'));
    await run.until('it has begun', () => run.step('pause').wait !== undefined);
    expect(
      failureOf(await run.intent({ kind: 'attest', step: 'pause', value: { kind: 'text', text: 'over' } }))
        .code,
    ).toBe('refused');
    expect(await run.settled('pause')).toBe('passed');
    const [started] = run.records.filter(({ type }) => type === 'wait.start');
    const [ended] = run.records.filter(({ type }) => type === 'wait.end');
    expect(Date.parse(ended?.t ?? '') - Date.parse(started?.t ?? '')).toBeGreaterThanOrEqual(2000);
    expect((await run.finish()).end?.result).toBe('success');
  });

  test('goes on where it was when the app comes back, and counts from its beginning', async () => {
    const home = await deskFolder();
    const first = await begin(wait('3s'), home);
    await first.run.until('it has begun', () => first.run.step('pause').wait !== undefined);
    const until = first.run.step('pause').wait?.until;
    await first.desk.close();
    const desk = await openDesk({ home, runbooks: {} });
    const run = await desk.resume(first.run.runId);
    expect(await run.settled('pause')).toBe('passed');
    expect(run.of('wait.start')).toHaveLength(1);
    const ended = run.records.find(({ type }) => type === 'wait.end');
    expect(ended !== undefined && ended.t >= (until ?? '')).toBe(true);
    expect((await run.finish()).end?.result).toBe('success-with-deviations');
  });

  test('is skipped with a reason, and that stays visible', async () => {
    const { run } = await begin(wait('1h'));
    must(await run.intent({ kind: 'skip', step: 'pause', reason: 'no token is out' }));
    expect((await run.finish()).end?.result).toBe('success-with-deviations');
  });
});

const notify = `      - id: tell
        title: Tell the service desk
        notify:
          channel: email
          to: desk@example.com
          subject: Maintenance begins
          body: |
            The maintenance begins now.
`;

describe('a message', () => {
  test('is kept as it was shown, by whoever says that it was sent', async () => {
    const { desk, run } = await begin(notify);
    const shown = must(await desk.client.call('run.message', { runId: run.runId, step: 'tell' as StepId }));
    expect(failureOf(await run.intent({ kind: 'notified', step: 'tell', seen: '0'.repeat(64) })).code).toBe(
      'refused',
    );
    expect(await readdir(join(run.dir, 'messages')).catch(() => [])).toEqual([]);
    must(await run.intent({ kind: 'notified', step: 'tell', seen: shown.sha256 }));
    expect(run.step('tell').status).toMatchObject({
      state: 'notified',
      by: 'Alice Meyer',
      to: 'desk@example.com',
    });
    const [sent] = run.of('notify');
    expect(await readFile(join(run.dir, sent?.d.message.file ?? ''), 'utf8')).toBe(
      'Channel: email\nTo: desk@example.com\nSubject: Maintenance begins\n\nThe maintenance begins now.\n',
    );
    expect((await run.finish()).end?.result).toBe('success');
  });

  test('that was put down and not recorded when the app went away is no part of the evidence', async () => {
    const home = await deskFolder();
    const first = await begin(notify, home);
    await first.desk.close();
    await mkdir(join(first.run.dir, 'messages'), { recursive: true });
    await writeFile(join(first.run.dir, 'messages', '00009-tell.txt'), 'half');
    const desk = await openDesk({ home, runbooks: {} });
    const run = await desk.resume(first.run.runId);
    expect(await readdir(join(run.dir, 'messages'))).toEqual([]);
    expect((await run.finish()).end?.result).toBe('aborted');
  });
});

const twin = (ok: boolean) => `      - id: change
        title: Change it
        on: ops
        run: touch changed
        risk: reversible
        timeout: 10m
        expect: { exit: 0 }
        dry-run: { run: "echo would touch changed; exit ${ok ? '0' : '3'}", expect: { exit: 0 } }
`;

describe('a twin', () => {
  test.each([true, false])('passes nothing and changes nothing (as expected: %s)', async (ok) => {
    const { desk, run } = await begin(twin(ok));
    const shown = must(
      await desk.client.call('run.preview', { runId: run.runId, step: 'change' as StepId, of: 'dry-run' }),
    );
    must(await run.intent({ kind: 'dry-run', step: 'change', seen: shown.sha256 }));
    await run.until('it is over', () => run.step('change').attempts[0]?.dryRun !== undefined);
    expect(run.step('change').status.state).toBe('current');
    expect(run.step('change').attempts[0]?.dryRun?.ok).toBe(ok);
    expect(await run.run('change')).toBe('passed');
    expect((await run.finish()).end?.result).toBe('success');
  });
});

const measure = (limit: string) => `      - id: lost
        title: Note when it failed
        on: ops
        run: echo 2026-11-22T02:00:00Z
        risk: read
        timeout: 10m
        expect: { exit: 0 }
        capture: { t_fail: { from: stdout } }
      - id: back
        title: Note when it was back
        on: ops
        run: echo 2026-11-22T02:14:59.500Z
        risk: read
        timeout: 10m
        expect: { exit: 0 }
        capture: { t_ok: { from: stdout } }
      - id: rto
        title: Take the time to recovery
        measure: { from: "\${t_fail}", to: "\${t_ok}", below: ${limit} }
        capture: rto_s
`;

test.each([
  ['15m', 'passed', 'success'],
  ['14m', 'failed', 'failed'],
])('a time below %s is %s', async (limit, state, result) => {
  const { run } = await begin(measure(limit));
  expect(await run.run('lost')).toBe('passed');
  expect(await run.run('back')).toBe('passed');
  must(await run.intent({ kind: 'measure', step: 'rto' }));
  expect(run.step('rto').status.state).toBe(state);
  expect(run.step('rto').measured).toMatchObject({ ms: 899_500 });
  expect(run.state().captures['rto_s']).toBe('900');
  expect((await run.finish()).end?.result).toBe(result);
});

const compare = (change: string) => `      - id: before
        title: Take the file
        on: ops
        transfer: { fetch: "\${file}" }
        risk: read
      - id: edit
        title: Change the file
        on: ops
        run: echo changed >> notes.txt
        risk: reversible
        timeout: 10m
        expect: { exit: 0 }
      - id: after
        title: Take it again
        on: ops
        transfer: { fetch: "\${file}", before: before, change: ${change} }
        risk: read
`;

test.each([
  ['changed', 'passed'],
  ['unchanged', 'failed'],
])(
  'a file that should be %s has %s when it was changed, and the difference is kept',
  async (change, state) => {
    const first = `      - id: make
        title: Make the file
        on: ops
        run: printf 'one\\ntwo\\n' > notes.txt; printf %s "$PWD/notes.txt"
        risk: reversible
        timeout: 10m
        expect: { exit: 0 }
        capture: { file: { from: stdout } }
`;
    const { run } = await begin(first + compare(change));
    for (const id of ['make', 'before', 'edit']) expect(await run.run(id)).toBe('passed');
    expect(await run.run('after')).toBe(state);
    const [diff] = run.of('file.diff');
    expect(diff?.d).toMatchObject({ before: 'before', changed: true, added: 1, removed: 0 });
    expect(await readFile(join(run.dir, diff?.d.diff?.file ?? ''), 'utf8')).toContain('\n+changed\n');
    await run.finish();
  },
);

const SHARES = ['planted-share-one-7c1f', 'planted-share-two-88ab', 'planted-share-late-4e5d'];
const ceremony = `      - id: rekey
        title: Give the shares
        on: ops
        risk: disruptive
        custodians:
          run: |
            printf 'Share: '; read -r share; echo "echoed $share"; echo "$share" >> .given; [ "$share" != bad ]
          needs: 2
          of: 3
          expect: { exit: 0 }
          timeout: 10m
          probe: { run: "wc -l < .given", expect: { stdout: { matches: "^ *[23]$" } } }
`;

async function turn(desk: Desk, run: Run, name: string, share: string): Promise<string> {
  const shown = must(
    await desk.client.call('run.preview', { runId: run.runId, step: 'rekey' as StepId, of: 'custodian' }),
  );
  const before = run.step('rekey').attempts.length;
  const said = await run.intent({ kind: 'custodian', step: 'rekey', name, seen: shown.sha256 });
  if (!said.ok) return said.error.message;
  const snapshot = must(await desk.client.call('run.open', { runId: run.runId }));
  const stop = await typistOn(desk.client)(snapshot, run.step('rekey'), [share]);
  await run.until('the turn is over', () => {
    const view = run.step('rekey');
    return view.attempts.length > before && view.status.state !== 'running';
  });
  stop?.();
  return run.step('rekey').turns?.at(-1)?.state ?? 'none';
}

/** Every file of a folder that holds one of the texts. */
async function filesWith(dir: string, texts: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const content = await readFile(join(entry.parentPath, entry.name), 'latin1');
    if (texts.some((text) => content.includes(text))) found.push(entry.name);
  }
  return found;
}

describe('custodians', () => {
  test('are enough different people; what they type, and what is echoed of it, is on no disk of the desk', async () => {
    const { desk, run } = await begin(ceremony);
    expect(await turn(desk, run, 'Carla', SHARES[0] ?? '')).toBe('passed');
    expect(await turn(desk, run, 'cARLA ', 'again')).toContain('another person');
    expect(await turn(desk, run, 'Alice Meyer', 'own')).toContain('operator');
    expect(await turn(desk, run, 'Clara', 'bad')).toBe('failed');
    // Between two turns: typed into nothing.
    const { stream } = must(
      await desk.client.call('terminal.attach', {
        runId: run.runId,
        target: run.step('rekey').attempts[0]?.target ?? ('ops' as never),
        cols: 80,
        rows: 24,
      }),
    );
    must(await desk.client.call('terminal.write', { stream, data: `${SHARES[2] ?? ''}\r` }));
    expect(failureOf(await run.intent({ kind: 'probe', step: 'rekey' })).message).toContain('1 of 2');
    expect(failureOf(await run.intent({ kind: 'skip', step: 'rekey', reason: 'in a hurry' })).code).toBe(
      'refused',
    );
    expect(await turn(desk, run, 'Cyril', SHARES[1] ?? '')).toBe('passed');
    must(await run.intent({ kind: 'probe', step: 'rekey' }));
    expect(await run.settled('rekey')).toBe('passed');
    expect((await run.finish()).end?.result).toBe('success-with-deviations');
    const kept = await filesWith(join(desk.home, 'data', 'runs'), SHARES);
    expect(kept).toEqual([]);
    expect(await filesWith(join(desk.home, 'data', 'rehearsal'), SHARES)).toContain('.given');
  });

  test('go on after the app went away in a turn, whose outcome nobody knows', async () => {
    const home = await deskFolder();
    const first = await begin(ceremony, home);
    const shown = must(
      await first.desk.client.call('run.preview', {
        runId: first.run.runId,
        step: 'rekey' as StepId,
        of: 'custodian',
      }),
    );
    must(await first.run.intent({ kind: 'custodian', step: 'rekey', name: 'Carla', seen: shown.sha256 }));
    await first.run.until('it runs', () => first.run.step('rekey').status.state === 'running');
    await first.desk.close();
    const desk = await openDesk({ home, runbooks: {} });
    const run = await desk.resume(first.run.runId);
    await eventually('the turn is settled', () => run.step('rekey').status.state === 'current' || undefined);
    expect(run.step('rekey').turns?.map(({ state }) => state)).toEqual(['unknown']);
    must(
      await run.intent({ kind: 'declare-failed', step: 'rekey', reason: 'the re-key was cancelled by hand' }),
    );
    expect(run.step('rekey').status.state).toBe('failed');
    must(await run.intent({ kind: 'retry', step: 'rekey', reason: 'from the beginning' }));
    expect(run.step('rekey').turns ?? []).toEqual([]);
    await run.finish();
  });
});
