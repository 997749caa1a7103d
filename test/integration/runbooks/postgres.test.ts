/**
 * The commands of the PostgreSQL runbooks on a real PostgreSQL: a cluster that the rehearsal host makes for itself. To
 * make one takes longer than most of the rest, so the tests share it; none minds what the others leave there.
 */
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from 'ssh2';
import { startRehearsalHost, type RehearsalHost } from '../../../electron/host/rehearsal/rehearsalHost.ts';
import { assets, connect, exec, startHost, until } from '../rehearsal/client.ts';
import { runOnce, walk } from '../rehearsal/walk.ts';
import { linkedRunbook } from '../../fixtures/runs/linkedRunbook.ts';

const folder = '/usr/lib/postgresql';
const installed =
  existsSync(folder) && readdirSync(folder).some((v) => existsSync(`${folder}/${v}/bin/initdb`));

async function sql(client: Client, statement: string): Promise<string> {
  const command = `PGSERVICE=mazevault-maintenance psql -XAtw -d mazevault -c "${statement}"`;
  return (await exec(client, command)).stdout.toString().trim();
}

/** Folders of clusters that are there now. */
async function clusters(): Promise<readonly string[]> {
  return (await readdir('/tmp')).filter((name) => name.startsWith('holdpoint-pg.'));
}

