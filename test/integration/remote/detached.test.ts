/** A detached command runs once and to its end, whatever becomes of the connection, and its output comes back whole. */
import { createHash } from 'node:crypto';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  listDetached,
  removeDetached,
  startDetached,
  type DetachedJob,
} from '../../../electron/host/remote/detached.ts';
import { processesWith, sendSignal } from '../../fixtures/sshd/processes.ts';
import { eventually, follow, type Host, must, startHost } from './host.ts';

const size = { cols: 80, rows: 24 };
let host: Host & { stop(): Promise<void> };

beforeAll(async () => {
  host = await startHost();
});
afterAll(async () => {
  await host.stop();
});

function jobOf(step: string, command: string, change: Partial<DetachedJob> = {}): DetachedJob {
  return { id: host.job(step), command, size, detacher: 'shell', ...change };
}

/** Starts a command and follows it from the beginning. */
async function started(step: string, command: string) {
  const live = await host.live();
  const job = jobOf(step, command);
  expect(must(await startDetached(live, job))).toBe('started');
  return { live, job, followed: await follow(live, job.id) };
}

describe('ends', () => {
  const cases: readonly (readonly [string, string, object, string | RegExp])[] = [
    ['zero', 'echo fine', { how: 'exit', code: 0 }, 'fine\r\n'],
    ['three', 'echo bad; (exit 3)', { how: 'exit', code: 3 }, 'bad\r\n'],
    ['exit-in-script', 'echo a; exit 7; echo b', { how: 'exit', code: 7 }, 'a\r\n'],
    ['unknown-command', 'no-such-command-here', { how: 'exit', code: 127 }, /not found/],
    ['exit-137', 'exit 137', { how: 'exit', code: 137 }, ''],
    ['exit-143', 'sh -c "kill -TERM \\$\\$"', { how: 'exit', code: 143 }, /^/],
    ['killed', 'kill -KILL $$', { how: 'signal', signal: 'KILL' }, /^/],
    ['terminated', 'kill -TERM $$', { how: 'signal', signal: 'TERM' }, /^/],
    ['segv', 'kill -SEGV $$', { how: 'signal', signal: 'SEGV' }, /^/],
    ['no-newline', 'printf "no newline"', { how: 'exit', code: 0 }, 'no newline'],
    ['nothing', ':', { how: 'exit', code: 0 }, ''],
    ['syntax', 'echo "open', { how: 'exit', code: 126 }, /syntax error|not closed/],
    ['background', 'sleep 300 & echo front', { how: 'exit', code: 0 }, 'front\r\n'],
    [
      'quotes',
      `printf '%s|' "it's" 'a "b"' '$x \\n' "\`echo t\`"`,
      { how: 'exit', code: 0 },
      `it's|a "b"|$x \\n|t|`,
    ],
  ];
  test.each(cases)('%s', async (step, command, end, output) => {
    const { followed } = await started(`end-${step}`, command);
    expect(await followed.ended).toEqual(end);
    const text = followed.bytes().toString('utf8');
    if (typeof output === 'string') expect(text).toBe(output);
    else expect(text).toMatch(output);
  });
});

