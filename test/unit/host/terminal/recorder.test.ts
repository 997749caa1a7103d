/** What a host puts out is on disk before anybody sees it, to the byte, and a player can show it. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../../electron/contract/result.ts';
import { sha256 } from '../../../../electron/host/files/hash.ts';
import {
  createRecorder,
  type Recorder,
  type RecorderOptions,
} from '../../../../electron/host/terminal/recorder.ts';
import { mayMount, tinyDisk } from '../../../fixtures/runs/tinyDisk.ts';
import { setClock, temporary } from '../runs/temporary.ts';

const run = promisify(execFile);

function recorderIn(dir: string, change: Partial<RecorderOptions> = {}): Promise<Recorder> {
  const clock = setClock();
  return createRecorder({
    dir,
    cast: 'a.cast',
    stdout: 'a.out',
    stderr: 'a.err',
    size: { cols: 80, rows: 24 },
    title: 'test',
    mono: () => {
      clock.pass(10);
      return clock.mono();
    },
    startedAt: clock.now(),
    onWritten: () => undefined,
    onTrouble: () => undefined,
    source: { pause: () => undefined, resume: () => undefined },
    ...change,
  });
}

interface Cast {
  readonly header: { readonly version: number };
  readonly events: readonly (readonly [number, string, string])[];
}

async function castOf(dir: string): Promise<Cast> {
  const [header, ...events] = (await readFile(join(dir, 'a.cast'), 'utf8')).trimEnd().split('\n');
  return {
    header: JSON.parse(header ?? '') as Cast['header'],
    events: events.map((line) => JSON.parse(line) as Cast['events'][number]),
  };
}

const shown = (cast: Cast) => cast.events.flatMap(([, code, text]) => (code === 'o' ? [text] : [])).join('');

describe('recorder', () => {
  test('has bytes in both files before the screen gets them', async () => {
    const dir = await temporary();
    const seen: number[] = [];
    const recorder = await recorderIn(dir, {
      onWritten: () => {
        // Read at once, in the very call: an asynchronous look would prove nothing.
        const raw = readFileSync(join(dir, 'a.out'), 'utf8');
        const cast = readFileSync(join(dir, 'a.cast'), 'utf8');
        seen.push(raw.length);
        expect(cast).toContain(raw.slice(-3));
      },
    });
    for (const piece of ['one', 'two', 'six']) recorder.take('stdout', Buffer.from(piece));
    await recorder.close();
    expect(seen).toHaveLength(3);
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(3);
  });

  test('keeps the streams apart byte for byte, and shows them together in the order of arrival', async () => {
    const dir = await temporary();
    const recorder = await recorderIn(dir);
    const out = Buffer.from([0, 1, 2, 0xff, 0xfe, 0x80, 10]);
    recorder.take('stdout', out);
    recorder.take('stderr', Buffer.from('bad\n'));
    recorder.take('stdout', Buffer.from('end'));
    const closed = await recorder.close();
    expect(await readFile(join(dir, 'a.out'))).toEqual(Buffer.concat([out, Buffer.from('end')]));
    expect(await readFile(join(dir, 'a.err'), 'utf8')).toBe('bad\n');
    expect(closed.stdout).toEqual({
      file: 'a.out',
      bytes: 10,
      sha256: sha256(Buffer.concat([out, Buffer.from('end')])),
    });
    expect(closed.cast).toMatchObject({ sha256: sha256(await readFile(join(dir, 'a.cast'))) });
    const cast = await castOf(dir);
    expect(shown(cast)).toBe('\u0000\u0001\u0002\ufffd\ufffd\ufffd\nbad\nend');
    expect(closed.events).toBe(cast.events.length);
  });

  test('copies what it is given, and joins characters that arrive in pieces', async () => {
    const dir = await temporary();
    const recorder = await recorderIn(dir);
    const bytes = Buffer.from('žluťoučký 🐎 <U+0000> "\\', 'utf8');
    const shared = Buffer.alloc(1);
    for (const byte of bytes) {
      shared[0] = byte;
      recorder.take('stdout', shared);
    }
    recorder.take('stdout', Buffer.from([0xf0, 0x9f]));
    await recorder.close();
    expect(await readFile(join(dir, 'a.out'))).toEqual(Buffer.concat([bytes, Buffer.from([0xf0, 0x9f])]));
    expect(shown(await castOf(dir))).toBe(`${bytes.toString('utf8')}\ufffd`);
  });

  test('makes a file that asciinema plays', async () => {
    const dir = await temporary();
    const recorder = await recorderIn(dir);
    recorder.marker('step:one');
    recorder.take('stdout', Buffer.from('\x1b[32mgreen\x1b[0m\r\n'));
    recorder.resize({ cols: 100, rows: 40 });
    recorder.take('stderr', Buffer.from([0xc3, 0x28]));
    recorder.take('stdout', Buffer.from('the end'));
    await recorder.close();
    const times = (await castOf(dir)).events.map(([at]) => at);
    expect([...times].sort((a, b) => a - b)).toEqual(times);
    // asciinema 2 wants a terminal even to print a recording.
    const { stdout } = await run('script', ['-qec', `asciinema cat ${join(dir, 'a.cast')}`, '/dev/null'], {
      env: { ...process.env, LC_ALL: 'C.UTF-8', ASCIINEMA_CONFIG_HOME: dir },
    });
    expect(stdout).toContain('\x1b[32mgreen\x1b[0m');
    expect(stdout).toContain('the end');
  });

  test('takes nothing more once it is closing, and does not hang on a late resize', async () => {
    const dir = await temporary();
    const trouble: unknown[] = [];
    const recorder = await recorderIn(dir, { onTrouble: (failure) => trouble.push(failure) });
    recorder.take('stdout', Buffer.from('all'));
    const closed = await recorder.close();
    recorder.resize({ cols: 1, rows: 1 });
    recorder.marker('late');
    recorder.take('stdout', Buffer.from('late'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(trouble).toEqual([]);
    expect((await stat(join(dir, 'a.cast'))).size).toBe(closed.cast.bytes);
  });

  test('never writes over a file that is there', async () => {
    const dir = await temporary();
    await (await recorderIn(dir)).close();
    const before = await readFile(join(dir, 'a.cast'));
    await expect(recorderIn(dir)).rejects.toThrow('EEXIST');
    expect(await readFile(join(dir, 'a.cast'))).toEqual(before);
  });
});

const mounts = await mayMount();
if (!mounts) process.stderr.write('skipped: tests of a full disk need the right to mount one\n');

describe.skipIf(!mounts)('recorder on a full disk', () => {
  test('waits, says so, stops the source, and loses no byte', async () => {
    const disk = await tinyDisk(16 * 1024);
    const heard: (Failure | null)[] = [];
    const flow: string[] = [];
    let told = (): void => undefined;
    const troubled = new Promise<void>((resolve) => {
      told = resolve;
    });
    const recorder = await recorderIn(disk.dir, {
      onTrouble: (failure) => {
        heard.push(failure);
        if (failure !== null) told();
      },
      source: { pause: () => flow.push('pause'), resume: () => flow.push('resume') },
    });
    await disk.fill(8192);
    const pieces = Array.from({ length: 180 }, (_, i) => Buffer.alloc(32 * 1024, 97 + (i % 26)));
    for (const piece of pieces) recorder.take('stdout', piece);
    await troubled;
    expect(heard[0]?.message).toContain('the disk is full');
    expect(flow).toEqual(['pause']);
    await disk.free();
    const closed = await recorder.close();
    expect(heard.at(-1)).toBeNull();
    expect(flow).toEqual(['pause', 'resume']);
    expect(closed.stdout?.sha256).toBe(sha256(Buffer.concat(pieces)));
    expect(sha256(await readFile(join(disk.dir, 'a.out')))).toBe(closed.stdout?.sha256);
    expect(shown(await castOf(disk.dir))).toBe(Buffer.concat(pieces).toString());
  });
});