describe.skipIf(!installed)('PostgreSQL', () => {
  let dir: string;
  let prepared: string;
  let host: RehearsalHost;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'holdpoint-rehearsal-test-'));
    prepared = join(dir, 'prepared');
    await mkdir(prepared);
    const started = await startRehearsalHost({ dir, assets, prepared });
    if (!started.ok) throw new Error(started.error.message);
    host = started.value;
  });
  afterAll(async () => {
    await host.close();
    await rm(dir, { recursive: true, force: true });
  });

  test('a vacuum leaves no dead rows behind', async () => {
    const client = await connect(host);
    const done = await walk(client, await linkedRunbook('mazevault-database-vacuum'));
    expect(done.failed).toBeUndefined();
    expect(Number(done.values['dead_before'])).toBeGreaterThan(1000);
    // What the statistics count afterwards is an estimate from a sample.
    const left = await sql(client, 'SELECT sum(n_dead_tup) FROM pg_stat_user_tables');
    expect(Number(left)).toBeLessThan(Number(done.values['dead_before']) / 10);
    expect(await sql(client, 'SHOW server_version_num')).toMatch(/^1\d{5}$/);
  });

  test('a rebuild behind an open transaction leaves an invalid index, which its rollback drops; the next makes the indexes small', async () => {
    const client = await connect(host);
    const invalid = () => sql(client, 'SELECT count(*) FROM pg_index WHERE NOT indisvalid');
    await host.setFault('transaction-open', true);
    const book = await linkedRunbook('mazevault-database-reindex');
    const given = await walk(client, book, { parameters: { lock_timeout_ms: '300' } });
    expect(given.failed?.id).toBe('reindex-1');
    expect(await invalid()).toBe('1');
    const step = book.phases.flatMap((phase) => phase.steps).find(({ id }) => id === 'reindex-1');
    if (step?.kind !== 'run' || step.undo?.kind !== 'command' || step.probe === undefined)
      throw new Error('no probe or no way back');
    const asked = await runOnce(client, step.probe, given.values);
    expect(asked.observation.stdout.trim()).toBe('left-over');
    await host.setFault('transaction-open', false);
    expect((await runOnce(client, step.undo, given.values)).problems).toEqual([]);
    expect(await invalid()).toBe('0');
    expect((await runOnce(client, step.probe, given.values)).observation.stdout.trim()).toBe('as before');

    const done = await walk(client, book);
    expect(done.failed).toBeUndefined();
    expect(done.passed).toContain('reindex-2');
    expect(Number(done.values['bytes_after'])).toBeLessThan(Number(done.values['bytes_1']) / 2);
    expect(await invalid()).toBe('0');
    expect((await runOnce(client, step.probe, done.values)).problems).toEqual([]);
  });

  test('the size is that of the server, and is added to the record', async () => {
    const client = await connect(host);
    const done = await walk(client, await linkedRunbook('mazevault-database-size'));
    expect(done.failed).toBeUndefined();
    const record = (await exec(client, 'tail -n 1 database/size-history.csv')).stdout.toString().trim();
    expect(record).toBe(`${done.values['measured_at'] ?? ''},${done.values['size_bytes'] ?? ''}`);
  });

  test('a backup is restored, compared row by row and read page by page; cut short, it lists well and does not restore', async () => {
    const client = await connect(host);
    const book = await linkedRunbook('mazevault-backup-verification');
    const steps = book.phases.flatMap((phase) => phase.steps);
    const restored = async (values: Readonly<Record<string, string>>) => {
      const step = steps.find(({ id }) => id === 'restore');
      if (step?.kind !== 'run' || step.probe === undefined) throw new Error('no probe');
      return (await runOnce(client, step.probe, values)).problems;
    };
    const done = await walk(client, book, { before: 'record' });
    expect(done.failed).toBeUndefined();
    expect(done.passed).toEqual(expect.arrayContaining(['restore', 'rows', 'pages', 'readable']));
    expect(Number(done.values['restored_count'])).toBe(18_422);
    expect(Number(done.values['rows_compared'])).toBeGreaterThan(18_000);
    expect(await restored(done.values)).toEqual([]);

    const undo = steps.find(({ id }) => id === 'scratch');
    if (undo?.kind !== 'run' || undo.undo?.kind !== 'command') throw new Error('no way back');
    expect((await runOnce(client, undo.undo, done.values)).problems).toEqual([]);
    await host.setFault('backup-cut-short', true);
    const cut = await walk(client, book);
    expect(cut.passed).toEqual(expect.arrayContaining(['checksum', 'contents']));
    expect(cut.failed?.id).toBe('restore');
    expect(await restored(cut.values)).not.toEqual([]);
  });

  test('what one rehearsal has prepared is for the next as nobody has touched it, and its own', async () => {
    const first = await connect(host);
    await sql(first, 'CREATE TABLE mine (id integer)');
    const { host: other } = await startHost({ prepared });
    const second = await connect(other);
    const place = "sed -n 's/^host=//p' .platform/postgres/service.conf";
    expect(await sql(second, "SELECT to_regclass('mine') IS NULL")).toBe('t');
    expect((await exec(second, place)).stdout).not.toEqual((await exec(first, place)).stdout);
    const identifier = 'SELECT system_identifier FROM pg_control_system()';
    expect(await sql(second, identifier)).toBe(await sql(first, identifier));
    expect(await sql(second, 'SELECT count(*) FROM secrets')).toBe('18422');
    const dead = 'SELECT sum(n_dead_tup) FROM pg_stat_user_tables';
    expect(Number(await sql(second, dead))).toBeGreaterThan(1000);
    const whole = await exec(
      second,
      'cd backups/nightly && sha256sum -c -- *.sha256 && PGSERVICE=mazevault-maintenance pg_restore -l -- *.dump',
    );
    expect(whole, whole.stderr).toMatchObject({ code: 0 });
    await sql(second, 'DROP TABLE secrets');
    expect(await sql(first, 'SELECT count(*) FROM secrets')).toBe('18422');
  });

  test('the server ends with the rehearsal', async () => {
    const before = await clusters();
    const { host: other } = await startHost({ prepared });
    const client = await connect(other);
    expect(await sql(client, 'SELECT 1')).toBe('1');
    const mine = (await exec(client, "sed -n 's/^host=//p' .platform/postgres/service.conf")).stdout
      .toString()
      .trim();
    expect(before).not.toContain(mine.replace('/tmp/', ''));
    client.end();
    await other.close();
    await until('the cluster is gone', async () => !(await clusters()).includes(mine.replace('/tmp/', '')));
  });
});
