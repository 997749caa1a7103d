/** Around a run: terminals, live shells, second desks, changed files, and what a crash leaves behind. */
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../../electron/host/files/hash.ts';
import { type SshdFixture, startSshd } from '../../fixtures/sshd/startSshd.ts';
import {
  attachTerminal,
  eventually,
  failureOf,
  must,
  openDesk,
  proveFolder,
  runbookText,
} from '../../fixtures/runs/desk.ts';

let sshd: SshdFixture;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());

function step(id: string, body: string): string {
  return `      - id: ${id}
        title: ${id}
        risk: reversible
        rerun: safe
${(body.includes('expect:') ? body : `${body}\nexpect: { exit: 0 }`).replace(/^/gm, '        ')}
`;
}

describe('the terminal', () => {
  test('takes an answer to a command, and two pages see the same', async () => {
    const desk = await openDesk({
      sshd,
      runbooks: {
        asks: runbookText(
          'asks',
          step(
            'ask',
            'run: printf "sure? "; read -r x; echo "you said $x"\nexpect: { stdout: { contains: you said yes } }',
          ),
        ),
      },
    });
    const run = await desk.start('asks');
    const [one, two] = [await attachTerminal(desk, run), await attachTerminal(desk, run, { cols: 100 })];
    must(await run.send('ask'));
    await eventually('the question', () => one.text().includes('sure? ') || undefined);
    await one.type('yes\r');
    expect(await run.settled('ask')).toBe('passed');
    await eventually(
      'both show it',
      () => (one.text().includes('you said yes') && two.text().includes('you said yes')) || undefined,
    );
    expect(run.of('deviation')).toEqual([]);
    expect((await run.finish()).end?.result).toBe('success');
  });

  test('records each stretch of typing between steps as one deviation, with what came back', async () => {
    const desk = await openDesk({
      sshd,
      runbooks: { live: runbookText('live', step('a', 'run: echo a') + step('b', 'run: echo b')) },
    });
    const run = await desk.start('live');
    const page = await attachTerminal(desk, run);
    await run.ready();
    await page.type('echo first$((1+1))\r');
    await eventually('the shell answers', () => page.text().includes('first2') || undefined);
    await page.type('echo more$((1+1))\r');
    await eventually('the shell answers', () => page.text().includes('more2') || undefined);
    expect(await run.run('a')).toBe('passed');
    await page.type('echo second$((1+1))\r');
    await eventually('the shell answers', () => page.text().includes('second2') || undefined);
    await run.until('two deviations', (state) => state.deviations.length === 2);
    expect(await run.run('b')).toBe('passed');
    expect((await run.finish()).end?.result).toBe('success-with-deviations');
    expect(run.of('deviation')).toHaveLength(2);
    const cast = await readFile(join(run.dir, run.of('deviation')[0]?.d.recording ?? ''), 'utf8');
    expect(cast).toContain('second2');
  });

  test('counts what is typed at the very end', async () => {
    const desk = await openDesk({ sshd, runbooks: { late: runbookText('late', step('a', 'run: echo a')) } });
    const run = await desk.start('late');
    const page = await attachTerminal(desk, run);
    await run.ready();
    expect(await run.run('a')).toBe('passed');
    const [, finished] = await Promise.all([page.type('x'), run.intent({ kind: 'finish' })]);
    expect(finished.ok).toBe(true);
    const deviated = run.of('deviation').length > 0;
    expect(run.state().end?.result).toBe(deviated ? 'success-with-deviations' : 'success');
    expect(run.records.at(-1)?.type).toBe('run.end');
  });

  test('of a host without terminals is missed, but the run is not stopped by it', async () => {
    const server = await startSshd({ config: ['PermitTTY no'] });
    try {
      const desk = await openDesk({
        sshd: server,
        runbooks: { bare: runbookText('bare', step('a', 'run: echo a\nmode: exec')) },
      });
      const run = await desk.start('bare');
      const page = await attachTerminal(desk, run);
      await run.ready();
      await eventually('it is said', () => page.text().includes('No live shell') || undefined);
      expect(await run.run('a')).toBe('passed');
      expect((await run.finish()).end?.result).toBe('success');
    } finally {
      await server.stop();
    }
  });

  test('records a flood to the byte while one page is slow and one is not', async () => {
    const size = 50 * 1024 * 1024;
    const desk = await openDesk({
      sshd,
      runbooks: {
        flood: runbookText(
          'flood',
          step(
            'pour',
            `run: head -c ${String(size)} /dev/zero | tr '\\0' x\nmode: exec\nexpect: { exit: 0 }`,
          ),
        ),
      },
    });
    const run = await desk.start('flood');
    const slow = await attachTerminal(desk, run, { slow: true });
    const fast = await attachTerminal(desk, run);
    must(await run.send('pour'));
    await eventually('the fast page is shown something', () => fast.bytes() > 1024 * 1024 || undefined);
    expect(await run.settled('pour')).toBe('passed');
    expect(slow.bytes()).toBeLessThan(1024 * 1024);
    expect(run.of('step.end')[0]?.d.stdout).toEqual({
      file: 'outputs/01-pour.out',
      bytes: size,
      sha256: sha256(Buffer.alloc(size, 120)),
    });
    expect((await run.finish()).end?.result).toBe('success');
  });
});

