/** What a run does when contact goes, cannot be made, or nobody answers a question: on real servers. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Prompt } from '../../../electron/contract/prompts.ts';
import { eventually, must, openDesk, type Run, runbookText } from '../../fixtures/runs/desk.ts';
import { knownAt, startRelay } from '../../fixtures/runs/relay.ts';
import { type SshdFixture, startSshd } from '../../fixtures/sshd/startSshd.ts';

let sshd: SshdFixture;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());

const steps = (run: string) => `      - id: work
        run: ${run}
        risk: reversible
        rerun: safe
        expect: { exit: 0 }
`;

async function known(name: string, text: string): Promise<string> {
  const file = join(sshd.dir, name);
  await writeFile(file, text, { mode: 0o600 });
  return file;
}

function linkOf(run: Run) {
  const [link] = run.links();
  if (link === undefined) throw new Error('no link');
  return link;
}

describe('a link', () => {
  test('comes back by itself, sends nothing again, and proves identity each time', async () => {
    const relay = await startRelay(sshd.port);
    const marker = join(sshd.dir, 'sent');
    const identity = '    identity:\n      - { title: Name, run: echo right, equals: right }';
    const desk = await openDesk({
      sshd,
      port: relay.port,
      knownHosts: await known('known-back', knownAt(sshd.hostKeyLines, [relay.port])),
      runbooks: { back: runbookText('back', steps(`echo x >>${marker}; sleep 60`), '', identity) },
    });
    const run = await desk.start('back');
    await run.ready();
    expect(linkOf(run)).toMatchObject({ engine: 'ssh2' });
    must(await run.send('work'));
    await eventually('it is sent', () => readFile(marker, 'utf8').catch(() => undefined));
    relay.off();
    expect(await run.settled('work')).toBe('unknown');
    expect(run.of('net.lost').at(-1)?.d.side).toBeDefined();
    await eventually('it says when it tries again', () => linkOf(run).retryInMs !== undefined || undefined);
    await eventually('it has tried', () => linkOf(run).state === 'failed' || undefined);
    expect(linkOf(run).failure?.code).toBe('network');
    relay.on();
    await run.ready();
    expect(run.of('host.connect')).toHaveLength(2);
    expect(run.of('host.identity').map(({ d }) => d.ok)).toEqual([true, true]);
    expect(run.of('step.start')).toHaveLength(1);
    expect(await readFile(marker, 'utf8')).toBe('x\n');
    expect(run.of('host.connect').at(-1)?.d).toMatchObject({ engine: 'ssh2' });
    await run.finish();
  });

  test('stops trying when the run is over', async () => {
    const relay = await startRelay(sshd.port);
    relay.off();
    const desk = await openDesk({
      sshd,
      port: relay.port,
      knownHosts: await known('known-over', knownAt(sshd.hostKeyLines, [relay.port])),
      runbooks: { over: runbookText('over', steps('echo a')) },
    });
    const run = await desk.start('over');
    await eventually('it will try again', () => linkOf(run).retryInMs !== undefined || undefined);
    must(await run.intent({ kind: 'abort', reason: 'no way in' }));
    expect(linkOf(run).retryInMs).toBeUndefined();
    await run.until('ended', ({ end }) => end !== null);
  });

  test('is not tried again by itself after a host key that does not fit, or a login that was refused', async () => {
    const other = await startSshd();
    try {
      const place = (line: string) => line.replace(/^\S+/, `[127.0.0.1]:${String(sshd.port)}`);
      const wrong = await known('known-wrong', other.hostKeyLines.map(place).join('\n') + '\n');
      const book = { shut: runbookText('shut', steps('echo a')) };
      const desk = await openDesk({ sshd, knownHosts: wrong, runbooks: book });
      const run = await desk.start('shut');
      await eventually('refused', () => linkOf(run).state === 'failed' || undefined);
      expect(linkOf(run).failure?.code).toBe('trust');
      expect(linkOf(run).retryInMs).toBeUndefined();
      const strange = await openDesk({
        sshd: { ...sshd, clientKeyFile: other.clientKeyFile },
        runbooks: book,
      });
      const second = await strange.start('shut');
      await eventually('refused', () => linkOf(second).state === 'failed' || undefined);
      expect(linkOf(second).failure?.code).toBe('auth');
      expect(linkOf(second).retryInMs).toBeUndefined();
    } finally {
      await other.stop();
    }
  });
});

describe('a question that nobody answers', () => {
  test('is not put again and again', async () => {
    const relay = await startRelay(sshd.port);
    const asked: Prompt[] = [];
    const desk = await openDesk({
      sshd,
      port: relay.port,
      knownHosts: await known('known-nobody', ''),
      runbooks: { ask: runbookText('ask', steps('echo a')) },
    });
    desk.client.onEvent((event) => {
      if (event.type === 'prompts') asked.push(...event.prompts);
    });
    const run = await desk.start('ask');
    await eventually('a question', () => asked.length > 0 || undefined);
    relay.cut();
    await eventually(
      'the question stays or the attempt is over',
      () => linkOf(run).state !== 'connecting' || undefined,
    );
    for (const prompt of asked)
      await desk.client.call('prompt.answer', { id: prompt.id, answer: { kind: 'trust', remember: false } });
    await eventually('the attempt is over', () => linkOf(run).state === 'failed' || undefined);
    expect(linkOf(run).retryInMs).toBeUndefined();
    must(await run.intent({ kind: 'abort', reason: 'enough' }));
  });
});
