/**
 * A secret that a host prints in every form is in no file of the desk and in no bundle, searched byte-wise; where that
 * cannot be promised the run is not sealed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Arg } from '../../electron/contract/calls.ts';
import type { RunId, VarName } from '../../electron/contract/ids.ts';
import { leaks, plant, type Planted, PLANTED, plantSlowly } from '../fixtures/secrets/planted.ts';
import {
  APP_DIR,
  attachTerminal,
  deskFolder,
  type Desk,
  eventually,
  failureOf,
  must,
  openDesk,
  type Run,
  lintedRunbookText,
  runbookText,
} from '../fixtures/runs/desk.ts';
import { knownAt, startRelay } from '../fixtures/runs/relay.ts';
import { type SshdFixture, startSshd } from '../fixtures/sshd/startSshd.ts';

let sshd: SshdFixture;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());

const HEAD = 'parameters:\n  token: { title: Access token, type: secret }';
const TOKEN = 'token' as VarName;
const given = (value = PLANTED): Partial<Arg<'start.run'>> => ({ secrets: { [TOKEN]: value } });

function step(id: string, run: string, more = ''): string {
  return `      - id: ${id}
        run: |
${run.replace(/^/gm, '          ')}
        risk: read
        timeout: 10m
        expect: { exit: 0, stdout: { contains: all of it is out } }
${more.replace(/^(?=.)/gm, '        ')}
`;
}

async function deskWith(id: string, steps: string): Promise<Desk> {
  return openDesk({ sshd, runbooks: { [id]: runbookText(id, steps, HEAD) } });
}

async function texts(dir: string): Promise<string> {
  const parts: string[] = [];
  for (const folder of ['recordings', 'outputs'])
    for (const name of await readdir(join(dir, folder)))
      parts.push(await readFile(join(dir, folder, name), 'utf8'));
  return parts.join('\n');
}

describe('a planted secret', () => {
  const modes: readonly [string, (planted: Planted) => string][] = [
    ['pty', ({ command }) => step('leak', command)],
    ['exec', ({ command }) => step('leak', `${command}; ${command} >&2`, 'mode: exec')],
    ['detached', ({ command }) => step('leak', command, 'mode: detached')],
  ];
  test.each(modes)('printed by a command (%s) is in no file and in no bundle', async (mode, steps) => {
    const planted = await plant();
    const desk = await deskWith('leaky', steps(planted));
    const run = await desk.start('leaky', given());
    expect(await run.run('leak')).toBe('passed');
    const masked = run.of('redaction').map(({ d }) => d);
    expect(new Set(masked.map(({ rule }) => rule))).toEqual(new Set(['token']));
    expect(masked.map(({ file }) => file).sort()).toContain('outputs/01-leak.out');
    expect(await texts(run.dir)).toContain('[secret token]');
    await run.finish();
    expect(await leaks(desk.home)).toEqual([]);
    if (mode === 'exec') expect(masked.map(({ file }) => file)).toContain('outputs/01-leak.err');
  });

  test('printed in the live shell is in no file, and the screen does not show it either', async () => {
    const planted = await plant();
    const desk = await deskWith('shell', step('fine', 'echo all of it is out'));
    const run = await desk.start('shell', given());
    await run.ready();
    const page = await attachTerminal(desk, run);
    await page.type(`${planted.command}\r`);
    await eventually('it was printed', () => page.text().includes('all of it is out') || undefined);
    expect(page.text()).toContain('[secret token]');
    expect(page.text()).not.toContain(PLANTED);
    expect(await run.run('fine')).toBe('passed');
    await run.finish();
    expect(run.of('redaction').map(({ d }) => d.file)).toContain('recordings/shell-ops-01.cast');
    expect(await leaks(desk.home)).toEqual([]);
  });

  test('is handed over on standard input, and stands on no command line, in no environment, in no file', async () => {
    const planted = await plant();
    const desk = await deskWith(
      'fed',
      step(
        'login',
        `IFS= read -r got
[ "$got" = "$(cat ${planted.secretFile})" ] || exit 9
grep -qaF -f ${planted.secretFile} /proc/$$/environ /proc/$$/cmdline && exit 8
if read -r more; then exit 7; fi
echo "$got"; echo all of it is out`,
        'mode: exec\nstdin: |\n  ${token}',
      ),
    );
    const run = await desk.start('fed', given());
    await run.ready();
    const preview = must(await desk.client.call('run.preview', { runId: run.runId, step: 'login' as never }));
    expect(preview.fed).toEqual(['token']);
    expect(await run.run('login')).toBe('passed');
    expect(run.of('step.start')[0]?.d.fed).toEqual(['token']);
    expect(JSON.stringify(must(await desk.client.call('run.open', { runId: run.runId })))).not.toContain(
      'Tr0ub',
    );
    await run.finish();
    expect(await leaks(desk.home)).toEqual([]);
  });

  test('in a file that is fetched fails the step, and the file is not kept', async () => {
    const planted = await plant();
    const steps = `      - id: get
        transfer: { fetch: ${planted.secretFile} }
        risk: read
`;
    const desk = await deskWith('fetch', steps);
    const run = await desk.start('fetch', given());
    expect(await run.run('get')).toBe('failed');
    expect(
      run
        .of('check')
        .map(({ d }) => d.actual)
        .join(),
    ).toMatch(/holds the secret token/);
    await run.finish();
    expect(await leaks(desk.home)).toEqual([]);
  });

  test('typed where nothing is echoed is recorded nowhere, declared or not', async () => {
    const desk = await deskWith(
      'silent',
      step(
        'ask',
        `stty -echo; printf 'Password: '; IFS= read -r x; stty echo; echo; [ -n "$x" ] && echo all of it is out`,
      ),
    );
    const run = await desk.start('silent');
    await run.ready();
    const page = await attachTerminal(desk, run);
    await page.type(`stty -echo; echo off-''now; IFS= read -r y; stty echo; echo "got \${#y}"\r`);
    await eventually('the echo is off', () => page.text().includes('off-now') || undefined);
    await page.type(`${PLANTED}\r`);
    await eventually(
      'it was read',
      () => /got \d\d/.test(page.text().replaceAll('got ${#y}', '')) || undefined,
    );
    must(await run.send('ask'));
    await eventually('asked', () => /Password: $/.test(page.text()) || undefined);
    await page.type(`${PLANTED}\r`);
    expect(await run.settled('ask')).toBe('passed');
    await run.finish();
    expect(await leaks(desk.home)).toEqual([]);
  });
});

describe('evidence: none', () => {
  test('shows and judges what it keeps nowhere', async () => {
    const desk = await deskWith(
      'withheld',
      step('look', 'echo plain-words; echo all of it is out', 'evidence: none'),
    );
    const run = await desk.start('withheld');
    await run.ready();
    const page = await attachTerminal(desk, run);
    expect(await run.run('look')).toBe('passed');
    await eventually('shown', () => /^plain-words/m.test(page.text()) || undefined);
    expect(run.of('step.start')[0]?.d.withheld).toBe(true);
    expect(run.of('step.end')[0]?.d.stdout).toBeUndefined();
    expect(run.of('check').map(({ d }) => d.actual)).toEqual(['withheld', 'withheld']);
    expect(await readdir(join(run.dir, 'outputs'))).toEqual(['01-look.cmd', '01-look.wire']);
    const cast = await readFile(join(run.dir, 'recordings', '01-look-ops.cast'), 'utf8');
    expect(cast).toContain('output withheld');
    expect(cast).not.toMatch(/"o"|plain-words/);
    await run.finish();
  });
});

describe('the seal', () => {
  /** Drawn from right to left by moving the cursor: no stream of bytes holds it, the screen shows it. */
  const backwards = Array.from('sesame-opens-1')
    .map((c, i) => `\x1b[5;${String(i + 10)}H${c}`)
    .reverse()
    .join('');

  async function blocked(): Promise<{ readonly desk: Desk; readonly run: Run }> {
    const planted = await plant('sesame-opens-1', [backwards, '\x1b[7;1Hall of it is out\r\n']);
    const desk = await deskWith('drawn', step('draw', planted.command));
    const run = await desk.start('drawn', given('sesame-opens-1'));
    expect(await run.run('draw')).toBe('passed');
    must(await run.intent({ kind: 'finish' }));
    await run.until('ended', ({ end }) => end !== null);
    return { desk, run };
  }

  test('is blocked where a secret was drawn out of order, and passes by name and reason', async () => {
    const { desk, run } = await blocked();
    const { runId } = run;
    const block = await eventually(
      'blocked',
      async () => must(await desk.client.call('evidence.block', { runId })) ?? undefined,
    );
    expect(block.findings.map(({ file }) => file)).toEqual([
      'outputs/01-draw.out',
      'recordings/01-draw-ops.cast',
    ]);
    expect(block.findings[0]?.rule).toBe('token');
    expect(failureOf(await desk.client.call('evidence.get', { runId })).message).toMatch(/not sealed/);
    expect((await desk.client.call('run.list', {})).ok).toBe(true);
    const summary = must(await desk.client.call('run.list', {})).find((one) => one.runId === runId);
    expect(summary?.sealBlocked).toBe(true);
    expect(must(await desk.client.call('evidence.seal', { runId }))?.findings.length).toBeGreaterThan(0);
    expect(
      must(await desk.client.call('evidence.seal', { runId, override: 'the token was revoked' })),
    ).toBeNull();
    const sealed = await readFile(join(run.dir, 'run.json'), 'utf8');
    expect(sealed).toMatch(/secret-found.*Alice Meyer let it pass: the token was revoked/);
    must(await desk.client.call('evidence.sign', { runId }));
    expect(must(await desk.client.call('evidence.get', { runId })).verdict).toMatchObject({
      l1: 'holds',
      l2: 'holds',
    });
    const after = must(await desk.client.call('run.list', {})).find((one) => one.runId === runId);
    expect(after?.sealBlocked).toBeUndefined();
  });

  test('stays blocked when another value is given for a secret that is held', async () => {
    const { desk, run } = await blocked();
    const { runId } = run;
    const other = await desk.client.call('evidence.seal', { runId, secrets: { [TOKEN]: 'another-value-2' } });
    expect(must(other)?.findings.map(({ rule }) => rule)).toEqual(['token', 'token']);
  });

  test('is not passed by a word that was given before the run had ended', async () => {
    const planted = await plant('sesame-opens-1', [backwards, '\x1b[7;1Hall of it is out\r\n']);
    const desk = await deskWith('early', step('draw', planted.command));
    const run = await desk.start('early', given('sesame-opens-1'));
    const { runId } = run;
    expect((await desk.client.call('evidence.seal', { runId, override: 'whatever comes' })).ok).toBe(false);
    expect(await run.run('draw')).toBe('passed');
    must(await run.intent({ kind: 'finish' }));
    await run.until('ended', ({ end }) => end !== null);
    expect(must(await desk.client.call('evidence.seal', { runId }))?.findings).toHaveLength(2);
  });

  test('is blocked when the secrets are forgotten, until they are given again', async () => {
    const planted = await plant();
    const desk = await deskWith('again', step('leak', planted.command));
    const run = await desk.start('again', given());
    expect(await run.run('leak')).toBe('passed');
    await desk.close();
    const next = await openDesk({ home: desk.home, sshd });
    const taken = await next.resume(run.runId);
    await taken.ready();
    const snapshot = must(await next.client.call('run.open', { runId: run.runId }));
    expect(snapshot.secrets).toEqual([{ name: 'token', title: 'Access token', held: false }]);
    must(await taken.intent({ kind: 'finish' }));
    await taken.until('ended', ({ end }) => end !== null);
    const { runId } = run;
    expect(must(await next.client.call('evidence.block', { runId }))?.unknown).toEqual(['token']);
    const sealed = await next.client.call('evidence.seal', { runId, secrets: { [TOKEN]: PLANTED } });
    expect(must(sealed)).toBeNull();
    expect(must(await next.client.call('evidence.get', { runId })).verdict.l2).toBe('holds');
    expect(await leaks(desk.home)).toEqual([]);
  });
});

