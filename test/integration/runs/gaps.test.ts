/** A computer that slept under an open run: its hosts are asked for a sign of life, and nothing is sent again. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Arg, HostEvent } from '../../../electron/contract/calls.ts';
import type { RecordOf, RecordType } from '../../../electron/contract/records.ts';
import { fail, ok } from '../../../electron/contract/result.ts';
import { systemClock } from '../../../electron/host/clock.ts';
import { connectSsh2 } from '../../../electron/host/connect/ssh2/ssh2Connection.ts';
import { createLibrary } from '../../../electron/host/library/library.ts';
import { createRunDesk, type RunDesk } from '../../../electron/host/runs/runDesk.ts';
import { createStartGates } from '../../../electron/host/runs/startGates.ts';
import { openConfSettings } from '../../../electron/host/settings/confSettings.ts';
import { defaultSettings } from '../../../electron/host/settings/defaults.ts';
import { deskFolder, eventually, forgetHostState, must, runbookText } from '../../fixtures/runs/desk.ts';
import { type SshdFixture, startSshd } from '../../fixtures/sshd/startSshd.ts';

const person = { user: 'alice', hostname: 'example.com', timeZone: 'UTC', agentSocket: '' };

/** A desk of runs over one server, whose computer sleeps when the test says so. */
async function sleepyDesk(sshd: SshdFixture, steps: string) {
  const home = await deskFolder();
  const folder = join(home, 'data', 'runbooks');
  await writeFile(join(folder, 'nap.runbook.yaml'), runbookText('nap', steps));
  const { store } = await openConfSettings(join(home, 'config'), defaultSettings(person));
  must(store.update({ operatorName: 'Alice Meyer', operatorPrincipal: 'alice@example.com' }));
  const library = createLibrary([folder]);
  const events: HostEvent[] = [];
  let sleep: (ms: number) => void = () => undefined;
  const runs: RunDesk = createRunDesk({
    data: join(home, 'data'),
    library,
    gates: createStartGates({ ids: () => library.ids(), lint: () => Promise.resolve([]) }),
    settings: store,
    clock: systemClock,
    connect: connectSsh2,
    resolve: () =>
      Promise.resolve(
        ok({
          host: sshd.host,
          port: sshd.port,
          user: sshd.user,
          knownHosts: [sshd.knownHostsFile],
          identityFiles: [sshd.clientKeyFile],
          ask: () => Promise.resolve({ kind: 'cancel' as const }),
          timeoutMs: 60_000,
          keepAlive: { intervalMs: 0, count: 3 },
        }),
      ),
    reconnectMs: [50],
    watchGaps: (onGap) => {
      sleep = onGap;
      return () => undefined;
    },
    emit: (event) => void events.push(event),
    app: { version: '0.0.0-test', build: 'test' },
    device: () => Promise.resolve(ok({ id: 'test', protection: 'file' as const })),
    seal: () => Promise.resolve(),
    people: {
      judge: () => Promise.resolve(fail('trust', 'Nobody signs here.')),
      operatorKeys: () => Promise.resolve([]),
      requestHours: () => 1,
    },
  });
  onTestFinished(async () => {
    await runs.close();
    await forgetHostState(home);
  });
  const entry = must(await library.get('nap' as Arg<'start.run'>['runbook']));
  const run = must(
    await runs.start({
      runbook: entry.runbook.id,
      sha256: entry.sha256,
      rehearsal: false,
      parameters: {},
      variants: {},
      targets: { ops: { kind: 'ssh', host: sshd.host, port: sshd.port, user: sshd.user } } as never,
      change: { ticket: 'CHG-1', reason: 'Test' },
    }),
  );
  return {
    run,
    sleep: (ms: number) => {
      sleep(ms);
    },
    of: <T extends RecordType>(type: T) =>
      run.snapshot().records.filter((record) => record.type === type) as unknown as readonly RecordOf<T>[],
    state: () => run.state.steps[0]?.status.state,
  };
}

test('asks its hosts for a sign of life; who gives none is lost, and its step unknown', async () => {
  const sshd = await startSshd();
  onTestFinished(() => sshd.stop());
  const marker = join(sshd.dir, 'marker');
  const { run, sleep, of, state } = await sleepyDesk(
    sshd,
    `      - id: work
        run: echo x >>${marker}; sleep 60
        risk: reversible
        expect: { exit: 0 }
`,
  );
  const preview = must(run.preview('work' as never));
  must(await run.dispatch({ kind: 'run', step: 'work' as never, seen: preview.sha256 }));
  await eventually('it has begun', () => readFile(marker, 'utf8').catch(() => undefined));
  sleep(61_000);
  await eventually('the gap is on record', () => of('desk.gap').length === 1 || undefined);
  expect(of('desk.gap')[0]?.d.ms).toBe(61_000);
  await sshd.freezeSessions();
  sleep(3_600_000);
  await eventually('the link is lost', () => of('net.lost').length === 1 || undefined);
  // The first look got its answer: only the second lost anything.
  expect(of('desk.gap')).toHaveLength(2);
  expect(of('net.lost')[0]?.d).toMatchObject({ side: 'network' });
  await eventually('unknown', () => state() === 'unknown' || undefined);
  await eventually('it is back', () => of('host.connect').length === 2 || undefined);
  expect(of('step.start')).toHaveLength(1);
  expect(await readFile(marker, 'utf8')).toBe('x\n');
});
