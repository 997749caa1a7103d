/**
 * A detached command of a real command line whose link is cut three times and which is itself killed once (kill -9):
 * output and exit status are complete, and the host counts one run. HOLDPOINT_DETACHED_SECONDS=60 makes it long.
 */
import { spawn } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { RunId } from '../../electron/contract/ids.ts';
import {
  APP_DIR,
  deskFolder,
  eventually,
  openDesk,
  proveFolder,
  lintedRunbookText,
} from '../fixtures/runs/desk.ts';
import { knownAt, startRelay } from '../fixtures/runs/relay.ts';
import { type SshdFixture, startSshd } from '../fixtures/sshd/startSshd.ts';

let sshd: SshdFixture;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());

const SECONDS = Number(process.env['HOLDPOINT_DETACHED_SECONDS'] ?? 16);
const LINES = SECONDS * 5;

const ANSWERS = `operator: { name: Alice Meyer, principal: alice@example.com }
change: { ticket: CHG-1, reason: Test }
`;

const book = (count: string) =>
  lintedRunbookText(
    'survives',
    `      - id: work
        run: |
          echo ran >>${count}
          for i in $(seq 1 ${String(LINES)}); do echo "line $i"; sleep 0.2; done
          exit 3
        mode: detached
        risk: disruptive
        rerun: never
        timeout: 10m
        expect: { exit: 3, stdout: { contains: "line ${String(LINES)}" } }
`,
  );

async function lineCount(file: string): Promise<number> {
  return (await readFile(file, 'utf8').catch(() => '')).split('\n').length - 1;
}

test('survives three lost connections and a killed app, complete and once', async () => {
  const relay = await startRelay(sshd.port);
  const home = await deskFolder();
  const count = join(sshd.dir, 'count');
  const knownHosts = join(sshd.dir, 'known-survives');
  await writeFile(knownHosts, knownAt(sshd.hostKeyLines, [relay.port]));
  await writeFile(join(home, 'data', 'runbooks', 'survives.runbook.yaml'), book(count));
  await writeFile(join(home, 'answers.yaml'), ANSWERS);
  const target = `ops=${sshd.user}@127.0.0.1:${String(relay.port)}`;
  const answers = ['--answers', join(home, 'answers.yaml')];
  const trust = ['--known-hosts', knownHosts, '--identity', sshd.clientKeyFile];
  const child = spawn(
    process.execPath,
    [join(APP_DIR, 'dist', 'cli.mjs'), 'run', 'survives', '--target', target, ...answers, ...trust],
    { env: { ...process.env, HOLDPOINT_HOME: home }, stdio: 'ignore' },
  );
  const gone = new Promise((resolve) => child.once('exit', resolve));
  onTestFinished(() => {
    child.kill('SIGKILL');
  });

  const folder = async (): Promise<string | undefined> => {
    const [runId] = await readdir(join(home, 'data', 'runs'));
    return runId === undefined ? undefined : join(home, 'data', 'runs', runId);
  };
  const dir = await eventually('a run', folder);
  const output = join(dir, 'outputs', '01-work.out');
  const grown = async (than: number): Promise<number> =>
    eventually(`more than ${String(than)} lines`, async () => {
      const now = await lineCount(output);
      return now > than ? now : undefined;
    });
  // Once under the first app, which is killed while it follows.
  let seen = await grown(3);
  relay.cut();
  await eventually(
    'it is taken up again',
    async () => (await readFile(join(dir, 'journal.jsonl'), 'utf8')).includes('"step.attach"') || undefined,
  );
  seen = await grown(seen + 3);
  child.kill('SIGKILL');
  await gone;

  const desk = await openDesk({ sshd, home, knownHosts });
  const run = await desk.resume(dir.split('/').at(-1) as RunId);
  for (const cut of [1, 2]) {
    await eventually('it is taken up', () => run.of('step.attach').length === cut + 1 || undefined);
    seen = await grown(seen + 3);
    relay.cut();
    await eventually('the loss is on record', () => run.of('net.lost').length === cut + 1 || undefined);
  }
  await run.until('its end', () => run.of('step.end').length === 1, (SECONDS + 40) * 1000);
  expect(await run.settled('work')).toBe('passed');
  const end = run.of('step.end')[0]?.d;
  expect(end?.end).toEqual({ how: 'exit', code: 3 });
  expect(await readFile(output, 'utf8')).toBe(
    Array.from({ length: LINES }, (_, i) => `line ${String(i + 1)}\r\n`).join(''),
  );
  expect(await readFile(count, 'utf8')).toBe('ran\n');
  expect(run.of('step.start')).toHaveLength(1);
  await proveFolder(dir);
  expect((await run.finish()).end?.result).toBe('success-with-deviations');
});
