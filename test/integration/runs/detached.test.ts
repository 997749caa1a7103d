/** Detached commands over a link that drops: taken up again by themselves, complete to the byte, run once. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../../electron/host/files/hash.ts';
import {
  attachTerminal,
  type Desk,
  eventually,
  failureOf,
  must,
  openDesk,
  runbookText,
} from '../../fixtures/runs/desk.ts';
import { knownAt, type Relay, startRelay } from '../../fixtures/runs/relay.ts';
import { type SshdFixture, startSshd } from '../../fixtures/sshd/startSshd.ts';

let sshd: SshdFixture;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());

/** Seconds the long command takes; the requirement says 60, the suite makes it shorter. */
const SECONDS = Number(process.env['HOLDPOINT_DETACHED_SECONDS'] ?? 12);

function step(id: string, run: string, more = 'expect: { exit: 0 }'): string {
  return `      - id: ${id}
        title: ${id}
        run: |
${run.replace(/^/gm, '          ')}
        mode: detached
        risk: irreversible
${more.replace(/^/gm, '        ')}
`;
}

async function throughRelay(
  id: string,
  steps: string,
  engine: 'ssh2' | 'openssh' = 'ssh2',
): Promise<{ readonly desk: Desk; readonly relay: Relay }> {
  const relay = await startRelay(sshd.port);
  const knownHosts = join(sshd.dir, `known-${id}`);
  await writeFile(knownHosts, knownAt(sshd.hostKeyLines, [relay.port]));
  const desk = await openDesk({
    sshd,
    knownHosts,
    port: relay.port,
    engine,
    runbooks: { [id]: runbookText(id, steps) },
  });
  return { desk, relay };
}

/** What a command of `n` lines writes, through a terminal. */
function lines(n: number): string {
  return Array.from({ length: n }, (_, i) => `line ${String(i + 1)}\r\n`).join('');
}

/** Lines of the command's own that a screen has shown. */
function linesIn(screen: string): number {
  return [...screen.matchAll(/line \d+\r\n/g)].length;
}

