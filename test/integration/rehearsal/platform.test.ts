/** The simulated tools and the faults: consistent state, honest failures, exact exit codes. */
import type { Client } from 'ssh2';
import { describe, expect, test } from 'vitest';
import { connect, exec, seen, startHost, until } from './client.ts';
import { readRunbook, runOnce, walk } from './walk.ts';

const upgrade =
  'helm upgrade mazevault mazevault/mazevault --version 1.0.17 -n mazevault -f values-production.yaml';
const inPod = 'kubectl exec -i -n mazevault deploy/mazevault-backend --';
const dump = `${inPod} sh -c 'PGPASSWORD="$DB_PASSWORD" exec pg_dump -Fc -w -h "$DB_HOST" -U "$DB_USER" -d "$DB_NAME"'`;
const pty = { cols: 120, rows: 40 };

async function ready(): Promise<{ host: Awaited<ReturnType<typeof startHost>>['host']; client: Client }> {
  const { host } = await startHost();
  return { host, client: await connect(host) };
}

async function output(client: Client, command: string): Promise<string> {
  return (await exec(client, command)).stdout.toString();
}

async function latest(client: Client): Promise<Record<string, unknown>> {
  const text = await output(client, 'helm history mazevault -n mazevault --max 1 -o json');
  return (JSON.parse(text) as Record<string, unknown>[])[0] ?? {};
}

describe('what is not simulated fails loudly and changes nothing', () => {
  test.each([
    'helm uninstall mazevault -n mazevault',
    'helm rollback mazevault -n mazevault',
    'helm upgrade mazevault mazevault/mazevault --atomic -n mazevault',
    'helm',
    'kubectl delete ns mazevault',
    'kubectl exec -it -n mazevault deploy/mazevault-backend -- sh',
    'kubectl get secrets -n mazevault',
    "kubectl get pods -n mazevault -o 'jsonpath={.x}'",
    "PGSERVICE=mazevault-admin psql -d mazevault -c 'DROP TABLE secrets'",
    `${inPod} pg_dump -Fp -h x`,
    'curl -sk https://vault.example.com/api/v1/health',
    'docker compose down -v',
  ])('%s', async (command) => {
    const { client } = await ready();
    const before = await output(client, 'cat .platform/state/releases .platform/state/running');
    const ended = await exec(client, command);
    expect(ended).toMatchObject({ code: 64 });
    expect(ended.stderr).toMatch(/not part of this rehearsal/);
    expect(await output(client, 'cat .platform/state/releases .platform/state/running')).toBe(before);
  });

  test.each([
    ['helm history other -n mazevault', 1, 'Error: release: not found'],
    ['helm history mazevault', 1, 'Error: release: not found'],
    ['helm upgrade mazevault mazevault/mazevault --version 9.9.9 -n mazevault', 1, 'no chart version found'],
    [
      'helm upgrade mazevault mazevault/mazevault --version 1.0.17 -n mazevault -f none.yaml',
      1,
      'no such file',
    ],
    ['helm rollback mazevault 3 -n mazevault', 1, 'release has no 3 version'],
    ['kubectl exec -i -n default deploy/mazevault-backend -- true', 1, 'NotFound'],
    [`${inPod} sh -c 'exit 5'`, 5, 'command terminated with exit code 5'],
    ['curl -fsS https://vault.example.com/api/v1/health', 60, 'unable to get local issuer certificate'],
    [
      'curl -fsS --cacert none.pem https://vault.example.com/api/v1/health',
      77,
      'error setting certificate file',
    ],
    ['curl -fsS --cacert pki/vault-ca.pem https://elsewhere.example.org/', 6, 'Could not resolve host'],
    ['PGSERVICE=other psql -d mazevault -c x', 2, 'definition of service "other" not found'],
    ["PGSERVICE=mazevault-admin psql -d none -c 'SELECT count(*) FROM secrets'", 2, 'does not exist'],
    ['PGSERVICE=mazevault-admin createdb mazevault', 1, 'already exists'],
    ['pg_restore -l values-production.yaml', 1, 'does not appear to be a valid archive'],
  ] as const)('%s → %i', async (command, code, words) => {
    const { client } = await ready();
    const ended = await exec(client, command);
    expect(ended.code).toBe(code);
    expect(ended.stderr).toContain(words);
  });
});

