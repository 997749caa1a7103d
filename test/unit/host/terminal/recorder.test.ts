/** What a host puts out is on disk before anybody sees it, to the byte, and a player can show it. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { appendFile, mkdir, readFile, stat, truncate, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import fc from 'fast-check';
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
  return createRecorder({ ...optionsIn(dir), ...change });
}

function optionsIn(dir: string): RecorderOptions {
  const clock = setClock();
  return {
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
  };
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

/** What is recorded without stderr: only that can be taken up again. */
function merged(dir: string, change: Partial<RecorderOptions> = {}): Promise<Recorder> {
  const { stderr: _none, ...rest } = { ...optionsIn(dir), ...change };
  return createRecorder(rest);
}

describe('a recording that was broken off', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => Buffer.from(text, 'utf8')),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom(
      Buffer.from([0xf0, 0x9f]),
      Buffer.from([0x90, 0x8e]),
      Buffer.alloc(5),
      Buffer.from('\ufeff'),
    ),
  );
  const tear = fc.record({
    cast: fc.double({ min: 0, max: 1, noNaN: true }),
    raw: fc.double({ min: 0, max: 1, noNaN: true }),
    zeros: fc.record({ cast: fc.nat({ max: 20 }), raw: fc.nat({ max: 20 }) }),
    kind: fc.constantFrom('both', 'cast', 'raw', 'none', 'no-cast', 'no-raw'),
    closed: fc.boolean(),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  });

  const none = { cast: 0, raw: 0, zeros: { cast: 0, raw: 0 }, closed: false };
  /** The cast is gone, and the output ends in the middle of a character. */
  type Example = [
    Buffer<ArrayBuffer>[],
    (typeof none & { kind: 'cast' | 'no-cast' | 'raw'; share: number })[],
  ];
  const halfCharacter: Example = [
    [Buffer.from([0xf0, 0x9f]), Buffer.alloc(5)],
    [
      { ...none, kind: 'cast', share: 2 / 7 },
      { ...none, kind: 'no-cast', share: 0 },
    ],
  ];

  /** The output ends in half of a character, and in a zero that nobody wrote. A byte order mark is one like any other. */
  const halfMark: Example = [
    [Buffer.from('\ufeff')],
    [{ ...none, kind: 'raw', raw: 0.5, zeros: { cast: 0, raw: 1 }, share: 2 / 3 }],
  ];

  test('is taken up so that no byte is missing and none is there twice', async () => {
    const home = await temporary();
    let n = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 30 }),
        fc.array(tear, { minLength: 1, maxLength: 4 }),
        async (pieces, tears) => {
          n += 1;
          const dir = join(home, String(n));
          await mkdir(dir);
          const whole = Buffer.concat(pieces);
          const raw = join(dir, 'a.out');
          const cast = join(dir, 'a.cast');
          for (const [i, one] of tears.entries()) {
            const recorder = await merged(dir, i === 0 ? {} : { resume: true });
            const from = recorder.outputBytes.stdout;
            expect(from).toBeLessThanOrEqual(whole.byteLength);
            if (i > 0) expect((await readFile(raw)).equals(whole.subarray(0, from))).toBe(true);
            recorder.marker('mark');
            const upTo = from + Math.floor(one.share * (whole.byteLength - from));
            for (let at = from; at < upTo; at += 13)
              recorder.take('stdout', whole.subarray(at, Math.min(upTo, at + 13)));
            expect(recorder.outputBytes.stdout).toBe(upTo);
            // Closed in order to have the files whole; what a kill would have left is cut out of them below.
            await recorder.close();
            await damage(cast, one.kind === 'both' || one.kind === 'cast', one.cast, one.zeros.cast);
            await damage(raw, one.kind === 'both' || one.kind === 'raw', one.raw, one.zeros.raw);
            if (one.kind === 'no-cast') await unlink(cast);
            if (one.kind === 'no-raw') await unlink(raw);
          }
          const last = await merged(dir, { resume: true });
          last.take('stdout', whole.subarray(last.outputBytes.stdout));
          const closed = await last.close();
          expect((await readFile(raw)).equals(whole)).toBe(true);
          expect(closed.stdout).toEqual({ file: 'a.out', bytes: whole.byteLength, sha256: sha256(whole) });
          const written = await readFile(cast);
          expect(closed.cast).toEqual({ file: 'a.cast', bytes: written.byteLength, sha256: sha256(written) });
          const read = await castOf(dir);
          expect(read.header.version).toBe(2);
          expect(shown(read)).toBe(new TextDecoder('utf-8', { ignoreBOM: true }).decode(whole));
          expect(closed.events).toBe(read.events.length);
          const times = read.events.map(([at]) => at);
          expect([...times].sort((a, b) => a - b)).toEqual(times);
        },
      ),
      { numRuns: 150, examples: [halfCharacter, halfMark] },
    );
  });

  /** Cuts a file at a share of its length, and leaves zeros there as a file system may after a power failure. */
  async function damage(path: string, cut: boolean, share: number, zeros: number): Promise<void> {
    if (!cut) return;
    await truncate(path, Math.floor(share * (await stat(path)).size));
    await appendFile(path, Buffer.alloc(zeros));
  }

  test('says where it was taken up, and keeps markers and sizes from before', async () => {
    const dir = await temporary();
    const first = await merged(dir);
    first.marker('step:one');
    first.resize({ cols: 100, rows: 40 });
    first.take('stdout', Buffer.from('before '));
    await first.close();
    await appendFile(join(dir, 'a.cast'), '[99.000000, "o", "torn');
    const second = await merged(dir, { resume: true });
    second.take('stdout', Buffer.from('after'));
    await second.close();
    const { events } = await castOf(dir);
    expect(events.map(([, code, text]) => `${code} ${text}`)).toEqual([
      'm step:one',
      'r 100x40',
      'o before ',
      'm taken up again',
      'o after',
    ]);
    expect(events[3]?.[0]).toBeGreaterThan(events[2]?.[0] ?? 0);
  });

  /** A program that records without end what follows from the place of each byte. */
  function writer(dir: string): string {
    return `
      import { createRecorder } from '../../../../electron/host/terminal/recorder.ts';
      const recorder = await createRecorder({
        dir: ${JSON.stringify(dir)}, cast: 'a.cast', stdout: 'a.out', resume: true,
        size: { cols: 80, rows: 24 }, title: 't', mono: () => Number(process.hrtime.bigint() / 1000n),
        startedAt: new Date(), onWritten: () => undefined, onTrouble: () => undefined,
        source: { pause: () => undefined, resume: () => undefined },
      });
      let at = recorder.outputBytes.stdout;
      process.stdout.write('ready');
      for (let n = 0; ; n += 1) {
        const piece = Uint8Array.from({ length: 997 }, (_, i) => ((at + i) * 7919 + ((at + i) >> 8)) & 0xff);
        recorder.take('stdout', piece);
        at += piece.length;
        if (n % 5 === 0) await new Promise((done) => setImmediate(done));
      }`;
  }

  test('survives a kill in the middle of writing', async () => {
    const dir = await temporary();
    const bundle = await build({
      stdin: { contents: writer(dir), resolveDir: import.meta.dirname, loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      write: false,
    });
    const program = join(dir, 'writer.mjs');
    await writeFile(program, bundle.outputFiles[0]?.text ?? '');
    for (let round = 0; round < 4; round += 1) {
      const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'pipe'] });
      const ended = once(child, 'exit');
      let errors = '';
      child.stderr.on('data', (bytes: Buffer) => (errors += bytes.toString()));
      const before = await stat(join(dir, 'a.out')).then(
        (found) => found.size,
        () => 0,
      );
      await Promise.race([once(child.stdout, 'data'), ended]);
      while (child.exitCode === null && (await stat(join(dir, 'a.out'))).size < before + 300_000)
        await new Promise((resolve) => setTimeout(resolve, 5));
      child.kill('SIGKILL');
      await ended;
      expect(errors).toBe('');
    }
    const last = await merged(dir, { resume: true });
    const bytes = last.outputBytes.stdout;
    await last.close();
    const raw = await readFile(join(dir, 'a.out'));
    expect(raw.byteLength).toBe(bytes);
    expect(bytes).toBeGreaterThan(1_000_000);
    const wrong = raw.findIndex((value, i) => value !== ((i * 7919 + (i >> 8)) & 0xff));
    expect(wrong).toBe(-1);
    const cast = await castOf(dir);
    expect(shown(cast) === new TextDecoder('utf-8', { ignoreBOM: true }).decode(raw)).toBe(true);
    expect(cast.events.filter(([, code]) => code === 'm').length).toBeGreaterThanOrEqual(4);
  });

  test('is refused where two streams were kept apart', async () => {
    const dir = await temporary();
    await (await recorderIn(dir)).close();
    await expect(recorderIn(dir, { resume: true })).rejects.toThrow('one stream');
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