describe('a link that is cut', () => {
  test('three times, and the app once: every byte, the right code, run once', async () => {
    const marker = join(host.server.dir, 'marker');
    // It waits at three lines for the next link, however long that takes.
    const gate = `case $i in 10|22|35) until [ -e ${marker}.$i ]; do sleep 0.1; done ;; esac`;
    const command = `echo run >>${marker}; for i in $(seq 1 60); do echo "line $i"; ${gate}; sleep 0.02; done; exit 5`;
    const job = jobOf('cut', command);
    let live = await host.live();
    expect(must(await startDetached(live, job))).toBe('started');
    const chunks: Buffer[] = [];
    const at = (): number => chunks.reduce((sum, one) => sum + one.byteLength, 0);
    for (const line of ['10', '22', '35']) {
      const followed = await follow(live, job.id, at());
      await followed.until(`line ${line}\r`);
      await host.server.killSessions();
      expect(await followed.ended).toMatchObject({ how: 'lost' });
      chunks.push(followed.bytes());
      live = await host.live();
      expect(must(await startDetached(live, job))).toBe('there-already');
      await writeFile(`${marker}.${line}`, '');
    }
    const followed = await follow(live, job.id, at());
    expect(await followed.ended).toEqual({ how: 'exit', code: 5 });
    chunks.push(followed.bytes());
    const all = Buffer.concat(chunks).toString('utf8');
    expect(all).toBe(Array.from({ length: 60 }, (_, i) => `line ${String(i + 1)}\r\n`).join(''));
    expect(await readFile(marker, 'utf8')).toBe('run\n');
  });

  test('while it is started: asked again, it is never started twice', async () => {
    const marker = join(host.server.dir, 'raced');
    const job = jobOf('raced', `echo run >>${marker}; sleep 1; echo done; exit 2`);
    const lives = await Promise.all([host.live(), host.live(), host.live(), host.live()]);
    const answers = await Promise.all(lives.map((live) => startDetached(live, job)));
    const said = answers.map(must).sort();
    expect(said).toEqual(['started', 'there-already', 'there-already', 'there-already']);
    const live = await host.live();
    const early = await follow(live, job.id);
    await early.until('done');
    const both = [early, await follow(live, job.id, 2)];
    expect(await Promise.all(both.map((one) => one.ended))).toEqual([
      { how: 'exit', code: 2 },
      { how: 'exit', code: 2 },
    ]);
    expect(both.map((one) => one.bytes().toString('utf8'))).toEqual(['done\r\n', 'ne\r\n']);
    expect(await readFile(marker, 'utf8')).toBe('run\n');
  });

  test('after its end: the end is still there, to be read more than once', async () => {
    const { followed, job } = await started('twice', 'echo one; exit 9');
    expect(await followed.ended).toEqual({ how: 'exit', code: 9 });
    await host.server.killSessions();
    const again = await follow(await host.live(), job.id);
    expect(await again.ended).toEqual({ how: 'exit', code: 9 });
    expect(again.bytes().toString('utf8')).toBe('one\r\n');
    const rest = await follow(await host.live(), job.id, 5);
    expect(await rest.ended).toEqual({ how: 'exit', code: 9 });
    expect(rest.bytes().byteLength).toBe(0);
  });
});

describe('output', () => {
  test('of 20 MB, binary, is byte for byte that of the command', async () => {
    const file = join(host.server.dir, 'noise');
    const noise = Buffer.alloc(20 * 1024 * 1024);
    let seed = 7;
    for (let i = 0; i < noise.length; i += 1) {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      noise[i] = seed >> 16;
    }
    await writeFile(file, noise);
    const { followed, job, live } = await started('binary', `stty raw -echo; cat ${file}`);
    expect(await followed.ended).toEqual({ how: 'exit', code: 0 });
    const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
    expect(followed.bytes().byteLength).toBe(noise.byteLength);
    expect(digest(followed.bytes())).toBe(digest(noise));
    // From within: 1 MiB blocks and single bytes both have their part in finding the place.
    const place = 3 * 1024 * 1024 + 12_345;
    const rest = await follow(live, job.id, place);
    expect(await rest.ended).toEqual({ how: 'exit', code: 0 });
    expect(digest(rest.bytes())).toBe(digest(noise.subarray(place)));
  });

  test('waits while the reader is paused, and is whole afterwards', async () => {
    const live = await host.live();
    const job = jobOf('paused', 'seq 1 400000');
    must(await startDetached(live, job));
    const followed = await follow(live, job.id);
    followed.channel.pause();
    await eventually(() =>
      stat(join(host.folder(job.id), 'exit')).then(
        () => true,
        () => false,
      ),
    );
    followed.channel.resume();
    expect(await followed.ended).toEqual({ how: 'exit', code: 0 });
    const lines = followed.bytes().toString('utf8').split('\r\n');
    expect(lines).toHaveLength(400_001);
    expect(lines[399_999]).toBe('400000');
  });
});

describe('input', () => {
  test('answers a question after the link was cut', async () => {
    const command = 'printf "Go on? "; read -r a; printf "Name? "; read -r b; echo "[$a|$b]"';
    const { followed, job } = await started('asks', command);
    await followed.until('Go on? ');
    followed.channel.write(Buffer.from('yes\r'));
    await followed.until('Name? ');
    await host.server.killSessions();
    await followed.ended;
    const again = await follow(await host.live(), job.id, followed.bytes().byteLength);
    again.channel.write(Buffer.from('žofie\r'));
    expect(await again.ended).toEqual({ how: 'exit', code: 0 });
    expect(again.bytes().toString('utf8')).toContain('[yes|žofie]');
  });

  test('^C on its terminal interrupts it', async () => {
    const { followed } = await started('ctrl-c', 'trap "echo caught; exit 4" INT; echo ready; sleep 100');
    await followed.until('ready');
    followed.channel.write(Buffer.from([3]));
    expect(await followed.ended).toEqual({ how: 'exit', code: 4 });
    expect(followed.bytes().toString('utf8')).toContain('caught');
  });

  test('signals reach the command and all in its group', async () => {
    for (const name of ['INT', 'TERM', 'KILL'] as const) {
      const { followed, job } = await started(`signal-${name}`, 'echo ready; sleep 1000 | cat');
      await followed.until('ready');
      expect(must(await followed.channel.signal(name))).toBeNull();
      expect(await followed.ended).toEqual({ how: 'signal', signal: name });
      const group = (await readFile(join(host.folder(job.id), 'group'), 'utf8')).trim();
      await expect(stat(`/proc/${group}`)).rejects.toThrow();
      expect((await followed.channel.signal(name)).ok).toBe(false);
    }
  });

  test('the terminal has the size that was asked for, and another later', async () => {
    const live = await host.live();
    const job = jobOf('size', 'trap "stty size; exit" WINCH; stty size; while :; do sleep 0.1; done', {
      size: { cols: 111, rows: 33 },
    });
    must(await startDetached(live, job));
    const followed = await follow(live, job.id);
    await followed.until('33 111');
    followed.channel.resize({ cols: 90, rows: 20 });
    expect(await followed.ended).toEqual({ how: 'exit', code: 0 });
    expect(followed.bytes().toString('utf8')).toContain('20 90');
  });
});