describe('state', () => {
  test("the pod's variables exist in the pod and not outside", async () => {
    const { client } = await ready();
    expect(await output(client, 'echo "[$DB_HOST$DB_USER$DB_NAME$DB_PASSWORD]"')).toBe('[]\n');
    expect(
      await output(client, `export LEAK=1; ${inPod} sh -c 'echo "$DB_HOST $DB_USER $DB_NAME [$LEAK]"'`),
    ).toBe('mazevault-db.internal mazevault mazevault []\n');
    const expandedHere = await exec(client, `${inPod} pg_dump -Fc -h $DB_HOST -U $DB_USER $DB_NAME`);
    expect(expandedHere.code).not.toBe(0);
    expect(expandedHere.stdout.length).toBe(0);
  });

  test('bytes through kubectl exec are exact in both directions', async () => {
    const { client } = await ready();
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * 31) % 256));
    const { stdout } = await exec(client, `${inPod} cat`, { input: bytes });
    expect(stdout.equals(bytes)).toBe(true);
  });

  test('helm rollback brings the images back and not the schema', async () => {
    const { client } = await ready();
    expect((await exec(client, `${upgrade} --wait --timeout 10m`)).code).toBe(0);
    expect((await exec(client, 'helm rollback mazevault 12 -n mazevault --wait --timeout 10m')).code).toBe(0);
    expect(await latest(client)).toMatchObject({
      revision: 14,
      status: 'deployed',
      chart: 'mazevault-1.0.16',
      description: 'Rollback to 12',
    });
    expect(await output(client, 'cat .platform/state/databases/mazevault/schema_version')).toBe('47\n');
    expect(
      await output(client, 'curl -fsS --cacert pki/vault-ca.pem https://vault.example.com/api/v1/health'),
    ).toContain('"status":"degraded"');
  });

  test('a dump that was cut off lists well and cannot be restored', async () => {
    const { client } = await ready();
    await exec(client, `${dump} >full.dump; head -c 900000 full.dump >cut.dump`);
    const service = 'PGSERVICE=mazevault-admin';
    expect((await exec(client, 'pg_restore -l cut.dump')).code).toBe(0);
    const ended = await exec(client, `${service} createdb new && ${service} pg_restore -d new cut.dump`);
    expect(ended).toMatchObject({
      code: 1,
      stderr: 'pg_restore: error: could not read from input file: end of file\n',
    });
    expect((await exec(client, `${service} pg_restore -d new full.dump`)).code).toBe(0);
  });

  test('two renames in one transaction happen both or not at all', async () => {
    const { client } = await ready();
    const sql = "PGSERVICE=mazevault-admin psql -X -1 -d postgres -c 'ALTER DATABASE a RENAME TO b' -c";
    await exec(client, 'PGSERVICE=mazevault-admin createdb a');
    expect((await exec(client, `${sql} 'ALTER DATABASE none RENAME TO a'`)).code).toBe(1);
    expect(await output(client, 'ls .platform/state/databases')).toBe('a\nmazevault\npostgres\n');
    expect((await exec(client, `${sql} 'ALTER DATABASE b RENAME TO c'`)).code).toBe(0);
    expect(await output(client, 'ls .platform/state/databases')).toBe('c\nmazevault\npostgres\n');
  });

  test('a database in use cannot be renamed', async () => {
    const { client } = await ready();
    const ended = await exec(
      client,
      "PGSERVICE=mazevault-admin psql -d postgres -c 'ALTER DATABASE mazevault RENAME TO x'",
    );
    expect(ended).toMatchObject({ code: 1 });
    expect(ended.stderr).toContain('is being accessed by other users');
  });

  test('the console shows what it switched', async () => {
    const { client } = await ready();
    await exec(client, 'mazevault-console jobs pause 6 7 8 17; mazevault-console dr suspend');
    const shown = await output(client, 'mazevault-console status');
    expect(shown.match(/paused/g)).toHaveLength(4);
    expect(shown).toContain('DR failover:  suspended');
    expect(await output(client, 'mazevault-console canary read')).toMatch(/audit event 41876\n$/);
  });

  test('two upgrades at the same time: the second is turned away', async () => {
    const { client } = await ready();
    const ended = await Promise.all([exec(client, `${upgrade} --wait`), exec(client, `${upgrade} --wait`)]);
    expect(ended.map((one) => one.code).sort()).toEqual([0, 1]);
    expect(ended.find((one) => one.code === 1)?.stderr).toContain('another operation');
  });

  test('Ctrl+C leaves a failed revision, as helm does', async () => {
    const { client } = await ready();
    const ended = await exec(client, `${upgrade} --wait`, {
      pty,
      opened: (channel) => void seen(channel, 'not ready').then(() => channel.write('\u0003')),
    });
    expect(ended.stdout.toString()).toContain('context canceled');
    expect(ended.code).not.toBe(0);
    expect(await latest(client)).toMatchObject({ revision: 13, status: 'failed' });
  });
});

