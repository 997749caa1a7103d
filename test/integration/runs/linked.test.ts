/** Runbooks that are put together from several files, from the library to a bundle that the strict verifier accepts. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Arg } from '../../../electron/contract/calls.ts';
import type { VarName } from '../../../electron/contract/ids.ts';
import { Plan } from '../../../electron/contract/plan.ts';
import { sha256 } from '../../../electron/host/files/hash.ts';
import { type Desk, failureOf, must, openDesk, type Run, runbookText } from '../../fixtures/runs/desk.ts';
import { type SshdFixture, startSshd } from '../../fixtures/sshd/startSshd.ts';

let sshd: SshdFixture;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());

const PART = runbookText(
  'part',
  `      - { id: pause, title: Pause the jobs, run: mvctl pause, mode: exec, risk: reversible, expect: { exit: 0 }, vendor-confirm: Pauses the jobs. }`,
);
const WHOLE = runbookText(
  'whole',
  `      - { id: look, run: 'echo \${word}', mode: exec, risk: read, expect: { stdout: { equals: '\${word}' } } }
      - { id: do, call: { runbook: part } }`,
  'parameters: { word: { title: Word, type: name, default: shipped } }',
);
const OVERLAY = `overlay: 1
site: prague
version: 3
confirmed: { by: Jana Novak, on: 2026-11-01 }
parameters: { whole: { word: ours } }
`;
const VENDOR =
  'vendor: { part: { pause: { run: echo paused, expect: { stdout: { contains: paused } } } } }\n';

type Gates = NonNullable<Parameters<typeof openDesk>[0]['gates']>;

async function site(overlay: string, gates: Gates = {}): Promise<Desk> {
  const desk = await openDesk({ sshd, runbooks: { part: PART, whole: WHOLE }, gates });
  await putOverlay(desk, overlay);
  return desk;
}

async function putOverlay(desk: Desk, text: string): Promise<void> {
  await mkdir(join(desk.home, 'data', 'overlays'), { recursive: true });
  await writeFile(join(desk.home, 'data', 'overlays', 'prague.overlay.yaml'), text);
}

async function planOf(run: Run): Promise<Plan> {
  return Plan.parse(JSON.parse(await readFile(join(run.dir, 'plan/plan.json'), 'utf8')));
}

async function through(run: Run): Promise<void> {
  await run.ready();
  expect(await run.run('look')).toBe('passed');
  expect(await run.run('do-pause')).toBe('passed');
  expect((await run.finish()).end?.result).toBe('success');
}

const FILES = ['main-whole.yaml', 'called-part.yaml', 'overlay-prague.yaml'];

describe('a run of a runbook that was put together', () => {
  test('names its files, keeps their bytes, and its bundle follows from them', async () => {
    const desk = await site(OVERLAY + VENDOR);
    const run = await desk.start('whole');
    const plan = await planOf(run);
    expect(plan.sources).toEqual([
      { kind: 'main', id: 'whole', version: '1.0.0', sha256: sha256(WHOLE) },
      { kind: 'called', id: 'part', version: '1.0.0', sha256: sha256(PART) },
      { kind: 'overlay', id: 'prague', version: '3', sha256: sha256(OVERLAY + VENDOR) },
    ]);
    for (const [n, name] of FILES.entries())
      expect(sha256(await readFile(join(run.dir, 'plan', name)))).toBe(plan.sources?.[n]?.sha256);
    expect(plan.parameters).toEqual({ word: 'ours' });
    await through(run);
  });

  test('is prepared, approved and started with the files as they were', async () => {
    const desk = await site(OVERLAY + VENDOR);
    const { runId } = must(await desk.client.call('plan.prepare', await desk.request('whole')));
    const folder = join(desk.home, 'data', 'plans', runId);
    expect((await readdir(folder)).sort()).toEqual(
      [...FILES, 'plan.json', 'request.json', 'runbook.yaml'].sort(),
    );
    // What the library has since does not matter: what was put forward is what starts.
    await putOverlay(desk, OVERLAY.replace('ours', 'theirs'));
    const kept = await readFile(join(folder, 'called-part.yaml'));
    await writeFile(join(folder, 'called-part.yaml'), `${PART}# later\n`);
    expect(failureOf(await desk.client.call('plan.start', { runId })).message).toContain(
      'called-part.yaml is not the one',
    );
    await writeFile(join(folder, 'called-part.yaml'), kept);
    must(await desk.client.call('plan.start', { runId }));
    await through(await desk.follow(runId));
  });

  test('does not start while a product command of it is open, and does once the site has filled it in', async () => {
    const desk = await site(OVERLAY);
    const request = await desk.request('whole');
    const { problems } = must(await desk.client.call('start.check', request));
    expect(problems).toMatchObject([{ field: 'runbook' }]);
    expect(failureOf(await desk.client.call('start.run', request)).message).toContain('Pause the jobs');
    await putOverlay(desk, OVERLAY + VENDOR);
    expect(must(await desk.client.call('start.check', request)).problems[0]?.message).toContain(
      'has changed',
    );
    expect(must(await desk.client.call('start.check', await desk.request('whole'))).problems).toEqual([]);
  });

  test('says which package it is from, where the site runs only signed ones', async () => {
    const release = { principal: 'author@example.com', fingerprint: 'SHA256:abc', sha256: sha256('package') };
    for (const signed of [false, true]) {
      const desk = await site(OVERLAY + VENDOR, { signedBy: () => Promise.resolve(signed ? release : null) });
      must(await desk.client.call('desk.update-settings', { policy: { runbooks: 'signed' } }));
      const request = await desk.request('whole');
      if (!signed) {
        expect(failureOf(await desk.client.call('start.run', request)).message).toContain('signed package');
        continue;
      }
      const run = await desk.start('whole');
      const plan = await planOf(run);
      expect(plan).toMatchObject({ release, policy: { runbooks: 'signed' } });
      await through(run);
    }
  });
});

const CHANGES = (log: string) =>
  runbookText(
    'change',
    `      - { id: one, run: 'echo one >> ${log}; echo token-7', mode: exec, risk: reversible, expect: { exit: 0 }, capture: { token: stdout }, rollback: { run: 'echo undo-one \${token} >> ${log}', risk: reversible } }
      - { id: two, run: 'echo two >> ${log}', mode: exec, risk: reversible, expect: { exit: 0 }, rollback: { run: 'echo undo-two \${who} >> ${log}', risk: reversible } }
      - { id: three, run: 'echo three >> ${log}; false', mode: exec, risk: reversible, expect: { exit: 0 }, rollback: { run: 'echo undo-three >> ${log}', risk: reversible } }
      - { id: four, run: 'echo four >> ${log}', mode: exec, risk: reversible, expect: { exit: 0 }, rollback: { run: 'echo undo-four >> ${log}', risk: reversible } }`,
    'parameters: { who: { title: Who, type: name, required: true } }',
    "    identity: [{ run: 'echo here', equals: here }]",
  );

test('a run is taken back by what is made from it: last first, with what it knew, and both bundles hold', async () => {
  const desk = await openDesk({ sshd });
  const log = join(desk.home, 'log');
  await desk.write('change', CHANGES(log));
  const run = await desk.start('change', { parameters: { ['who' as VarName]: 'alice' } });
  await run.ready();
  expect(await run.run('one')).toBe('passed');
  expect(await run.run('two')).toBe('passed');
  expect(await run.run('three')).toBe('failed');

  const plan = must(await desk.client.call('run.rollback-plan', { runId: run.runId }));
  expect(plan).toMatchObject({ runbook: 'change-undo', without: [] });
  expect(plan.undo.map(({ step, uncertain }) => [step, uncertain])).toEqual([
    ['three', true],
    ['two', false],
    ['one', false],
  ]);
  const id = 'change-undo' as Arg<'start.run'>['runbook'];
  expect(failureOf(await desk.client.call('library.get', { id })).code).toBe('not-found');
  const other = { id, origin: run.runId, rehearsal: true };
  expect(failureOf(await desk.client.call('library.get', other)).message).toContain('no rehearsal');

  const request = await desk.request('change-undo', { origin: run.runId });
  expect(request.parameters).toEqual({ token: 'token-7', who: 'alice' });
  const started = must(await desk.client.call('start.run', request));
  must(await run.intent({ kind: 'start-rollback', runbook: 'change-undo', runId: started.runId }));
  await run.until('ended', ({ end }) => end !== null);
  expect(run.state().end?.result).toBe('failed');

  const back = await desk.follow(started.runId);
  expect((await planOf(back)).origin?.runId).toBe(run.runId);
  await back.ready();
  must(await back.intent({ kind: 'pass-hold', step: 'go', names: ['Olga Owner'], word: 'GO' }));
  for (const step of ['undo-three', 'undo-two', 'undo-one']) expect(await back.run(step)).toBe('passed');
  must(await back.intent({ kind: 'attest', step: 'look', value: { kind: 'checklist', ticked: [0, 1] } }));
  expect((await back.finish()).end?.result).toBe('success');
  expect((await readFile(log, 'utf8')).trim().split('\n')).toEqual([
    ...['one', 'two', 'three'],
    ...['undo-three', 'undo-two alice', 'undo-one token-7'],
  ]);
});
