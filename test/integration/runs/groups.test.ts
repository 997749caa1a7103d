/** A step on a group of hosts, over real servers: one result and one recording a host, never a silent partial success. */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TargetName } from '../../../electron/contract/ids.ts';
import type { Address } from '../../../electron/contract/plan.ts';
import type { RecordOf } from '../../../electron/contract/records.ts';
import { type Desk, eventually, failureOf, must, openDesk, type Run } from '../../fixtures/runs/desk.ts';
import { knownAt, type Relay, startRelay } from '../../fixtures/runs/relay.ts';
import { type SshdFixture, startSshd } from '../../fixtures/sshd/startSshd.ts';

let sshd: SshdFixture;
beforeAll(async () => {
  sshd = await startSshd({ config: ['MaxStartups 200:30:400', 'MaxSessions 50'] });
});
afterAll(() => sshd.stop());

/** Which member a command runs on: its port, as the server says it to the session. */
function book(id: string, run: string, more = '', expecting = '{ exit: 0 }'): string {
  return `runbook: 1
id: ${id}
title: Test ${id}
version: 1.0.0
kind: maintenance
service: Test
summary: For tests.
roles: [operator, verifier]
targets:
  web: { title: Web servers, group: true }
phases:
  - id: one
    title: One
    steps:
      - id: each
        title: Each
        run: |
${run.replace(/^/gm, '          ')}
        risk: reversible
        expect: ${expecting}
${more.replace(/^/gm, '        ')}
`;
}

interface Fleet {
  readonly members: readonly TargetName[];
  readonly relays: readonly Relay[];
  readonly desk: Desk;
  start(): Promise<Run>;
}

/** A group of `count` members, each behind a port of its own that can be cut. */
async function fleet(
  count: number,
  id: string,
  text: string,
  engine: 'ssh2' | 'openssh' = 'ssh2',
): Promise<Fleet> {
  const relays = await Promise.all(Array.from({ length: count }, () => startRelay(sshd.port)));
  const members = relays.map((_, n) => `web-${String(n + 1).padStart(3, '0')}` as TargetName);
  const knownHosts = join(sshd.dir, `known-${id}`);
  await writeFile(
    knownHosts,
    knownAt(
      sshd.hostKeyLines,
      relays.map((relay) => relay.port),
    ),
  );
  const desk = await openDesk({ sshd, knownHosts, engine, runbooks: { [id]: text } });
  const targets = Object.fromEntries(
    members.map((member, n): [string, Address] => [
      member,
      { kind: 'ssh', host: '127.0.0.1', port: relays[n]?.port ?? 0, user: sshd.user },
    ]),
  );
  return {
    members,
    relays,
    desk,
    start: () => desk.start(id, { targets, groups: { web: members } } as never),
  };
}

function results(run: Run): readonly string[] {
  return run.of('target.result').map(({ d }) => `${d.target} ${d.state}`);
}

function starts(run: Run): readonly RecordOf<'step.start'>['d'][] {
  return run.of('step.start').map(({ d }) => d);
}