describe('a run that is taken up again', () => {
  test('sends and records nothing until its secrets are given again', async () => {
    const planted = await plant();
    const desk = await deskWith('later', step('leak', planted.command));
    const run = await desk.start('later', given());
    await run.ready();
    await desk.close();
    const next = await openDesk({ home: desk.home, sshd });
    const taken = await next.resume(run.runId);
    await taken.ready();
    const refused = failureOf(await taken.send('leak'));
    expect(refused).toMatchObject({ code: 'refused' });
    expect(refused.message).toMatch(/token must be given again/);
    const { runId } = run;
    const short = failureOf(await next.client.call('run.secret', { runId, name: TOKEN, value: 'abc' }));
    expect(short.message).toMatch(/too short to be found safely/);
    must(await next.client.call('run.secret', { runId, name: TOKEN, value: PLANTED }));
    expect(await taken.run('leak')).toBe('passed');
    await taken.finish();
    expect(await leaks(desk.home)).toEqual([]);
  });
});

test('a secret that the plan does not name is not asked for, not taken and not fed to a command', async () => {
  const fed = step('login', 'cat; echo all of it is out', 'mode: exec\nstdin: |\n  ${token}');
  const desk = await deskWith('late', `${fed}${step('after', 'echo all of it is out')}`);
  const run = await desk.start('late');
  await run.ready();
  const { runId } = run;
  expect(must(await desk.client.call('run.open', { runId })).secrets).toBeUndefined();
  const late = failureOf(await desk.client.call('run.secret', { runId, name: TOKEN, value: PLANTED }));
  expect(late.message).toMatch(/plan of this run has no secret token/);
  expect(failureOf(await run.send('login')).hint).toMatch(/started without it/);
});