describe('state', () => {
  test('directory, variables, umask and SHELL are those of other steps', async () => {
    const live = await host.live();
    const one = jobOf('state-1', 'cd /usr/lib; export COLOUR="deep blue"; umask; echo "$SHELL" "$TERM"');
    must(await startDetached(live, one));
    const first = await follow(live, one.id);
    expect(await first.ended).toEqual({ how: 'exit', code: 0 });
    expect(first.bytes().toString('utf8')).toBe(
      `0022\r\n${process.env['SHELL'] ?? '/bin/bash'} xterm-256color\r\n`,
    );
    const two = jobOf('state-2', 'pwd; echo "$COLOUR"');
    must(await startDetached(live, two));
    const second = await follow(live, two.id);
    expect(await second.ended).toEqual({ how: 'exit', code: 0 });
    expect(second.bytes().toString('utf8')).toBe('/usr/lib\r\ndeep blue\r\n');
  });

  test('a command of 200 KB runs as it is', async () => {
    const text = 'x'.repeat(200_000);
    const { followed } = await started('long', `a='${text}'; echo \${#a}`);
    expect(await followed.ended).toEqual({ how: 'exit', code: 0 });
    expect(followed.bytes().toString('utf8')).toBe('200000\r\n');
  });
});

describe('what became of it', () => {
  test('no folder: no trace', async () => {
    const live = await host.live();
    const followed = await follow(live, host.job('none'));
    expect(await followed.ended).toMatchObject({ how: 'gone', reason: 'no-trace' });
  });

  test('claimed but never launched: certainly not run, and not any more', async () => {
    const { followed, job, live } = await started('claimed', 'echo ran');
    await followed.ended;
    for (const name of ['pid', 'run', 'begun', 'exit', 'status'])
      await rm(join(host.folder(job.id), name), { recursive: true });
    const again = await follow(live, job.id);
    expect(await again.ended).toMatchObject({ how: 'gone', reason: 'never-started' });
    expect(must(await startDetached(live, job))).toBe('there-already');
    expect((await stat(join(host.folder(job.id), 'run'))).isDirectory()).toBe(true);
  });

  test('killed with what watched over it, or the host restarted', async () => {
    const { followed, job, live } = await started('killed-off', 'echo begun; sleep 1000');
    await followed.until('begun');
    const facts = await followed.channel.facts;
    expect(facts).toMatchObject({ detacher: 'shell', terminal: 'script' });
    sendSignal(facts?.pid ?? 0, 'SIGKILL');
    expect(await followed.ended).toMatchObject({ how: 'gone', reason: 'died' });
    expect(followed.bytes().toString('utf8')).toBe('begun\r\n');
    await writeFile(join(host.folder(job.id), 'boot'), '00000000-aaaa-bbbb-cccc-000000000000\n');
    const again = await follow(live, job.id, 2);
    expect(await again.ended).toMatchObject({ how: 'gone', reason: 'rebooted' });
    expect(again.bytes().toString('utf8')).toBe('gun\r\n');
    expect(must(await removeDetached(live, job.id))).toBeNull();
  });

  test('whose watcher was killed keeps its log while it is still at work', async () => {
    const { followed, job, live } = await started('orphan', 'trap "" HUP; echo begun; sleep 1000');
    await followed.until('begun');
    const facts = await followed.channel.facts;
    sendSignal(facts?.pid ?? 0, 'SIGKILL');
    expect(await followed.ended).toMatchObject({ how: 'gone', reason: 'died' });
    expect(await removeDetached(live, job.id)).toMatchObject({ ok: false, error: { code: 'busy' } });
    const group = Number(await readFile(join(host.folder(job.id), 'group'), 'utf8'));
    sendSignal(group, 'SIGKILL');
    await eventually(async () => (await removeDetached(live, job.id)).ok);
  });

  test('a log that is shorter than the record is no end', async () => {
    const { followed, job, live } = await started('short', 'echo ten bytes');
    await followed.ended;
    const again = await follow(live, job.id, 10_000);
    expect(await again.ended).toMatchObject({ how: 'gone', reason: 'log-lost' });
  });

  test('listed, refused to be removed while it runs, removed', async () => {
    const { followed, job, live } = await started('removed', 'echo a; sleep 1000');
    await followed.until('a\r\n');
    expect(must(await listDetached(live, host.runId))).toContainEqual({
      id: job.id,
      state: 'running',
      bytes: 3,
    });
    expect(await removeDetached(live, job.id)).toMatchObject({ ok: false, error: { code: 'busy' } });
    must(await followed.channel.signal('TERM'));
    await followed.ended;
    expect(must(await listDetached(live, host.runId))).toContainEqual({
      id: job.id,
      state: 'ended',
      bytes: 3,
    });
    expect(must(await removeDetached(live, job.id))).toBeNull();
    await expect(stat(host.folder(job.id))).rejects.toThrow();
    expect(must(await removeDetached(live, job.id))).toBeNull();
    expect(must(await listDetached(live, host.runId)).map((one) => one.id)).not.toContain(job.id);
  });
});

