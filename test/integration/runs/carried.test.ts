/** Directory and variables that steps leave for the next one: kept over lost links and closed apps, or said to be lost. */
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  attachTerminal,
  type Desk,
  eventually,
  failureOf,
  HOST_FOLDERS,
  must,
  openDesk,
  type Run,
  runbookText,
} from '../../fixtures/runs/desk.ts';
import { knownAt, type Relay, startRelay } from '../../fixtures/runs/relay.ts';
import { type SshdFixture, startSshd } from '../../fixtures/sshd/startSshd.ts';

let sshd: SshdFixture;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());

const step = (id: string, run: string) => `      - id: ${id}
        run: ${run}
        risk: reversible
        rerun: safe
        expect: { exit: 0 }
`;
const CARRIED = step('enter', 'cd /usr && export A=1') + step('look', 'test "$PWD $A" = "/usr 1"');
const GONE =
  step('enter', 'cd /usr && export A=1') + step('look', 'test -z "$A"') + step('more', 'echo more');

async function begun(
  id: string,
  steps: string,
): Promise<{ readonly desk: Desk; readonly relay: Relay; readonly run: Run; readonly knownHosts: string }> {
  const relay = await startRelay(sshd.port);
  const knownHosts = join(sshd.dir, `known-${id}`);
  await writeFile(knownHosts, knownAt(sshd.hostKeyLines, [relay.port]));
  const runbooks = { [id]: runbookText(id, steps) };
  const desk = await openDesk({ sshd, knownHosts, port: relay.port, runbooks });
  const run = await desk.start(id);
  await run.ready();
  expect(await run.run('enter')).toBe('passed');
  return { desk, relay, run, knownHosts };
}

async function hostForgets(runId: string): Promise<void> {
  for (const place of HOST_FOLDERS) {
    for (const name of await readdir(place)) {
      if (name.startsWith(`holdpoint-${runId}`)) await rm(join(place, name), { recursive: true });
    }
  }
}

async function lose(run: Run, relay: Relay): Promise<void> {
  relay.off();
  await eventually('the loss is on record', () => run.of('net.lost').length > 0 || undefined);
}

describe('what a step leaves for the next', () => {
  test('is there again after a lost link', async () => {
    const { relay, run } = await begun('kept', CARRIED);
    await lose(run, relay);
    relay.on();
    must(await run.intent({ kind: 'connect', target: 'ops' }));
    expect(run.of('host.connect').at(-1)?.d).not.toHaveProperty('stateLost');
    expect(await run.run('look')).toBe('passed');
    await run.finish();
  });

  test('is there again when the app was closed and the run is taken up', async () => {
    const { desk, run, knownHosts, relay } = await begun('closed', CARRIED);
    desk.client.close();
    await desk.host.close();
    const next = await openDesk({ home: desk.home, sshd, knownHosts, port: relay.port });
    const again = await next.resume(run.runId);
    expect(await again.run('look')).toBe('passed');
    expect(again.of('host.connect').map(({ d }) => d.stateLost)).toEqual([undefined, undefined]);
    await again.finish();
    expect((await readdir('/dev/shm')).filter((name) => name.includes(run.runId))).toEqual([]);
  });

  test('is said to be lost when the host has forgotten it', async () => {
    const { desk, relay, run } = await begun('gone', GONE);
    const page = await attachTerminal(desk, run);
    await lose(run, relay);
    await hostForgets(run.runId);
    relay.on();
    must(await run.intent({ kind: 'connect', target: 'ops' }));
    expect(run.of('host.connect').at(-1)?.d).toMatchObject({ stateLost: true });
    expect(run.state().targets['ops']).toMatchObject({ stateLost: true });
    await eventually('the pane says so', () => page.text().includes('is gone') || undefined);
    // Whoever sends a command now has been told.
    expect(await run.run('look')).toBe('passed');
    expect(run.state().targets['ops']?.stateLost).toBeUndefined();
    await run.finish();
  });

  test('is not taken for granted by a command that was sent before anybody could know', async () => {
    const { relay, run } = await begun('sent', GONE);
    await lose(run, relay);
    await hostForgets(run.runId);
    relay.on();
    const starts = run.of('step.start').length;
    // The background may connect first; then the operator was told, and the command goes.
    const sent = await run.send('look');
    expect(run.of('host.connect').at(-1)?.d).toMatchObject({ stateLost: true });
    if (!sent.ok) {
      expect(failureOf(sent)).toMatchObject({ code: 'refused', kept: 'Nothing was sent.' });
      expect(run.of('step.start')).toHaveLength(starts);
      must(await run.send('look'));
    }
    expect(await run.settled('look')).toBe('passed');
    await run.finish();
  });
});
