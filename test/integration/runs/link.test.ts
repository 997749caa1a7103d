/** The contact with one host: what it leaves there when it is given up while the host is being prepared. */
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { TargetName } from '../../../electron/contract/ids.ts';
import { ok } from '../../../electron/contract/result.ts';
import type { Connect } from '../../../electron/host/connect/connection.ts';
import { connectSsh2 } from '../../../electron/host/connect/ssh2/ssh2Connection.ts';
import { createLink, type Link } from '../../../electron/host/runs/link.ts';
import { noSecrets } from '../../../electron/host/secrets/runSecrets.ts';
import { HOST_FOLDERS, must } from '../../fixtures/runs/desk.ts';
import { type SshdFixture, startSshd } from '../../fixtures/sshd/startSshd.ts';
import { knownOptions } from '../connect/options.ts';

let sshd: SshdFixture;
let dir: string;
let runs = 0;
let runId = '';

beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hp-link-'));
  await mkdir(join(dir, 'hosts'));
  runs += 1;
  runId = `link-${String(process.pid)}-${String(runs)}`;
  return () => rm(dir, { recursive: true, force: true });
});

/** `onRecord`: done when the host is prepared, before it is taken into the run. */
function link(
  onRecord: (made: Link) => Promise<void> = () => Promise.resolve(),
  connect: Connect = connectSsh2,
): Link {
  const made: Link = createLink({
    target: { name: 'ops' as TargetName, title: 'One host', identity: [] },
    address: { kind: 'ssh', host: sshd.host, port: sshd.port, user: sshd.user },
    resolve: () => Promise.resolve(ok(knownOptions(sshd))),
    connect,
    runId,
    dir,
    files: () => 'allowed',
    values: () => ({}),
    secrets: noSecrets(),
    append: async () => {
      await onRecord(made);
      return ok(null);
    },
    by: 'alice',
    wanted: () => true,
    carried: () => false,
    onState: () => undefined,
    onLive: () => Promise.resolve(),
    onLost: () => undefined,
  });
  return made;
}

/** Names of the run's folders on the host. */
async function left(): Promise<readonly string[]> {
  const names = await Promise.all(HOST_FOLDERS.map((place) => readdir(place).catch(() => [])));
  return names.flat().filter((name) => name.startsWith(`holdpoint-${runId}`));
}

/** Closes the link while its host is prepared, and waits until it is closed. */
async function closedMeanwhile(tidy: boolean): Promise<void> {
  let closed: Promise<void> | undefined;
  let seen: readonly string[] = [];
  const one = link(async (made) => {
    seen = await left();
    closed = made.close(tidy);
  });
  expect(await one.ensure()).toMatchObject({ ok: false, error: { code: 'cancelled' } });
  await closed;
  expect(seen).toHaveLength(1);
}

test.each([true, false])(
  'a first contact that is given up leaves nothing there (run over: %s)',
  async (tidy) => {
    await closedMeanwhile(tidy);
    expect(await left()).toEqual([]);
  },
);

test('what an earlier contact of the run has left stays for the next one, until the run is over', async () => {
  const first = link();
  must(await first.ensure());
  await first.close(false);
  await closedMeanwhile(false);
  expect(await left()).toHaveLength(1);
  await closedMeanwhile(true);
  expect(await left()).toEqual([]);
});

test('a host that does not answer while it is prepared does not hold up the end of the run', async () => {
  let stopped: () => void = () => undefined;
  const frozen = new Promise<void>((resolve) => {
    stopped = resolve;
  });
  const one = link(undefined, async (options) => {
    const connected = await connectSsh2(options);
    await sshd.freezeSessions();
    stopped();
    return connected;
  });
  const given = one.ensure();
  await frozen;
  await one.close(true);
  expect(await given).toMatchObject({
    ok: false,
    error: { message: expect.stringContaining('closed from this side') as string },
  });
  await sshd.killSessions();
});
