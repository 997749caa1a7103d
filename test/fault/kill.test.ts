/** kill -9 on the real command line, at any moment: what was sent stays known, and nothing is ever sent again by itself. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { RunId } from '../../electron/contract/ids.ts';
import { runCli } from '../fixtures/platform/runCli.ts';
import {
  APP_DIR,
  deskFolder,
  eventually,
  failureOf,
  must,
  openDesk,
  proveFolder,
  proveRun,
  type Run,
  lintedRunbookText,
} from '../fixtures/runs/desk.ts';
import { type SshdFixture, startSshd } from '../fixtures/sshd/startSshd.ts';

let sshd: SshdFixture;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());

const ANSWERS = `operator: { name: Alice Meyer, principal: alice@example.com }
change: { ticket: CHG-1, reason: Test }
`;

interface Home {
  readonly dir: string;
  readonly args: readonly string[];
}

async function homeWith(id: string, steps: string): Promise<Home> {
  const dir = await deskFolder();
  await writeFile(join(dir, 'data', 'runbooks', `${id}.runbook.yaml`), lintedRunbookText(id, steps));
  await writeFile(join(dir, 'answers.yaml'), ANSWERS);
  const args = [
    '--answers',
    join(dir, 'answers.yaml'),
    '--known-hosts',
    sshd.knownHostsFile,
    '--identity',
    sshd.clientKeyFile,
  ];
  return { dir, args };
}

function startCli(home: Home, id: string): { readonly child: ChildProcess; readonly gone: Promise<unknown> } {
  const target = `ops=${sshd.user}@${sshd.host}:${String(sshd.port)}`;
  const child = spawn(
    process.execPath,
    [join(APP_DIR, 'dist', 'cli.mjs'), 'run', id, '--target', target, ...home.args],
    {
      env: { ...process.env, HOLDPOINT_HOME: home.dir },
      stdio: 'ignore',
    },
  );
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return { child, gone: new Promise((resolve) => child.once('exit', resolve)) };
}

async function runsOf(home: Home): Promise<readonly RunId[]> {
  return (await readdir(join(home.dir, 'data', 'runs'))) as RunId[];
}

const lines = async (file: string) => (await readFile(file, 'utf8').catch(() => '')).split('\n').length - 1;

describe('killed while a step runs', () => {
  const step = (marker: string) => `      - id: before
        run: echo before
        risk: read
        expect: { exit: 0 }
      - id: change
        run: echo sent >>${marker}; echo begun; sleep 30; echo done >>${marker}.done
        risk: disruptive
        rerun: check-first
        probe: { run: 'test -s ${marker}', expect: { exit: 0 } }
        expect: { exit: 0 }
      - id: after
        run: echo after
        risk: read
        expect: { exit: 0 }
`;

  async function killed(
    name: string,
  ): Promise<{ readonly home: Home; readonly runId: RunId; readonly marker: string }> {
    const marker = join(sshd.dir, name);
    const home = await homeWith('crash', step(marker));
    const { child, gone } = startCli(home, 'crash');
    await eventually('the command has begun on the host', async () => (await lines(marker)) > 0 || undefined);
    child.kill('SIGKILL');
    await gone;
    const [runId] = await runsOf(home);
    if (runId === undefined) throw new Error('no run');
    const records = await proveFolder(join(home.dir, 'data', 'runs', runId));
    expect(records.at(-1)).toMatchObject({ type: 'step.start', d: { step: 'change', attempt: 1 } });
    return { home, runId, marker };
  }

  test('the step is unknown, was sent once, is settled by its probe, and the evidence tells it all', async () => {
    const { home, runId, marker } = await killed('probed');
    const desk = await openDesk({ sshd, home: home.dir });
    expect(must(await desk.client.call('run.list', {}))).toMatchObject([{ runId, status: 'interrupted' }]);
    const run = await desk.resume(runId);
    expect(run.step('before').status.state).toBe('passed');
    expect(run.step('change').status).toMatchObject({
      state: 'unknown',
      reason: 'the app went away while this step ran',
    });
    await run.ready();
    expect(failureOf(await run.send('change')).message).toContain('is unknown');
    expect(failureOf(await run.intent({ kind: 'retry', step: 'change', reason: 'again' })).message).toContain(
      'probe',
    );
    must(await run.intent({ kind: 'probe', step: 'change' }));
    expect(await run.settled('change')).toBe('passed');
    expect(await run.run('after')).toBe('passed');
    expect((await run.finish()).end?.result).toBe('success-with-deviations');
    expect(await readFile(marker, 'utf8')).toBe('sent\n');
    const told = run.records.flatMap((record) => {
      if (record.type === 'run.recovered' || record.type === 'run.end') return [record.type];
      return record.type === 'step.result' ? [`${record.d.step} ${record.d.state} by ${record.d.via}`] : [];
    });
    expect(told).toEqual([
      'before passed by checks',
      'run.recovered',
      'change unknown by recovered',
      'change passed by probe',
      'after passed by checks',
      'run.end',
    ]);
    const { verdict, files } = must(await desk.client.call('evidence.get', { runId }));
    expect(verdict).toMatchObject({
      l1: 'holds',
      l2: 'holds',
      result: 'success-with-deviations',
      findings: [],
    });
    expect(files.map(({ path }) => path)).toContain('recordings/02-change-ops.cast');
  });

  test('a person may take the outcome upon themselves, and the command line never sends it again', async () => {
    const { home, runId, marker } = await killed('overridden');
    const desk = await openDesk({ sshd, home: home.dir });
    const run = await desk.resume(runId);
    must(await run.intent({ kind: 'override', step: 'change', reason: 'seen on the host: it is done' }));
    await desk.close();
    const resumed = await runCli(home.dir, ['resume', runId, ...home.args]);
    expect(resumed.stderr).toContain('passed');
    expect(resumed).toMatchObject({ code: 0 });
    expect(await readFile(marker, 'utf8')).toBe('sent\n');
    await proveRun(await openDesk({ sshd, home: home.dir }), runId);
  });

  test('scripted answers do not decide about an unknown outcome: the run is given up as failed', async () => {
    const { home, runId, marker } = await killed('scripted');
    const resumed = await runCli(home.dir, ['resume', runId, ...home.args]);
    expect(resumed.code).toBe(1);
    expect(resumed.stdout).toContain('failed');
    expect(await readFile(marker, 'utf8')).toBe('sent\n');
    await proveRun(await openDesk({ sshd, home: home.dir }), runId);
  });
});

describe('killed at any moment', () => {
  test('the journal is whole, and the run goes on to evidence that holds', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const count = join(sshd.dir, 'count');
    const steps = ids.map(
      (id, index) => `      - id: ${id}
        run: echo ${id} >>${count}-$RUN_TAG; echo out-${id}
        mode: ${index % 2 === 0 ? 'exec' : 'pty'}
        risk: read
        rerun: never
        expect: { stdout: { contains: out-${id} } }
`,
    );
    const seen = new Set<string>();
    for (const [round, records] of [0, 1, 2, 4, 6, 9, 12, 16, 21, 25].entries()) {
      const tag = `${count}-${String(round)}`;
      const home = await homeWith('short', steps.join('').replaceAll(`${count}-$RUN_TAG`, tag));
      const { child, gone } = startCli(home, 'short');
      await eventually('as many records as wanted', async () => {
        const [runId] = await runsOf(home);
        if (child.exitCode !== null) return true;
        if (runId === undefined) return undefined;
        return (await lines(join(home.dir, 'data', 'runs', runId, 'journal.jsonl'))) >= records || undefined;
      });
      child.kill('SIGKILL');
      await gone;
      const [runId] = await runsOf(home);
      if (runId === undefined) throw new Error('no run');
      const desk = await openDesk({ sshd, home: home.dir });
      seen.add(await goOn(desk, runId));
      // Each line was written at most once: nothing that may have been sent was sent again.
      const sent = (await readFile(tag, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
      expect(new Set(sent).size).toBe(sent.length);
      await desk.close();
    }
    expect(seen.has('resumed')).toBe(true);
  });

  async function goOn(desk: Awaited<ReturnType<typeof openDesk>>, runId: RunId): Promise<string> {
    const resumed = await desk.client.call('run.resume', { runId });
    if (!resumed.ok) {
      if (resumed.error.message.includes('has ended')) {
        await proveRun(desk, runId);
        return 'ended';
      }
      // Nothing was sent to any host yet, and the person is told.
      expect(resumed.error.message).toMatch(/never started|no readable/);
      return 'not started';
    }
    const run = await desk.follow(runId);
    while (run.state().current !== null) await oneStep(run);
    expect((await run.finish()).end?.result).toBe('success-with-deviations');
    return 'resumed';
  }

  async function oneStep(run: Run): Promise<void> {
    const id = run.state().current ?? '';
    if (run.step(id).status.state === 'unknown') {
      must(await run.intent({ kind: 'override', step: id, reason: 'looked at the host' }));
    } else expect(await run.run(id)).toBe('passed');
  }
});