test('a secret that stands in the runbook is none: the start says so, and keeps nothing', async () => {
  const desk = await deskWith('known', step('fine', 'echo all of it is out'));
  const started = await desk.client.call('start.run', await desk.request('known', given('all of it is out')));
  expect(failureOf(started).message).toMatch(/stands in the runbook or the plan/);
  expect(failureOf(started).message).not.toContain('all of it');
  expect(await readdir(join(desk.home, 'data', 'runs'))).toEqual([]);
});

describe('contact lost or the app killed in the middle of a secret', () => {
  const half = (slow: { readonly length: number }) => Math.floor(slow.length / 2);

  test('a detached command: nothing of it is written, nothing else is lost', async () => {
    const slow = await plantSlowly();
    const relay = await startRelay(sshd.port);
    const knownHosts = join(sshd.dir, 'known-secret');
    await writeFile(knownHosts, knownAt(sshd.hostKeyLines, [relay.port]));
    const steps = step('leak', slow.command, 'mode: detached');
    const desk = await openDesk({
      ...{ sshd, knownHosts, port: relay.port },
      runbooks: { cut: runbookText('cut', steps, HEAD) },
    });
    const run = await desk.start('cut', given());
    must(await run.send('leak'));
    await eventually('half of it is out', async () => (await slow.told()) >= half(slow) || undefined);
    relay.cut();
    await eventually('the loss is on record', () => run.of('net.lost').length === 1 || undefined);
    expect(await texts(run.dir)).not.toContain(PLANTED.slice(0, 4));
    expect(await run.settled('leak')).toBe('unknown');
    await eventually('it is taken up again', () => run.of('step.attach').length === 1 || undefined);
    await run.until('ended', () => run.of('step.end').length === 1);
    expect(await run.settled('leak')).toBe('passed');
    const out = await readFile(join(run.dir, 'outputs', '01-leak.out'), 'utf8');
    expect(out).toBe('before: [secret token]\r\nall of it is out\r\n');
    await run.finish();
    expect(await leaks(desk.home)).toEqual([]);
  });

  test.each(['pty', 'exec', 'detached'])('kill -9 (%s) leaves no beginning of it on disk', async (mode) => {
    const slow = await plantSlowly();
    const home = await deskFolder();
    const steps = step('leak', slow.command, `mode: ${mode}`);
    await writeFile(
      join(home, 'data', 'runbooks', 'killed.runbook.yaml'),
      lintedRunbookText('killed', steps, HEAD),
    );
    const answers = join(home, 'answers.yaml');
    await writeFile(
      answers,
      'operator: { name: Alice Meyer, principal: alice@example.com }\nchange: { ticket: CHG-1, reason: Test }\n',
    );
    const child = spawn(
      process.execPath,
      [
        ...[join(APP_DIR, 'dist', 'cli.mjs'), 'run', 'killed', '--answers', answers],
        ...['--target', `ops=${sshd.user}@${sshd.host}:${String(sshd.port)}`],
        ...['--known-hosts', sshd.knownHostsFile, '--identity', sshd.clientKeyFile],
        ...['--secret', `token=@${slow.secretFile}`],
      ],
      { env: { ...process.env, HOLDPOINT_HOME: home }, stdio: 'ignore' },
    );
    const gone = once(child, 'exit');
    await eventually('half of it is out', async () => (await slow.told()) >= half(slow) || undefined);
    child.kill('SIGKILL');
    await gone;
    const [runId] = (await readdir(join(home, 'data', 'runs'))) as RunId[];
    if (runId === undefined) throw new Error('no run');
    const dir = join(home, 'data', 'runs', runId);
    expect(await texts(dir)).toContain('before: ');
    expect(await texts(dir)).not.toContain(PLANTED.slice(0, 4));
    const desk = await openDesk({ home, sshd });
    const run = await desk.resume(runId);
    await run.ready();
    must(await desk.client.call('run.secret', { runId, name: TOKEN, value: PLANTED }));
    if (mode === 'detached') {
      await run.until('ended', () => run.of('step.end').length === 1);
      const out = await readFile(join(dir, 'outputs', '01-leak.out'), 'utf8');
      expect(out).toBe('before: [secret token]\r\nall of it is out\r\n');
    }
    await run.finish();
    expect(await leaks(home)).toEqual([]);
  });
});

test('the search of these tests finds what is not redacted', async () => {
  const planted = await plant();
  const desk = await deskWith('open', step('leak', planted.command));
  const run = await desk.start('open');
  expect(await run.run('leak')).toBe('passed');
  await run.finish();
  const found = (await leaks(desk.home)).join('\n');
  for (const form of ['raw', 'base64', 'hex', 'url', 'json', 'shell']) expect(found).toContain(form);
});