describe('a step on a group', () => {
  test('goes to one member after the other, each with files of its own', async () => {
    const { start, members, desk } = await fleet(3, 'serial', book('serial', 'echo "on $$"'));
    const run = await start();
    const preview = must(await desk.client.call('run.preview', { runId: run.runId, step: 'each' as never }));
    expect(preview.members?.map(({ target }) => target)).toEqual(members);
    expect(await run.run('each')).toBe('passed');
    expect(results(run)).toEqual(members.map((member) => `${member} passed`));
    expect(starts(run).map(({ target, group }) => [target, group])).toEqual(
      members.map((member) => [member, 'web']),
    );
    expect(new Set(starts(run).map(({ recording }) => recording)).size).toBe(3);
    expect(starts(run)[1]?.command.file).toBe('outputs/01-each-web-002.cmd');
    expect(run.of('step.result').at(-1)?.d).toMatchObject({ state: 'passed', via: 'targets' });
    // Serial: each ended before the next began.
    const order = run.records.flatMap(({ type }) =>
      type === 'step.start' || type === 'step.end' ? [type] : [],
    );
    expect(order).toEqual(members.flatMap(() => ['step.start', 'step.end']));
    expect((await run.finish()).end?.result).toBe('success');
  });

  test('stops at the canary that fails, and sends again only to those that have not passed', async () => {
    const { start, members } = await fleet(
      4,
      'canary',
      book('canary', `test -e ${sshd.dir}/ready`, 'rerun: safe\nacross: { order: canary, limit: 3 }'),
    );
    const run = await start();
    expect(await run.run('each')).toBe('failed');
    expect(results(run)).toEqual([
      'web-001 failed',
      ...members.slice(1).map((member) => `${member} not-run`),
    ]);
    await writeFile(join(sshd.dir, 'ready'), '');
    must(await run.intent({ kind: 'retry', step: 'each', reason: 'made ready' }));
    expect(await run.run('each')).toBe('passed');
    expect(starts(run).map(({ target }) => target)[1]).toBe('web-001');
    expect(starts(run)).toHaveLength(5);
    expect((await run.finish()).end?.result).toBe('success-with-deviations');
  });

  test('goes on past a member that cannot be reached when it may, and does not call it a success', async () => {
    const { start, relays } = await fleet(
      3,
      'dark',
      book('dark', 'echo here', 'rerun: safe\nacross: { order: parallel, on-failure: go-on }'),
    );
    relays[1]?.off();
    const run = await start();
    expect(await run.run('each')).toBe('failed');
    expect([...results(run)].sort()).toEqual(['web-001 passed', 'web-002 not-run', 'web-003 passed']);
    const dark = run.of('target.result').find(({ d }) => d.target === 'web-002');
    expect(dark?.d.reason).toContain('nothing was sent');
    expect(run.of('step.result').at(-1)?.d.reason).toContain('2 of 3 passed');
    relays[1]?.on();
    must(await run.intent({ kind: 'retry', step: 'each', reason: 'the link is back' }));
    expect(await run.run('each')).toBe('passed');
    expect(
      starts(run)
        .map(({ target }) => target)
        .at(-1),
    ).toBe('web-002');
    await run.finish();
  });

  test.each(['ssh2', 'openssh'] as const)(
    'knows nothing of a member whose contact was lost, and the others go on, %s',
    async (engine) => {
      const go = join(sshd.dir, `lost-${engine}.go`);
      const { start, relays } = await fleet(
        3,
        'lost',
        book(
          'lost',
          `while [ ! -e ${go} ]; do sleep 0.05; done; echo went on`,
          'rerun: never\nacross: { order: parallel, on-failure: go-on }',
          '{ stdout: { contains: went on } }',
        ),
        engine,
      );
      const run = await start();
      must(await run.send('each'));
      await eventually('all are under way', () => starts(run).length === 3 || undefined);
      relays[2]?.off();
      await eventually('one is lost', () => results(run).includes('web-003 unknown') || undefined);
      expect(run.step('each').status.state).toBe('running');
      await writeFile(go, '');
      expect(await run.settled('each')).toBe('unknown');
      expect([...results(run)].sort()).toEqual(['web-001 passed', 'web-002 passed', 'web-003 unknown']);
      expect(run.of('net.lost').map(({ d }) => d.target)).toEqual(['web-003']);
      expect(failureOf(await run.send('each')).message).toContain('unknown');
      await run.finish();
    },
  );

  test('runs detached on each member once, is taken up where contact was lost, and passes only on all', async () => {
    const count = join(sshd.dir, 'apart-count');
    const go = join(sshd.dir, 'apart.go');
    const { start, relays } = await fleet(
      3,
      'apart',
      book(
        'apart',
        `echo ran >>${count}; echo begun; while [ ! -e ${go} ]; do sleep 0.1; done; echo went on`,
        'mode: detached\nacross: { order: parallel, on-failure: go-on }',
        '{ exit: 0, stdout: { contains: went on } }',
      ),
    );
    const run = await start();
    must(await run.send('each'));
    const ran = async () => (await readFile(count, 'utf8').catch(() => '')).split('\n').length - 1;
    await eventually('all have begun', async () => (await ran()) === 3 || undefined);
    expect(new Set(starts(run).map(({ job }) => job)).size).toBe(3);
    relays[1]?.off();
    await eventually('one is lost', () => results(run).includes('web-002 unknown') || undefined);
    expect(run.step('each').status.state).toBe('running');
    relays[1]?.on();
    await eventually('it is taken up again', () => run.of('step.attach').length > 0 || undefined);
    expect(run.of('step.attach').map(({ d }) => d.attempt)).toEqual([
      starts(run).findIndex(({ target }) => target === 'web-002') + 1,
    ]);
    await writeFile(go, '');
    expect(await run.settled('each')).toBe('passed');
    expect(await ran()).toBe(3);
    expect(run.of('step.start')).toHaveLength(3);
    expect(run.of('step.end')).toHaveLength(3);
    for (const { d } of run.of('step.end'))
      expect(await readFile(join(run.dir, d.stdout?.file ?? ''), 'utf8')).toBe('begun\r\nwent on\r\n');
    await run.finish();
    const left = (await readdir('/var/tmp')).filter((name) => name.includes(run.runId));
    expect(left).toEqual([]);
  });

  test('is interrupted on one member or on all, and then starts no more', async () => {
    const up = join(sshd.dir, 'stop.up');
    await rm(up, { force: true });
    const { start } = await fleet(
      4,
      'stop',
      book(
        'stop',
        `sh -c 'echo up >>${up}; exec sleep 600'`,
        'timeout: 20m\nacross: { order: parallel, limit: 2, on-failure: go-on }',
      ),
    );
    const run = await start();
    must(await run.send('each'));
    // Not only sent: a shell may lose a signal that comes while it starts a command.
    const ups = async () => (await readFile(up, 'utf8').catch(() => '')).split('\n').length - 1;
    await eventually('two are under way', async () => (await ups()) === 2 || undefined);
    must(await run.intent({ kind: 'signal', step: 'each', signal: 'TERM', target: 'web-001' }));
    await eventually('the third is under way', async () => (await ups()) === 3 || undefined);
    expect(starts(run)).toHaveLength(3);
    expect(results(run)).toEqual(['web-001 failed']);
    must(await run.intent({ kind: 'signal', step: 'each', signal: 'KILL' }));
    expect(await run.settled('each')).toBe('failed');
    expect([...results(run)].sort()).toEqual([
      'web-001 failed',
      'web-002 failed',
      'web-003 failed',
      'web-004 not-run',
    ]);
    await run.finish();
  });

  test('is refused once, not once a member, when what was seen is not what would be sent', async () => {
    const { start } = await fleet(2, 'seen', book('seen', 'echo here'));
    const run = await start();
    const refused = failureOf(await run.send('each', { seen: 'f'.repeat(64) }));
    expect(refused.message).toContain('changed since it was shown');
    expect(results(run)).toEqual([]);
    await run.finish();
  });

  test('is refused when it would reach the same host twice, or nobody', async () => {
    const { desk, members } = await fleet(1, 'twice', book('twice', 'echo here'));
    const there: Address = { kind: 'ssh', host: '127.0.0.1', port: sshd.port, user: sshd.user };
    const request = await desk.request('twice', {
      groups: { web: ['a', 'b', 'a'] },
      targets: { a: there, b: there },
    } as never);
    const { problems } = must(await desk.client.call('start.check', request));
    expect(problems.map(({ message }) => message)).toEqual([
      `a and b are the same host: ${sshd.user}@127.0.0.1:${String(sshd.port)}.`,
      'a stands there twice.',
    ]);
    expect(
      must(await desk.client.call('start.check', await desk.request('twice', { targets: {} }))).problems[0],
    ).toMatchObject({ field: 'groups.web' });
    expect(members).toHaveLength(1);
  });
});

