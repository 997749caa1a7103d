/** Witnesses on hosts, over real servers: heads go into the log of hosts that allow it, at phase ends and at the end. */
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { JournalRecord } from '../../../electron/contract/records.ts';
import { parseAnchors } from '../../../electron/domain/verify/anchorLog.ts';
import { type Desk, eventually, must, openDesk, proveFolder, type Run } from '../../fixtures/runs/desk.ts';
import { type SshdFixture, startSshd } from '../../fixtures/sshd/startSshd.ts';

let sshd: SshdFixture;
let log: string;
let logger: string;
beforeAll(async () => {
  sshd = await startSshd();
  log = join(sshd.dir, 'syslog');
  logger = join(sshd.dir, 'bin', 'logger');
  await mkdir(join(sshd.dir, 'bin'));
  await writeFile(join(sshd.dir, 'home', '.bashrc'), `PATH=${join(sshd.dir, 'bin')}:$PATH\n`);
});
afterAll(() => sshd.stop());
beforeEach(async () => {
  await rm(log, { force: true });
  await writeFile(logger, `#!/bin/sh\necho "host $*" >>${log}\n`);
  await chmod(logger, 0o755);
});

interface BookOptions {
  readonly anchor?: boolean;
  readonly policy?: boolean;
}

function book(options: BookOptions = {}): string {
  const step = (id: string) => `      - id: ${id}
        title: ${id}
        run: echo ${id}
        risk: read
        expect: { exit: 0 }
`;
  return `runbook: 1
id: anchored
title: Anchored
version: 1.0.0
kind: maintenance
service: Test
summary: For tests.
roles: [operator]
${options.policy === false ? '' : 'policy: { anchors: logger }'}
targets:
  ops: { title: Host${options.anchor === false ? '' : ', anchor: true'} }
phases:
  - id: one
    title: One
    steps:
${step('first')}${step('second')}
  - id: two
    title: Two
    steps:
${step('third')}`;
}

async function started(desk: Desk): Promise<Run> {
  const run = await desk.start('anchored');
  await run.ready();
  return run;
}

/** Ends it where no host has taken a head: the bundle says so, and nothing else is wrong with it. */
async function finishUnwitnessed(desk: Desk, run: Run, findings = ['anchor.missing']): Promise<void> {
  must(
    await run.intent(
      run.state().current === null ? { kind: 'finish' } : { kind: 'abort', reason: 'end of the test' },
    ),
  );
  await run.until('ended', ({ end }) => end !== null);
  await proveFolder(run.dir);
  const { runId } = run;
  const { verdict } = must(await desk.client.call('evidence.sign', { runId }));
  expect(verdict.findings.map(({ id }) => id)).toEqual(findings);
  expect(verdict).toMatchObject({ l1: 'holds', l2: 'holds' });
}

const logged = async () => parseAnchors(await readFile(log, 'utf8').catch(() => ''));
const anchorsOf = (run: Run) => run.of('anchor.emit').map(({ d }) => d);
const sequence = (records: readonly JournalRecord[]) =>
  records.flatMap((record) => {
    if (record.type === 'anchor.emit') return ['anchor'];
    if (record.type === 'step.start') return [`start ${record.d.step}`];
    if (record.type === 'step.result') return [`end ${record.d.step}`];
    return record.type === 'run.end' ? ['run.end'] : [];
  });

describe.each(['ssh2', 'openssh'] as const)('anchors over %s', (engine) => {
  test('are written at the end of each phase and of the run, and are heads of this journal', async () => {
    const desk = await openDesk({ sshd, engine, runbooks: { anchored: book() } });
    const run = await started(desk);
    await run.run('first');
    await run.run('second');
    await run.run('third');
    await run.finish();
    expect(sequence(run.records)).toEqual([
      'start first',
      'end first',
      'start second',
      'end second',
      'anchor',
      'start third',
      'end third',
      'anchor',
      'anchor',
      'run.end',
    ]);
    const lines = await logged();
    expect(lines.map(({ seq, head, runId }) => ({ seq, head, runId }))).toEqual(
      anchorsOf(run).map(({ seq, head }) => ({ seq, head, runId: run.runId })),
    );
    expect(anchorsOf(run).every(({ ok, target }) => ok && target === 'ops')).toBe(true);
    // A head belongs to the record whose line it is the hash of: the one that the next record cites.
    for (const { seq, head } of anchorsOf(run)) expect(run.records[seq + 1]?._prev).toBe(head);
    expect(await readFile(log, 'utf8')).toMatch(/^host -t holdpoint-evidence run=/);
  });
});

