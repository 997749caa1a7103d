/**
 * Secrets that are given again after a restart, or given wrong at first: another value than before is noticed where it
 * can be, what was recorded before is searched, and the seal says who gave what.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { VarName } from '../../electron/contract/ids.ts';
import { leaks, plant, PLANTED } from '../fixtures/secrets/planted.ts';
import { type Desk, eventually, failureOf, must, openDesk, runbookText } from '../fixtures/runs/desk.ts';
import { type SshdFixture, startSshd } from '../fixtures/sshd/startSshd.ts';

let sshd: SshdFixture;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());

const HEAD = 'parameters:\n  token: { title: Access token, type: secret }';
const TOKEN = 'token' as VarName;
/** With a letter missing: as long as the right one is not. */
const MISTYPED = PLANTED.replace('dor', 'dr');

function step(run: string, mode: string): string {
  return `      - id: leak
        run: |
${run.replace(/^/gm, '          ')}
        risk: read
        mode: ${mode}
        timeout: 10m
        expect: { exit: 0, stdout: { contains: all of it is out } }
`;
}

function leaky(run: string, mode: string): Promise<Desk> {
  return openDesk({ sshd, runbooks: { again: runbookText('again', step(run, mode), HEAD) } });
}

test('a detached command is not taken up with another secret than before, and is with the right one', async () => {
  const planted = await plant();
  const gate = join(planted.dir, 'gate');
  const say = `printf 'a %s b\\n' "$(cat ${planted.secretFile})"`;
  const wait = `while [ ! -e ${gate} ]; do sleep 0.2; done`;
  const desk = await leaky(`${say}\n${wait}\n${say}\necho all of it is out`, 'detached');
  const run = await desk.start('again', { secrets: { [TOKEN]: PLANTED } });
  const { runId } = run;
  const out = () => readFile(join(run.dir, 'outputs', '01-leak.out'), 'utf8');
  must(await run.send('leak'));
  await eventually('the first is out', async () => (await out()).includes('b\r\n') || undefined);
  await desk.close();

  const next = await openDesk({ home: desk.home, sshd });
  const taken = await next.resume(runId);
  await taken.ready();
  must(await next.client.call('run.secret', { runId, name: TOKEN, value: MISTYPED }));
  const unknown = () => taken.of('step.result').filter(({ d }) => d.state === 'unknown');
  const refused = await eventually('it is refused', () =>
    unknown().find(({ d }) => d.reason?.includes('not what is on disk') === true),
  );
  expect(refused.d.reason).toMatch(/a secret that was given again is another one/);
  expect(await out()).toBe('a [secret token] b\r\n');
  const snapshot = must(await next.client.call('run.open', { runId }));
  expect(snapshot.secrets).toEqual([{ name: 'token', title: 'Access token', held: false }]);
  expect(failureOf(await taken.intent({ kind: 'attach', step: 'leak' })).message).toMatch(
    /token must be given again: what is on disk/,
  );

  must(await next.client.call('run.secret', { runId, name: TOKEN, value: PLANTED }));
  await writeFile(gate, '');
  await taken.until('ended', () => taken.of('step.end').length === 1);
  expect(await taken.settled('leak')).toBe('passed');
  expect(await out()).toBe('a [secret token] b\r\na [secret token] b\r\nall of it is out\r\n');
  await taken.finish();
  const sealed = await readFile(join(run.dir, 'run.json'), 'utf8');
  expect(sealed).toMatch(/secret-given-again/);
  const { verdict } = must(await next.client.call('evidence.get', { runId }));
  expect(verdict).toMatchObject({ l1: 'holds', l2: 'holds' });
  expect(verdict.rests.l2.join('\n')).toMatch(
    /searched with 1 secret that Alice Meyer gave again: token\. Whether the values are those of before/,
  );
  expect(await leaks(desk.home)).toEqual([]);
});

test('a run that ended before its secrets were given again says so in its seal and in its report', async () => {
  const planted = await plant();
  const desk = await leaky(planted.command, 'exec');
  const run = await desk.start('again', { secrets: { [TOKEN]: PLANTED } });
  const { runId } = run;
  expect(await run.run('leak')).toBe('passed');
  await desk.close();
  const next = await openDesk({ home: desk.home, sshd });
  const taken = await next.resume(runId);
  await taken.ready();
  must(await taken.intent({ kind: 'finish' }));
  await taken.until('ended', ({ end }) => end !== null);
  expect(must(await next.client.call('evidence.block', { runId }))?.unknown).toEqual(['token']);
  expect(must(await next.client.call('evidence.seal', { runId, secrets: { [TOKEN]: PLANTED } }))).toBeNull();
  const { notes } = JSON.parse(await readFile(join(run.dir, 'run.json'), 'utf8')) as { notes: unknown };
  expect(notes).toEqual([
    {
      kind: 'secret-given-again',
      file: 'journal.jsonl',
      message: expect.stringMatching(
        /^all files were searched with 1 secret that Alice Meyer gave again: token/,
      ),
    },
  ]);
  for (const format of ['html', 'markdown'] as const) {
    const of = { kind: 'run', runId } as const;
    const report = must(await next.client.call('evidence.report', { of, format }));
    const text = Buffer.from(report.base64, 'base64').toString().replaceAll('\\', '');
    expect(text).toMatch(/searched with 1 secret that Alice Meyer gave again/);
  }
  expect(await leaks(desk.home)).toEqual([]);
});

test('a run whose secrets were never forgotten has no such note', async () => {
  const planted = await plant();
  const desk = await leaky(planted.command, 'exec');
  const run = await desk.start('again', { secrets: { [TOKEN]: PLANTED } });
  expect(await run.run('leak')).toBe('passed');
  await run.finish();
  expect(await readFile(join(run.dir, 'run.json'), 'utf8')).toMatch(/"notes":\[\]/);
});

test('what was recorded before the right value was given is searched for it, and keeps the run from its seal', async () => {
  const planted = await plant();
  const desk = await leaky(`cat ${planted.secretFile}; echo; echo all of it is out`, 'exec');
  const run = await desk.start('again', { secrets: { [TOKEN]: MISTYPED } });
  const { runId } = run;
  expect(await run.run('leak')).toBe('passed');
  must(await desk.client.call('run.secret', { runId, name: TOKEN, value: PLANTED }));
  must(await run.intent({ kind: 'finish' }));
  await run.until('ended', ({ end }) => end !== null);
  const block = await eventually(
    'blocked',
    async () => must(await desk.client.call('evidence.block', { runId })) ?? undefined,
  );
  expect(block.findings.map(({ file, rule }) => `${rule} in ${file}`)).toEqual([
    'token in outputs/01-leak.out',
    'token in recordings/01-leak-ops.cast',
  ]);
  expect(failureOf(await desk.client.call('evidence.get', { runId })).message).toMatch(/not sealed/);
});

test('a secret that is too common is refused at the start, with what to do instead', async () => {
  const desk = await leaky('echo all of it is out', 'exec');
  for (const value of ['success', '000000', 'abc']) {
    const request = await desk.request('again', { secrets: { [TOKEN]: value } });
    const failure = failureOf(await desk.client.call('start.run', request));
    expect(failure.message).toMatch(/Access token is too (?:common|short) to be found safely in output/);
    expect(`${failure.message} ${failure.hint ?? ''}`).toMatch(/Let the command read it on the host/);
    expect(JSON.stringify(failure)).not.toContain(value);
  }
});