describe('a hundred hosts at once', () => {
  test('give a hundred results and a hundred recordings', async ({ annotate }) => {
    const count = 100;
    const { start, members } = await fleet(
      count,
      'hundred',
      book(
        'hundred',
        `while [ ! -e ${sshd.dir}/hundred.go ]; do sleep 0.2; done; seq 1 200`,
        `across: { order: parallel, limit: ${String(count)}, on-failure: go-on }\ntimeout: 5m`,
        '{ exit: 0, stdout: { lines: { equals: 200 } } }',
      ),
    );
    const run = await start();
    const before = process.memoryUsage();
    must(await run.send('each'));
    await eventually('all are under way', () => starts(run).length === count || undefined);
    const during = process.memoryUsage();
    await writeFile(join(sshd.dir, 'hundred.go'), '');
    await run.until('an outcome', () => run.step('each').status.state !== 'running');
    expect(run.step('each').status.state).toBe('passed');
    expect(results(run)).toHaveLength(count);
    expect(new Set(results(run))).toEqual(new Set(members.map((member) => `${member} passed`)));
    const last = run.of('step.end').at(-1)?.d.stdout?.file ?? '';
    expect((await readFile(join(run.dir, last), 'utf8')).split('\n')).toHaveLength(201);
    const each = (now: number, then: number) => `${((now - then) / count / 1024).toFixed(0)} KiB`;
    await annotate(
      `memory a session, ${String(count)} at once: rss ${each(during.rss, before.rss)}, heap ${each(during.heapUsed, before.heapUsed)}, external ${each(during.external, before.external)}`,
    );
    await run.finish();
  });
});