describe('anchors', () => {
  test.each<[string, BookOptions, readonly string[]]>([
    ['neither runbook nor inventory allow it', { anchor: false }, ['anchor.missing']],
    ['the policy does not ask for them', { policy: false }, []],
  ])('are not written when %s', async (_why, options, findings) => {
    const desk = await openDesk({ sshd, runbooks: { anchored: book(options) } });
    const run = await started(desk);
    for (const id of ['first', 'second', 'third']) await run.run(id);
    await finishUnwitnessed(desk, run, [...findings]);
    expect(anchorsOf(run)).toEqual([]);
    expect(await logged()).toEqual([]);
  });

  test('are written when the inventory alone allows it, and the site asks for them', async () => {
    const desk = await openDesk({ sshd, runbooks: { anchored: book({ anchor: false, policy: false }) } });
    must(await desk.client.call('desk.update-settings', { policy: { anchors: 'logger' } }));
    const address = { kind: 'ssh', host: sshd.host, port: sshd.port, user: sshd.user, anchor: true } as const;
    const run = await desk.start('anchored', { targets: { ops: address } } as never);
    await run.ready();
    await run.run('first');
    await run.finish();
    expect(anchorsOf(run)).toMatchObject([{ target: 'ops', ok: true }]);
    expect(await logged()).toHaveLength(1);
  });

  test('that a host refuses are on record as such, with its words, and the run goes on', async () => {
    await writeFile(logger, `#!/bin/sh\nprintf 'socket /dev/log: \\033[2Jno such file\\n' >&2\nexit 1\n`);
    const desk = await openDesk({ sshd, runbooks: { anchored: book() } });
    const run = await started(desk);
    for (const id of ['first', 'second', 'third']) expect(await run.run(id)).toBe('passed');
    await finishUnwitnessed(desk, run);
    expect(run.state().end?.result).toBe('success');
    expect(anchorsOf(run)).toHaveLength(3);
    for (const { ok, detail } of anchorsOf(run)) {
      expect(ok).toBe(false);
      expect(detail).toBe('exit 1: socket /dev/log: [2Jno such file');
    }
  });

  test('that hang are given up on: the next command waits for seconds, not for ever, and is not sent beside them', async () => {
    const mark = join(sshd.dir, 'hanging');
    await writeFile(logger, `#!/bin/sh\necho on >${mark}\nsleep 60\n`);
    const desk = await openDesk({ sshd, runbooks: { anchored: book() } });
    const run = await started(desk);
    await run.run('first');
    await run.run('second');
    await eventually('the logger hangs', () => readFile(mark, 'utf8').catch(() => undefined));
    expect(await run.run('third')).toBe('passed');
    await finishUnwitnessed(desk, run);
    expect(sequence(run.records).indexOf('anchor')).toBeLessThan(
      sequence(run.records).indexOf('start third'),
    );
    expect(anchorsOf(run).map(({ ok, detail }) => ({ ok, detail }))).toEqual(
      Array.from({ length: 3 }, () => ({ ok: false, detail: 'no answer within 3 s' })),
    );
  });

  test('of a host that is not connected any more are on record as not written', async () => {
    const desk = await openDesk({ sshd, runbooks: { anchored: book() } });
    const run = await started(desk);
    await run.run('first');
    await sshd.killSessions();
    await eventually('contact is lost', () => run.of('net.lost').length > 0 || undefined);
    must(await run.intent({ kind: 'skip', step: 'second', reason: 'the host is gone' }));
    must(await run.intent({ kind: 'abort', reason: 'end of the test' }));
    await run.until('ended', ({ end }) => end !== null);
    const told = anchorsOf(run);
    expect(told.length).toBeGreaterThan(0);
    // It may have come back by itself in between; what was not written is never said to be.
    expect(await logged()).toHaveLength(told.filter(({ ok }) => ok).length);
    expect(told.every(({ ok, detail }) => ok || detail !== undefined)).toBe(true);
  });
});

test('the rehearsal host keeps them with its platform, not in the log of this computer', async () => {
  const desk = await openDesk({ runbooks: { anchored: book() } });
  must(await desk.client.call('desk.update-settings', { policyInRehearsals: true }));
  const run = await started(desk);
  for (const id of ['first', 'second']) expect(await run.run(id)).toBe('passed');
  await eventually('an anchor is on record', () => anchorsOf(run).length > 0 || undefined);
  expect(anchorsOf(run)).toMatchObject([{ ok: true, target: 'ops' }]);
  await run.finish();
  expect(anchorsOf(run)).toHaveLength(2);
});
