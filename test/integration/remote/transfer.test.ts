/** Files go to a host and come back byte for byte, through SFTP and through a shell, or not at all. */
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  appendFile,
  chmod,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connect, Connection } from '../../../electron/host/connect/connection.ts';
import { connectOpenssh } from '../../../electron/host/connect/openssh/opensshConnection.ts';
import { connectSsh2 } from '../../../electron/host/connect/ssh2/ssh2Connection.ts';
import { fetchFile, putFile } from '../../../electron/host/remote/transfer.ts';
import { mayMount, tinyDisk } from '../../fixtures/runs/tinyDisk.ts';
import { temporary } from '../../unit/host/runs/temporary.ts';
import { eventually, type Host, must, startHost } from './host.ts';

const run = promisify(execFile);
const max = 64 * 1024 * 1024;
const sum = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const mounts = await mayMount();

const sftp = ['Subsystem sftp internal-sftp'];
const servers: readonly (readonly [string, 'sftp' | 'shell', readonly string[], Connect])[] = [
  ['internal-sftp', 'sftp', sftp, connectSsh2],
  ["internal-sftp, the system's ssh", 'sftp', sftp, connectOpenssh],
  ['sftp-server', 'sftp', ['Subsystem sftp /usr/lib/openssh/sftp-server'], connectSsh2],
  ['no sftp', 'shell', [], connectSsh2],
  ["no sftp, the system's ssh", 'shell', [], connectOpenssh],
  ['something else as sftp', 'shell', ['Subsystem sftp /bin/cat /etc/passwd'], connectSsh2],
];