describe('refusals', () => {
  test('files on hosts forbidden: before anything is sent', async () => {
    const live = await host.live();
    const refused = await startDetached(
      { connection: live.connection, prepared: { ...live.prepared, carries: false } },
      jobOf('forbidden', 'echo no'),
    );
    expect(refused).toMatchObject({ ok: false, error: { code: 'forbidden', kept: 'Nothing was sent.' } });
    await expect(stat(host.folder(host.job('forbidden')))).rejects.toThrow();
  });

  test('systemd-run on a host without systemd', async () => {
    const live = await host.live();
    const job = jobOf('systemd', 'echo no', { detacher: 'systemd-run' });
    const refused = await startDetached(live, job);
    expect(refused).toMatchObject({ ok: false, error: { code: 'unsupported', kept: 'Nothing was run.' } });
    await expect(stat(host.folder(job.id))).rejects.toThrow();
  });

  test('a folder that is a link is not ours', async () => {
    const live = await host.live();
    const job = jobOf('link', 'echo no');
    const { symlink } = await import('node:fs/promises');
    await symlink(host.server.dir, host.folder(job.id));
    expect(await startDetached(live, job)).toMatchObject({ ok: false, error: { code: 'refused' } });
    const followed = await follow(live, job.id);
    expect(await followed.ended).toMatchObject({ how: 'gone', reason: 'no-trace' });
    await rm(host.folder(job.id));
  });

  test('a name that could leave its folder', async () => {
    const live = await host.live();
    const job = { ...jobOf('x', 'echo no'), id: '../etc' };
    expect(await startDetached(live, job)).toMatchObject({ ok: false, error: { code: 'bad-request' } });
    expect(await removeDetached(live, '..')).toMatchObject({ ok: false, error: { code: 'bad-request' } });
  });
});

test('nothing is left running by a job that ended', async () => {
  const { followed, job } = await started('tidy', 'echo over');
  await followed.ended;
  await eventually(async () => {
    const all = await processesWith(`SSHD_FIXTURE=${host.server.dir}`);
    const lines = await Promise.all(
      all.map((pid) => readFile(`/proc/${String(pid)}/cmdline`, 'utf8').catch(() => '')),
    );
    return !lines.some((line) => line.includes(job.id));
  });
});

test('says so when the host has no room for the output, and lets the command go on', async () => {
  // No file may get larger than 1 MB or half of it there.
  const small = await startHost({ forceCommand: 'ulimit -f 1000; exec sh -c "$SSH_ORIGINAL_COMMAND"' });
  try {
    const live = await small.live();
    const id = small.job('full');
    const went = join(small.server.dir, 'went');
    const command = `head -c 3000000 /dev/zero | tr "\\0" x; echo ERROR; : >${went}; echo fine`;
    must(await startDetached(live, { id, command, size, detacher: 'shell' }));
    const followed = await follow(live, id);
    const end = await followed.ended;
    expect(end).toMatchObject({ how: 'gone', reason: 'log-lost' });
    expect(end.how === 'gone' && end.why).toContain('(exit-0) proves nothing');
    expect((await stat(went)).isFile()).toBe(true);
    expect(followed.bytes().byteLength).toBeLessThan(3_000_000);
  } finally {
    await small.stop();
  }
});
