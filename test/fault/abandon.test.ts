/** Runs that were killed and that nobody takes up again: visible until somebody closes them, and then sealed evidence. */
import { spawn } from 'node:child_process';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { RunId } from '../../electron/contract/ids.ts';
import { acquireLock } from '../../electron/host/runs/lock.ts';
import { runCli } from '../fixtures/platform/runCli.ts';
import {
  APP_DIR,
  type Desk,
  deskFolder,
  eventually,
  failureOf,
  must,
  openDesk,
  proveFolder,
  proveRun,
  lintedRunbookText,
} from '../fixtures/runs/desk.ts';
import { readdir, readFile } from 'node:fs/promises';
import { type SshdFixture, startSshd } from '../fixtures/sshd/startSshd.ts';

let sshd: SshdFixture;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());

const STEPS = (marker: string) => `      - id: before
        run: echo before
        risk: read
        expect: { exit: 0 }
      - id: change
        run: echo sent >>${marker}; sleep 30
        risk: disruptive
        rerun: never
        expect: { exit: 0 }
`;

/** A run whose app was killed while its second step ran. */
async function killedRun(name: string): Promise<{ readonly home: string; readonly runId: RunId }> {
  const home = await deskFolder();
  const marker = join(sshd.dir, name);
  await writeFile(
    join(home, 'data', 'runbooks', 'crash.runbook.yaml'),
    lintedRunbookText('crash', STEPS(marker)),
  );
  await writeFile(
    join(home, 'answers.yaml'),
    'operator: { name: Alice Meyer, principal: alice@example.com }\nchange: { ticket: CHG-1, reason: Test }\n',
  );
  const target = `ops=${sshd.user}@${sshd.host}:${String(sshd.port)}`;
  const child = spawn(
    process.execPath,
    [
      join(APP_DIR, 'dist', 'cli.mjs'),
      ...['run', 'crash', '--target', target, '--answers', join(home, 'answers.yaml')],
      ...['--known-hosts', sshd.knownHostsFile, '--identity', sshd.clientKeyFile],
    ],
    { env: { ...process.env, HOLDPOINT_HOME: home }, stdio: 'ignore' },
  );
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  await eventually('the command has begun', () => readFile(marker, 'utf8').catch(() => undefined));
  child.kill('SIGKILL');
  await gone;
  const [runId] = await readdir(join(home, 'data', 'runs'));
  return { home, runId: runId as RunId };
}

const ledgerOf = async (desk: Desk) => must(await desk.client.call('ledger.view', {}));
const told = async (desk: Desk) => (await ledgerOf(desk)).findings.map(({ id }) => id);
const abandon = (desk: Desk, runId: RunId, reason = 'the host is being rebuilt') =>
  desk.client.call('run.abandon', { runId, reason });