describe.each(servers)('%s', (_name, way, config, engine) => {
  let host: Host & { stop(): Promise<void> };
  let connection: Connection;
  beforeAll(async () => {
    host = await startHost({ config }, engine);
    connection = await host.connect();
  });
  afterAll(async () => {
    await host.stop();
  });

  const sizes = [0, 1, 32_767, 32_768, 32_769, 5_000_000];
  test.each(sizes)('%i bytes there and back', async (size) => {
    const dir = await temporary();
    const bytes = randomBytes(size);
    await writeFile(join(dir, 'source'), bytes);
    const progress: number[] = [];
    const put = must(
      await putFile(
        { connection },
        {
          from: join(dir, 'source'),
          path: join(dir, 'there'),
          maxBytes: max,
          onProgress: (n) => progress.push(n),
        },
      ),
    );
    const found = await stat(join(dir, 'there'));
    expect(put).toEqual({
      bytes: size,
      sha256: sum(bytes),
      hostSha256: sum(bytes),
      way,
      mode: 0o644,
      mtime: Math.floor(found.mtimeMs / 1000) * 1000,
    });
    expect((await readFile(join(dir, 'there'))).equals(bytes)).toBe(true);
    expect([...progress].sort((a, b) => a - b)).toEqual(progress);
    const got = must(
      await fetchFile({ connection }, { path: join(dir, 'there'), to: join(dir, 'back'), maxBytes: max }),
    );
    expect(got).toEqual(put);
    expect((await readFile(join(dir, 'back'))).equals(bytes)).toBe(true);
    expect((await stat(join(dir, 'back'))).mode & 0o777).toBe(0o600);
    expect((await readdir(dir)).sort()).toEqual(['back', 'source', 'there']);
  });

  const names = [
    'with space',
    "it's",
    '"double"',
    '-rf',
    '$(touch x)',
    'new\nline',
    'ž🐎',
    'back\\slash',
    '*',
    '%s',
  ];
  test.each(names)('a name like %j', async (name) => {
    const dir = await temporary();
    await writeFile(join(dir, 'source'), 'content');
    const path = join(dir, 'folder', name);
    await mkdir(join(dir, 'folder'));
    must(await putFile({ connection }, { from: join(dir, 'source'), path, maxBytes: max }));
    expect(await readdir(join(dir, 'folder'))).toEqual([name]);
    const got = must(await fetchFile({ connection }, { path, to: join(dir, 'back'), maxBytes: max }));
    expect(got.hostSha256).toBe(sum(Buffer.from('content')));
    expect(await readFile(join(dir, 'back'), 'utf8')).toBe('content');
  });

  test('replaces a file in one step and keeps its mode and owner', async () => {
    const dir = await temporary();
    await writeFile(join(dir, 'source'), 'new');
    await writeFile(join(dir, 'conf'), 'old content');
    await chmod(join(dir, 'conf'), 0o640);
    if (process.getuid?.() === 0) await run('chown', ['1234:4321', join(dir, 'conf')]);
    const reader = await open(join(dir, 'conf'), 'r');
    const before = await stat(join(dir, 'conf'));
    const put = must(
      await putFile({ connection }, { from: join(dir, 'source'), path: join(dir, 'conf'), maxBytes: max }),
    );
    expect(put.mode).toBe(0o640);
    const after = await stat(join(dir, 'conf'));
    expect([after.uid, after.gid, after.mode]).toEqual([before.uid, before.gid, before.mode]);
    expect(await readFile(join(dir, 'conf'), 'utf8')).toBe('new');
    // Who had it open still reads the old one: it was never written into.
    expect(await reader.readFile('utf8')).toBe('old content');
    await reader.close();
    const given = must(
      await putFile(
        { connection },
        { from: join(dir, 'source'), path: join(dir, 'conf'), maxBytes: max, mode: 0o750 },
      ),
    );
    expect(given.mode).toBe(0o750);
    expect((await stat(join(dir, 'conf'))).mode & 0o7777).toBe(0o750);
  });

  test('refuses what is no file, by name, and changes nothing', async () => {
    const dir = await temporary();
    await writeFile(join(dir, 'source'), 'content');
    await mkdir(join(dir, 'folder'));
    await symlink(join(dir, 'source'), join(dir, 'link'));
    await symlink(join(dir, 'nowhere'), join(dir, 'dangling'));
    await run('mkfifo', [join(dir, 'fifo')]);
    const put = (path: string) => putFile({ connection }, { from: join(dir, 'source'), path, maxBytes: max });
    const get = (path: string) => fetchFile({ connection }, { path, to: join(dir, 'back'), maxBytes: max });
    const failed = (code: string, words: RegExp) => ({
      ok: false,
      error: { code, message: expect.stringMatching(words) as string },
    });
    expect(await put(join(dir, 'folder'))).toMatchObject(failed('refused', /folder of this name|a folder/));
    expect(await put(join(dir, 'link'))).toMatchObject(failed('refused', /symbolic link/));
    expect(await put(join(dir, 'dangling'))).toMatchObject(failed('refused', /symbolic link/));
    expect(await put(join(dir, 'fifo'))).toMatchObject(failed('refused', /fifo|no regular file/));
    expect(await put(join(dir, 'none', 'x'))).toMatchObject(failed('not-found', /no such file/));
    expect(await put('relative')).toMatchObject(failed('bad-request', /no absolute path/));
    expect(await put(`${dir}/a\0b`)).toMatchObject(failed('bad-request', /NUL/));
    expect(await get(join(dir, 'none'))).toMatchObject(failed('not-found', /no such file/));
    expect(await get(join(dir, 'folder'))).toMatchObject(failed('refused', /a folder/));
    expect(await get(join(dir, 'fifo'))).toMatchObject(failed('refused', /fifo|no regular file/));
    expect(await get('/dev/null')).toMatchObject(failed('refused', /device|no regular file/));
    expect((await lstat(join(dir, 'link'))).isSymbolicLink()).toBe(true);
    expect((await readdir(dir)).sort()).toEqual(['dangling', 'fifo', 'folder', 'link', 'source']);
    // A link may be read through: what it points at is what is asked for.
    expect(must(await get(join(dir, 'link'))).bytes).toBe(7);
  });

  test('keeps the limit, before and while it reads', async () => {
    const dir = await temporary();
    await writeFile(join(dir, 'big'), Buffer.alloc(100_001));
    const get = (path: string, maxBytes: number) =>
      fetchFile({ connection }, { path, to: join(dir, 'back'), maxBytes });
    expect(await get(join(dir, 'big'), 100_000)).toMatchObject({
      ok: false,
      error: { code: 'refused', message: expect.stringContaining('has 100001 bytes') as string },
    });
    // Made up while it is read: its size is 0 until then.
    const cpu = await readFile('/proc/version');
    const small = must(await get('/proc/version', 100_000));
    expect(small).toMatchObject({ bytes: cpu.byteLength, sha256: sum(cpu) });
    expect(await get('/proc/kallsyms', 100_000)).toMatchObject({ ok: false, error: { code: 'refused' } });
    expect(
      await putFile({ connection }, { from: join(dir, 'big'), path: join(dir, 'there'), maxBytes: 100_000 }),
    ).toMatchObject({ ok: false, error: { code: 'refused', kept: 'Nothing was sent.' } });
    expect((await readdir(dir)).sort()).toEqual(['back', 'big']);
  });

  test('never writes over a file of this computer', async () => {
    const dir = await temporary();
    await writeFile(join(dir, 'here'), 'mine');
    expect(
      await fetchFile({ connection }, { path: '/etc/hostname', to: join(dir, 'here'), maxBytes: max }),
    ).toMatchObject({ ok: false, error: { code: 'refused' } });
    expect(await readFile(join(dir, 'here'), 'utf8')).toBe('mine');
  });

  test('a file that somebody writes to meanwhile is whole or refused', async () => {
    const dir = await temporary();
    const log = join(dir, 'log');
    await writeFile(log, Buffer.alloc(3_000_000, 97));
    const state = { over: false };
    const writing = (async () => {
      for (let n = 0; !state.over; n += 1) await appendFile(log, `line ${String(n)}\n`);
    })();
    const got = await fetchFile({ connection }, { path: log, to: join(dir, 'back'), maxBytes: max });
    state.over = true;
    await writing;
    // A log only grows: what was fetched is its beginning.
    const bytes = must(got).bytes;
    expect((await readFile(join(dir, 'back'))).equals((await readFile(log)).subarray(0, bytes))).toBe(true);
  });

  test('stopped in the middle, it leaves nothing behind', async () => {
    const dir = await temporary();
    await writeFile(join(dir, 'source'), randomBytes(30_000_000));
    const there = join(dir, 'there');
    await mkdir(there);
    for (const direction of ['put', 'fetch'] as const) {
      const stop = new AbortController();
      const onProgress = (bytes: number): void => {
        if (bytes > 0) stop.abort();
      };
      const common = { maxBytes: max, onProgress, signal: stop.signal };
      // The shell tells no progress of a put: it is stopped there as soon as its file is begun.
      if (direction === 'put' && way === 'shell')
        void eventually(async () => (await readdir(there)).length > 0).then(() => {
          stop.abort();
        });
      const done =
        direction === 'put'
          ? await putFile({ connection }, { ...common, from: join(dir, 'source'), path: join(there, 'x') })
          : await fetchFile({ connection }, { ...common, path: join(dir, 'source'), to: join(there, 'x') });
      expect(done).toMatchObject({ ok: false, error: { code: 'cancelled' } });
      await expect.poll(() => readdir(there), { timeout: 60_000 }).toEqual([]);
    }
  });

  test('cut off in the middle, nothing half is under the final name', async () => {
    const dir = await temporary();
    await writeFile(join(dir, 'source'), randomBytes(30_000_000));
    await writeFile(join(dir, 'there'), 'old');
    const other = await host.connect();
    const cut: { done: Promise<void> | null } = { done: null };
    const cutOnce = (): void => {
      cut.done ??= host.server.killSessions();
    };
    const put = putFile(
      { connection: other },
      {
        from: join(dir, 'source'),
        path: join(dir, 'there'),
        maxBytes: max,
        onProgress: cutOnce,
      },
    );
    if (way === 'shell') cutOnce();
    expect(await put).toMatchObject({ ok: false, error: { code: 'network' } });
    await cut.done;
    expect(await readFile(join(dir, 'there'), 'utf8')).toBe('old');
    connection = await host.connect();
    const third = await host.connect();
    cut.done = null;
    const fetched = await fetchFile(
      { connection: third },
      {
        path: join(dir, 'source'),
        to: join(dir, 'back'),
        maxBytes: max,
        onProgress: cutOnce,
      },
    );
    expect(fetched).toMatchObject({ ok: false, error: { code: 'network' } });
    expect(await readdir(dir)).not.toContain('back');
    expect((await readdir(dir)).filter((name) => name.startsWith('.back'))).toEqual([]);
    connection = await host.connect();
  });

  test.skipIf(!mounts)('full disks on either side are told apart', async () => {
    const dir = await temporary();
    const disk = await tinyDisk(256);
    await writeFile(join(dir, 'source'), randomBytes(1_000_000));
    const put = await putFile(
      { connection },
      { from: join(dir, 'source'), path: join(disk.dir, 'there'), maxBytes: max },
    );
    expect(put).toMatchObject({ ok: false, error: { code: 'refused' } });
    expect(await readdir(disk.dir)).not.toContain('there');
    const got = await fetchFile(
      { connection },
      { path: join(dir, 'source'), to: join(disk.dir, 'back'), maxBytes: max },
    );
    expect(got).toMatchObject({ ok: false, error: { code: 'storage' } });
    expect(
      (await readdir(disk.dir)).filter((name) => name.includes('back') || name.includes('part')),
    ).toEqual([]);
  });
});