describe('a desk', () => {
  test('does not take up a run that another one has open, and reads it', async () => {
    const desk = await openDesk({ sshd, runbooks: { one: runbookText('one', step('a', 'run: echo a')) } });
    const run = await desk.start('one');
    const other = await openDesk({ sshd, home: desk.home });
    expect(failureOf(await other.client.call('run.resume', { runId: run.runId }))).toMatchObject({
      code: 'locked',
    });
    const list = must(await other.client.call('run.list', {}));
    expect(list[0]).toMatchObject({ runId: run.runId, status: 'locked' });
    expect(must(await other.client.call('run.open', { runId: run.runId }))).toMatchObject({ live: false });
    expect(
      failureOf(await other.client.call('run.intent', { runId: run.runId, intent: { kind: 'finish' } })).code,
    ).toBe('not-found');
    await desk.close();
    const again = await other.resume(run.runId);
    expect(await again.run('a')).toBe('passed');
    expect((await again.finish()).end?.result).toBe('success-with-deviations');
  });

  test('takes a run up once when two pages ask at the same moment', async () => {
    const desk = await openDesk({ sshd, runbooks: { two: runbookText('two', step('a', 'run: echo a')) } });
    const { runId } = await desk.start('two');
    await desk.close();
    const next = await openDesk({ sshd, home: desk.home });
    const both = await Promise.all([
      next.client.call('run.resume', { runId }),
      next.client.call('run.resume', { runId }),
    ]);
    expect(both.map((one) => one.ok)).toEqual([true, true]);
    const run = await next.follow(runId);
    expect(run.of('run.recovered')).toHaveLength(1);
    await run.finish();
  });

  test('does not start a runbook that has changed since it was shown, or one that is incomplete', async () => {
    const desk = await openDesk({
      sshd,
      runbooks: { changed: runbookText('changed', step('a', 'run: echo a')) },
    });
    const request = await desk.request('changed');
    await desk.write('changed', runbookText('changed', step('a', 'run: echo b')));
    expect(failureOf(await desk.client.call('start.run', request)).message).toContain(
      'has changed since it was shown',
    );
    const bare = { ...(await desk.request('changed')), change: { ticket: ' ', reason: '' } };
    expect(must(await desk.client.call('start.check', bare)).problems.map(({ field }) => field)).toEqual([
      'change.ticket',
      'change.reason',
    ]);
    expect(must(await desk.client.call('run.list', {}))).toEqual([]);
  });

  test('does not go on with a run whose plan or runbook was changed on disk', async () => {
    const desk = await openDesk({ sshd, runbooks: { plan: runbookText('plan', step('a', 'run: echo a')) } });
    const { runId, dir } = await desk.start('plan');
    await desk.close();
    const file = join(dir, 'plan', 'plan.json');
    const before = await readFile(file, 'utf8');
    await writeFile(file, before.replace('CHG-1', 'CHG-2'));
    const next = await openDesk({ sshd, home: desk.home });
    expect(failureOf(await next.client.call('run.resume', { runId }))).toMatchObject({ code: 'corrupt' });
    await writeFile(file, before);
    await appendFile(join(dir, 'plan', 'runbook.yaml'), '# changed\n');
    expect(failureOf(await next.client.call('run.resume', { runId }))).toMatchObject({ code: 'corrupt' });
  });

  test('closes with a command under way: its outcome is recorded, and the run can be taken up again', async () => {
    const desk = await openDesk({
      sshd,
      runbooks: { quit: runbookText('quit', step('long', 'run: echo begun; sleep 60')) },
    });
    const run = await desk.start('quit');
    const page = await attachTerminal(desk, run);
    must(await run.send('long'));
    await eventually('begun', () => page.text().includes('begun\r\n') || undefined);
    await desk.close();
    const records = await proveFolder(run.dir);
    // The recording of the live shell may be closed before it or after it.
    expect(records.findLast(({ type }) => type === 'step.result')?.d).toMatchObject({
      state: 'unknown',
      via: 'contact-lost',
    });
    const next = await openDesk({ sshd, home: desk.home });
    const again = await next.resume(run.runId);
    expect(again.step('long').status.state).toBe('unknown');
    must(await again.intent({ kind: 'override', step: 'long', reason: 'it only sleeps' }));
    expect((await again.finish()).end?.result).toBe('success-with-deviations');
  });

  test('takes a run up whose app went away between making the files of a command and recording its start', async () => {
    const desk = await openDesk({ sshd, runbooks: { left: runbookText('left', step('a', 'run: echo a')) } });
    const { runId, dir } = await desk.start('left');
    await desk.close();
    for (const name of ['outputs/01-a.cmd', 'outputs/01-a.wire', 'outputs/01-a.out'])
      await writeFile(join(dir, name), 'left over');
    await writeFile(
      join(dir, 'recordings', '01-a-ops.cast'),
      '{"version": 2, "width": 80, "height": 24}\n[0.1, "o", "to',
    );
    await writeFile(join(dir, 'recordings', '01-b-ops.cast'), '');
    const next = await openDesk({ sshd, home: desk.home });
    const run = await next.resume(runId);
    expect(await run.run('a')).toBe('passed');
    expect(run.of('step.start')[0]?.d.command.file).toBe('outputs/02-a.cmd');
    expect(await readFile(join(dir, 'outputs', '01-a.cmd'), 'utf8')).toBe('left over');
    expect((await run.finish()).end?.result).toBe('success-with-deviations');
    expect(await readdir(join(dir, 'recordings'))).not.toContain('01-b-ops.cast');
  });

  test('keeps a ledger that a crash cut in the middle of a line', async () => {
    const desk = await openDesk({ sshd, runbooks: { book: runbookText('book', step('a', 'run: echo a')) } });
    await (await desk.start('book')).finish();
    const file = join(desk.home, 'data', 'ledger', 'ledger.jsonl');
    const before = await readFile(file, 'utf8');
    await appendFile(file, '{"_prev":"half');
    await (await desk.start('book')).finish();
    const after = await readFile(file, 'utf8');
    expect(after.startsWith(before)).toBe(true);
    expect(after.trimEnd().split('\n')).toHaveLength(4);
    expect(await readFile(join(desk.home, 'data', 'ledger', 'ledger.torn'), 'utf8')).toBe('{"_prev":"half');
  });

  test('says so when a run of the list cannot be read any more', async () => {
    const desk = await openDesk({ sshd, runbooks: { hurt: runbookText('hurt', step('a', 'run: echo a')) } });
    const run = await desk.start('hurt');
    expect(await run.run('a')).toBe('passed');
    await run.finish();
    const journal = join(run.dir, 'journal.jsonl');
    const lines = (await readFile(journal, 'utf8')).split('\n');
    lines.splice(2, 1);
    await writeFile(journal, lines.join('\n'));
    await desk.close();
    const next = await openDesk({ sshd, home: desk.home });
    const notices: string[] = [];
    next.client.onEvent((event) => {
      if (event.type === 'notice') notices.push(event.failure.message);
    });
    expect(must(await next.client.call('run.list', {}))).toEqual([]);
    expect(notices).toEqual([expect.stringMatching(/journal\.jsonl, line 3: /)]);
    must(await next.client.call('run.list', {}));
    expect(notices).toHaveLength(1);
  });

  test('refuses what it cannot record, and the run goes on', async () => {
    const desk = await openDesk({ sshd, runbooks: { long: runbookText('long', step('a', 'run: echo a')) } });
    const run = await desk.start('long');
    expect(failureOf(await run.intent({ kind: 'note', text: '\n'.repeat(3000) }))).toMatchObject({
      code: 'bad-request',
    });
    must(await run.intent({ kind: 'note', text: 'line one\nline two' }));
    expect(await run.run('a')).toBe('passed');
    expect((await run.finish()).end?.result).toBe('success');
    expect(failureOf(await run.intent({ kind: 'connect', target: 'ops' })).message).toContain('has ended');
    expect((await readdir(run.dir)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('asks a person about a host key it does not know, and records who trusted it', async () => {
    const desk = await openDesk({
      sshd,
      knownHosts: join(sshd.dir, 'empty'),
      runbooks: { key: runbookText('key', step('a', 'run: echo a')) },
    });
    const asked = () =>
      eventually('a question', async () => must(await desk.client.call('prompt.list', {}))[0]);
    const refused = await desk.start('key');
    const first = await asked();
    expect(first).toMatchObject({ kind: 'trust-host', context: { target: 'ops', runId: refused.runId } });
    must(await desk.client.call('prompt.answer', { id: first.id, answer: { kind: 'cancel' } }));
    await eventually('not connected', () => refused.links()[0]?.state === 'failed' || undefined);
    expect(
      failureOf(await desk.client.call('prompt.answer', { id: first.id, answer: { kind: 'cancel' } })).code,
    ).toBe('not-found');
    const [connected, second] = await Promise.all([
      refused.intent({ kind: 'connect', target: 'ops' }),
      asked().then(async ({ id }) => {
        must(await desk.client.call('prompt.answer', { id, answer: { kind: 'trust', remember: false } }));
        return id;
      }),
    ]);
    expect(connected).toEqual({ ok: true, value: null });
    expect(second).not.toBe(first.id);
    expect(refused.of('host.trust')).toMatchObject([{ d: { target: 'ops', by: 'Alice Meyer' } }]);
    expect(refused.of('host.connect')).toMatchObject([{ d: { pin: 'accepted' } }]);
    expect(await refused.run('a')).toBe('passed');
    expect((await refused.finish()).end?.result).toBe('success');
  });

  test('takes its questions back when the run they belong to is over', async () => {
    const desk = await openDesk({
      sshd,
      knownHosts: join(sshd.dir, 'empty'),
      runbooks: { key: runbookText('key', step('a', 'run: echo a')) },
    });
    const run = await desk.start('key');
    await eventually('a question', async () => must(await desk.client.call('prompt.list', {}))[0]);
    expect((await run.finish()).end?.result).toBe('aborted');
    expect(must(await desk.client.call('prompt.list', {}))).toEqual([]);
  });

  test('is not held up by a host that has stopped answering', async () => {
    const server = await startSshd();
    try {
      const desk = await openDesk({
        sshd: server,
        runbooks: { ice: runbookText('ice', step('a', 'run: echo a')) },
      });
      const run = await desk.start('ice');
      expect(await run.run('a')).toBe('passed');
      await server.freezeSessions();
      expect((await run.finish()).end?.result).toBe('success');
      await server.thawSessions();
    } finally {
      await server.stop();
    }
  });

  test('gives the live shell the size that the pane has after a step', async () => {
    const desk = await openDesk({
      sshd,
      runbooks: {
        size: runbookText(
          'size',
          step('wait', 'run: read -r x; stty size\nexpect: { stdout: { contains: 24 91 } }'),
        ),
      },
    });
    const run = await desk.start('size');
    const page = await attachTerminal(desk, run, { cols: 81 });
    await run.ready();
    must(await run.send('wait'));
    must(await page.resize(91));
    await page.type('go\r');
    expect(await run.settled('wait')).toBe('passed');
    // The pane is the command's until the end that is on record has been told on.
    await eventually('the shell knows', async () => {
      await page.type('echo "size: $(stty size)"\r');
      return page.text().includes('size: 24 91') || undefined;
    });
    await run.finish();
  });
});