describe('a run that was killed', () => {
  test('stays as it is until somebody gives it up; then it is crashed, sealed, and the ledger is whole', async () => {
    const { home, runId } = await killedRun('given-up');
    const desk = await openDesk({ sshd, home });
    // Nothing is closed behind anybody's back: whoever comes back may still take it up.
    expect(must(await desk.client.call('run.list', {}))).toMatchObject([{ runId, status: 'interrupted' }]);
    expect(await told(desk)).toEqual(['ledger.unsealed']);
    must(await abandon(desk, runId));
    const records = await proveFolder(desk.runDir(runId));
    expect(records.map(({ type }) => type)).toContain('run.recovered');
    expect(records.at(-2)?.type).toBe('recording.close');
    expect(
      records.find((record) => record.type === 'step.result' && record.d.step === 'change'),
    ).toMatchObject({
      d: { state: 'unknown', via: 'recovered' },
    });
    expect(records.at(-1)).toMatchObject({
      type: 'run.end',
      d: { result: 'crashed', reason: 'Alice Meyer: the host is being rebuilt' },
    });
    expect(await told(desk)).toEqual([]);
    expect((await ledgerOf(desk)).entries.at(-1)).toMatchObject({ type: 'seal', runId, result: 'crashed' });
    expect(must(await desk.client.call('run.list', {}))).toMatchObject([{ runId, status: 'ended' }]);
    expect(failureOf(await abandon(desk, runId)).message).toContain('ended');
    await proveRun(desk, runId);
  });

  test('is closed by the command line, which says what it did', async () => {
    const { home, runId } = await killedRun('by-cli');
    expect(await runCli(home, ['abandon', runId])).toMatchObject({ code: 2 });
    expect(await runCli(home, ['ledger'])).toMatchObject({ code: 1 });
    const closed = await runCli(home, ['abandon', runId, '--reason', 'nobody goes on with it']);
    expect(closed).toMatchObject({ code: 0, stdout: `${runId} is closed.\n` });
    const ledger = await runCli(home, ['ledger', '--json']);
    expect(ledger.code).toBe(0);
    expect(JSON.parse(ledger.stdout)).toMatchObject({
      findings: [],
      entries: [
        { type: 'open', runId },
        { type: 'seal', runId, result: 'crashed' },
      ],
    });
    const exported = await runCli(home, ['ledger', '--export', join(home, 'out')]);
    expect(exported.code).toBe(0);
    expect((await readFile(exported.stdout.trim())).subarray(0, 2).toString()).toBe('PK');
  });

  test('whose folder is damaged is given up in the ledger, and nothing in the folder is touched', async () => {
    const { home, runId } = await killedRun('damaged');
    const desk = await openDesk({ sshd, home });
    const journal = join(desk.runDir(runId), 'journal.jsonl');
    const text = (await readFile(journal, 'utf8')).replace('"before"', '"beyond"');
    await writeFile(journal, text);
    must(await abandon(desk, runId));
    expect(await readFile(journal, 'utf8')).toBe(text);
    const { entries, findings } = await ledgerOf(desk);
    expect(findings).toEqual([]);
    expect(entries.at(-1)).toMatchObject({
      type: 'abandon',
      runId,
      reason: 'Alice Meyer: the host is being rebuilt (its folder is damaged)',
    });
    expect(failureOf(await abandon(desk, runId)).message).toContain('given up');
  });

  test('whose folder is gone, or that never began, is given up in the ledger', async () => {
    const first = await killedRun('folder-gone');
    const desk = await openDesk({ sshd, home: first.home });
    await rename(desk.runDir(first.runId), join(first.home, 'elsewhere'));
    must(await abandon(desk, first.runId));
    expect((await ledgerOf(desk)).entries.at(-1)?.reason).toContain('its folder cannot be read');

    const second = await killedRun('never-began');
    const other = await openDesk({ sshd, home: second.home });
    await writeFile(join(other.runDir(second.runId), 'journal.jsonl'), '');
    must(await abandon(other, second.runId));
    expect((await ledgerOf(other)).entries.at(-1)?.reason).toContain('it never began');
  });
});

describe('giving up', () => {
  test('is refused for a run that is open, here or elsewhere, and for one that never was', async () => {
    const { home, runId } = await killedRun('held');
    const desk = await openDesk({ sshd, home });
    const lock = must(await acquireLock(desk.runDir(runId)));
    expect(failureOf(await abandon(desk, runId))).toMatchObject({ code: 'locked' });
    await lock.release();
    const run = await desk.resume(runId);
    const before = run.records.length;
    expect(failureOf(await abandon(desk, runId))).toMatchObject({ code: 'refused' });
    expect(run.records).toHaveLength(before);
    expect(failureOf(await abandon(desk, '20200101T000000Z-abcdef' as RunId))).toMatchObject({
      code: 'not-found',
    });
    expect(failureOf(await abandon(desk, runId, 'x')).code).toBe('bad-request');
  });

  test('closes the run also when it cannot be sealed now; the seal follows when it can', async () => {
    const { home, runId } = await killedRun('no-key');
    const desk = await openDesk({ sshd, home });
    const key = join(home, 'config', 'keys', 'device.key');
    const bytes = await readFile(key);
    await writeFile(key, 'broken');
    const refused = failureOf(await abandon(desk, runId));
    expect(refused.kept).toContain('closed as crashed');
    expect(await told(desk)).toEqual(['ledger.unsealed']);
    await rm(key);
    await writeFile(key, bytes);
    must(await desk.client.call('evidence.get', { runId }));
    expect(await told(desk)).toEqual([]);
  });
});