describe('faults', () => {
  test('are listed, switched and refused by name', async () => {
    const { host } = await ready();
    const known = host.faults().map((fault) => fault.id);
    expect(known.slice(0, 5)).toEqual([
      'dump-fails',
      'health-degraded',
      'migration-error',
      'slow-pull',
      'drop-connection',
    ]);
    expect(new Set(known).size).toBe(known.length);
    expect(host.faults().some((fault) => fault.on)).toBe(false);
    expect(await host.setFault('slow-pull', true)).toMatchObject({ ok: true });
    expect(host.faults().find((fault) => fault.id === 'slow-pull')?.on).toBe(true);
    expect(await host.setFault('slow-pull', false)).toMatchObject({ ok: true });
    expect(await host.setFault('no-such', true)).toMatchObject({ ok: false, error: { code: 'not-found' } });
    expect(host.faults().some((fault) => fault.on)).toBe(false);
  });

  test('dump-fails: hidden by a pipe, shown by pipefail', async () => {
    const { host, client } = await ready();
    await host.setFault('dump-fails', true);
    expect((await exec(client, `${dump} | gzip >a.gz`)).code).toBe(0);
    expect((await exec(client, `set -o pipefail; ${dump} | gzip >b.gz`)).code).toBe(1);
    expect((await exec(client, `${dump} >c.partial`)).code).toBe(1);
    expect(Number(await output(client, 'wc -c <c.partial'))).toBeGreaterThan(500_000);
  });

  test('health-degraded: only the new version, for as long as the fault is on', async () => {
    const { host, client } = await ready();
    const health = 'curl -fsS --cacert pki/vault-ca.pem https://vault.example.com/api/v1/health';
    await host.setFault('health-degraded', true);
    expect(await output(client, health)).toContain('"healthy"');
    await exec(client, `${upgrade} --wait`);
    expect(await output(client, health)).toContain('"degraded"');
    await host.setFault('health-degraded', false);
    expect(await output(client, health)).toContain('"healthy"');
  });

  test('migration-error: the revision failed and the schema is dirty', async () => {
    const { host, client } = await ready();
    await host.setFault('migration-error', true);
    const ended = await exec(client, `${upgrade} --wait`);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('UPGRADE FAILED: pre-upgrade hooks failed');
    expect(await latest(client)).toMatchObject({ revision: 13, status: 'failed' });
    expect(await output(client, 'cat .platform/state/databases/mazevault/*')).toMatch(/^t\n/);
  });

  test('slow-pull: shows the progress of the pull', async () => {
    const { host, client } = await ready();
    await host.setFault('slow-pull', true);
    let text = '';
    const ended = exec(client, `${upgrade} --wait`, {
      pty,
      opened: (channel) =>
        void seen(channel, 'Pulling image').then((all) => {
          text = all;
          channel.write('\u0003');
        }),
    });
    await ended;
    expect(text).toMatch(
      /Pulling image registry\.example\.com\/mazevault\/backend:1\.0\.17: +\d+% of 412 MiB/,
    );
  });

  test('drop-connection: the link breaks once, the upgrade goes on, and the probe settles it', async () => {
    const { host, client } = await ready();
    const runbook = await readRunbook('mazevault-upgrade-kubernetes');
    const { values } = await walk(client, runbook, { before: 'upgrade' });
    await host.setFault('drop-connection', true);
    const step = runbook.phases.flatMap((phase) => phase.steps).find((one) => one.id === 'upgrade');
    if (step?.kind !== 'run' || step.probe === undefined) throw new Error('no upgrade step');
    const sent = await runOnce(client, step, values, true);
    expect(sent.observation.end.how).toBe('lost');
    await until('fault off', () => host.faults().every((fault) => !fault.on));
    const again = await connect(host);
    expect((await runOnce(again, step.probe, values)).problems).toEqual([]);
    expect(await latest(again)).toMatchObject({
      revision: 13,
      status: 'deployed',
      chart: 'mazevault-1.0.17',
    });
    expect((await exec(again, 'helm rollback mazevault 12 -n mazevault --wait')).code).toBe(0);
  });
});