describe('a detached command', () => {
  test('passes on what was seen, through a terminal, and leaves nothing on the host', async () => {
    const { desk } = await throughRelay(
      'plain',
      step(
        'work',
        'test -t 1 && echo on a terminal; echo done',
        'expect: { exit: 0, stdout: { contains: on a terminal } }',
      ),
    );
    const run = await desk.start('plain');
    expect(await run.run('work')).toBe('passed');
    const start = run.of('step.start')[0]?.d;
    expect(start?.mode).toBe('detached');
    expect(start?.job).toContain(run.runId);
    expect(run.of('step.attach')).toEqual([]);
    expect((await run.finish()).end?.result).toBe('success');
  });

  test('fails with its own exit status', async () => {
    const { desk } = await throughRelay('exits', step('work', 'echo out; exit 7'));
    const run = await desk.start('exits');
    expect(await run.run('work')).toBe('failed');
    expect(run.of('step.end')[0]?.d.end).toEqual({ how: 'exit', code: 7 });
    await run.finish();
  });

  test('is followed over three lost connections, byte for byte, and runs once', async () => {
    const count = join(sshd.dir, 'three-count');
    const { desk, relay } = await throughRelay(
      'three',
      step(
        'work',
        `echo ran >>${count}
for i in $(seq 1 ${String(SECONDS * 5)}); do echo "line $i"; sleep 0.2; done
exit 3`,
        `expect: { exit: 3, stdout: { contains: "line ${String(SECONDS * 5)}" } }\ntimeout: 10m`,
      ),
    );
    const run = await desk.start('three');
    const page = await attachTerminal(desk, run);
    must(await run.send('work'));
    for (let cut = 1; cut <= 3; cut += 1) {
      const seen = linesIn(page.text());
      await eventually('more output', () => linesIn(page.text()) > seen + 2 || undefined);
      relay.cut();
      await eventually('the loss is on record', () => run.of('net.lost').length === cut || undefined);
      await eventually(
        'it is unknown',
        () => run.of('step.result').filter(({ d }) => d.state === 'unknown').length === cut || undefined,
      );
      await eventually('it is taken up again', () => run.of('step.attach').length === cut || undefined);
    }
    await run.until('ended', () => run.of('step.end').length === 1, (SECONDS + 30) * 1000);
    expect(await run.settled('work')).toBe('passed');
    const [end] = run.of('step.end');
    expect(end?.d.end).toEqual({ how: 'exit', code: 3 });
    const output = await readFile(join(run.dir, end?.d.stdout?.file ?? ''), 'utf8');
    expect(output).toBe(lines(SECONDS * 5));
    expect(end?.d.stdout?.sha256).toBe(sha256(output));
    expect(await readFile(count, 'utf8')).toBe('ran\n');
    expect(run.of('step.start')).toHaveLength(1);
    // Each taking up says from where: never past what is on record.
    const from = run.of('step.attach').map(({ d }) => d.fromByte);
    expect([...from].sort((a, b) => a - b)).toEqual(from);
    expect((await run.finish()).end?.result).not.toBe('failed');
  });

  test('is taken up on request, is never started again, and answers what it asks', async () => {
    const { desk, relay } = await throughRelay(
      'asks',
      step(
        'work',
        'printf "go %s? " on; read answer; echo "said $answer"',
        'expect: { stdout: { contains: said yes } }',
      ),
    );
    const run = await desk.start('asks');
    const page = await attachTerminal(desk, run);
    must(await run.send('work'));
    await eventually('it asks', () => page.text().includes('go on?') || undefined);
    relay.off();
    expect(await run.settled('work')).toBe('unknown');
    expect(failureOf(await run.intent({ kind: 'attach', step: 'work' })).code).toBe('network');
    await eventually(
      'it is tried again by itself',
      () => run.links()[0]?.retryInMs !== undefined || undefined,
    );
    relay.on();
    must(await run.intent({ kind: 'connect', target: 'ops' }));
    await eventually('it is taken up', () => run.of('step.attach').length === 1 || undefined);
    await page.type('yes\r');
    expect(await run.settled('work')).toBe('passed');
    await run.finish();
  });

  test('has the pane to itself while it is followed: no shell is opened, and what is typed is for the command', async () => {
    const { desk, relay } = await throughRelay(
      'pane',
      step(
        'work',
        'printf "go %s? " on; read answer; echo "said $answer"; printf "and %s? " then; read last; echo "end $last"',
        'expect: { stdout: { contains: end now } }',
      ),
    );
    const run = await desk.start('pane');
    const page = await attachTerminal(desk, run);
    await run.ready();
    const shells = async () =>
      (await readdir(join(run.dir, 'recordings'))).filter((name) => name.startsWith('shell-')).length;
    await eventually('the live shell is there', async () => (await shells()) === 1 || undefined);
    must(await run.send('work'));
    await eventually('it asks', () => page.text().includes('go on?') || undefined);
    relay.off();
    expect(await run.settled('work')).toBe('unknown');
    await page.type('lost');
    await eventually('it is said', () => page.text().includes('No contact with ops') || undefined);
    relay.on();
    must(await run.intent({ kind: 'connect', target: 'ops' }));
    // Whether it is followed already or is just being taken up: what is typed now is the command's.
    await page.type('yes\r');
    await eventually('it has the answer', () => page.text().includes('said yes') || undefined);
    await eventually('it asks again', () => page.text().includes('and then?') || undefined);
    expect(await shells()).toBe(1);
    await page.type('now\r');
    expect(await run.settled('work')).toBe('passed');
    expect(run.of('deviation')).toEqual([]);
    await eventually('there is a live shell again', async () => (await shells()) === 2 || undefined);
    await page.type('echo live$((1+1))\r');
    await eventually('it answers', () => page.text().includes('live2') || undefined);
    await run.until('a deviation', (state) => state.deviations.length === 1);
    await run.finish();
  });

  test('goes on while the app is closed, and is taken up when the run is', async () => {
    const { desk } = await throughRelay(
      'closed',
      step(
        'work',
        'for i in $(seq 1 20); do echo "line $i"; sleep 0.2; done',
        'expect: { exit: 0, stdout: { contains: line 20 } }',
      ),
    );
    const first = await desk.start('closed');
    const page = await attachTerminal(desk, first);
    must(await first.send('work'));
    await eventually('output', () => page.text().includes('line 3\r\n') || undefined);
    const { home, host, client } = desk;
    client.close();
    await host.close();
    const again = await openDesk({
      home,
      sshd,
      knownHosts: join(sshd.dir, 'known-closed'),
    });
    const run = await again.resume(first.runId);
    await run.until('an end', () => run.of('step.end').length === 1);
    expect(await run.settled('work')).toBe('passed');
    const end = run.of('step.end')[0]?.d;
    expect(await readFile(join(run.dir, end?.stdout?.file ?? ''), 'utf8')).toBe(lines(20));
    expect(run.of('step.start')).toHaveLength(1);
    await run.finish();
  });

  test('is interrupted when its time since the first start is over', async () => {
    const { desk, relay } = await throughRelay(
      'late',
      step('work', 'printf "be%s\\n" gun; sleep 60', 'expect: { exit: 0 }\ntimeout: 3s'),
    );
    const run = await desk.start('late');
    const page = await attachTerminal(desk, run);
    must(await run.send('work'));
    await eventually('begun', () => page.text().includes('begun') || undefined);
    relay.cut();
    await eventually('it is taken up', () => run.of('step.attach').length === 1 || undefined);
    await run.until('ended', () => run.of('step.end').length === 1);
    expect(await run.settled('work')).toBe('failed');
    expect(run.of('check').at(-1)?.d).toMatchObject({ name: 'time limit', ok: false });
    await run.finish();
  });
});
