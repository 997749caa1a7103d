import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fail, ok } from '../../../../electron/contract/result.ts';
import { createPlayer, type Player, type World } from '../../../../renderer/features/player/player.ts';
import {
  frameBefore,
  markerAt,
  nextMarker,
  previousMarker,
  stepSpeed,
  tick,
} from '../../../../renderer/features/player/playhead.ts';
import { cached, createReel, PIECE, type Source } from '../../../../renderer/features/player/reel.ts';
import { searchRecording } from '../../../../renderer/features/player/search.ts';

const header = JSON.stringify({ version: 2, width: 40, height: 5 });
type Event = readonly [number, string, string];
function cast(events: readonly Event[]): Uint8Array {
  return new TextEncoder().encode([header, ...events.map((one) => JSON.stringify(one)), ''].join('\n'));
}
function sourceOf(bytes: Uint8Array, reads: number[] = []): Source {
  return {
    bytes: bytes.length,
    read: (offset, length) => {
      reads.push(offset);
      return Promise.resolve(ok(bytes.subarray(offset, offset + length)));
    },
  };
}

/** A world whose frames come when the test says so. */
function playedWorld(): World & { step(ms: number): Promise<void>; settle(): Promise<void> } {
  let now = 0;
  let queue: { readonly work: () => void }[] = [];
  const enqueue = (work: () => void): (() => void) => {
    const item = { work };
    queue.push(item);
    return () => {
      queue = queue.filter((one) => one !== item);
    };
  };
  const turn = async (): Promise<void> => {
    const due = queue;
    queue = [];
    for (const one of due) one.work();
    for (let k = 0; k < 20; k++) await Promise.resolve();
  };
  return {
    now: () => now,
    frame: enqueue,
    later: enqueue,
    async step(ms) {
      now += ms;
      await turn();
    },
    async settle() {
      for (let k = 0; k < 20; k++) await Promise.resolve();
      for (let k = 0; k < 500 && queue.length > 0; k++) await turn();
    },
  };
}
async function opened(
  events: readonly Event[],
): Promise<{ player: Player; world: ReturnType<typeof playedWorld> }> {
  const world = playedWorld();
  const player = createPlayer({ source: sourceOf(cast(events)), newline: false, world });
  await world.settle();
  return { player, world };
}

describe('the player', () => {
  const events: readonly Event[] = [
    [0, 'm', 'step:one'],
    [0.5, 'o', 'first\r\n'],
    [1, 'o', 'second\r\n'],
    [60, 'm', 'step:two'],
    [61, 'o', '\u001b[2Jthird \u001b]52;c;eA==\u0007'],
    [62, 'i', 'typed'],
    [63, 'o', 'last'],
  ];

  it('knows length and markers, and counts what it left out', async () => {
    const { player } = await opened(events);
    expect(player.getState()).toMatchObject({
      phase: 'ready',
      duration: 63_000,
      dropped: 1,
      bad: 1,
      markers: [
        { at: 0, label: 'step:one' },
        { at: 60_000, label: 'step:two' },
      ],
    });
    player.dispose();
  });

  it('says how far it has read ten times a second at the most, and nothing twice', async () => {
    const world = playedWorld();
    // Many pieces with nothing to draw, each of which must be fetched: a turn of reading for every one.
    const long = Array.from({ length: 12 }, (_, n): Event => [n, 'i', 'x'.repeat(PIECE)]);
    const player = createPlayer({ source: sourceOf(cast(long)), newline: false, world });
    const said: number[] = [];
    player.subscribe((state, before) => {
      expect(state).not.toEqual(before);
      said.push(state.scanned);
    });
    await world.settle();
    expect(player.getState().scanned).toBe(player.getState().bytes);
    // The clock of this world stands still: the first word and the last, and no others in between.
    expect(new Set(said).size).toBeLessThanOrEqual(3);
    player.pause();
    const count = said.length;
    player.pause();
    expect(said).toHaveLength(count);
    player.dispose();
  });

  it('plays with the clock, skips long silence and stops at the end', async () => {
    const { player, world } = await opened(events);
    player.play();
    await world.step(0);
    await world.step(600);
    expect(player.screen()?.text()).toBe('first');
    await world.step(500);
    expect(player.screen()?.text()).toBe('first\nsecond');
    await world.step(2000);
    expect(player.getState().clock).toBe(60_000);
    expect(player.getState().skipped).toBeGreaterThan(50_000);
    for (let k = 0; k < 12; k++) await world.step(500);
    expect(player.getState()).toMatchObject({ playing: false, clock: 63_000 });
    expect(player.screen()?.text()).toContain('third last');
    player.dispose();
  });

  it('seeks forwards, backwards and by marker, and shows the same each time', async () => {
    const { player, world } = await opened(events);
    const at = async (ms: number): Promise<string | undefined> => {
      player.seek(ms);
      await world.settle();
      return player.screen()?.text();
    };
    expect(await at(63_000)).toContain('last');
    expect(await at(700)).toBe('first');
    expect(await at(1000)).toBe('first\nsecond');
    expect(await at(0)).toBe('');
    player.marker(1);
    expect(player.getState().clock).toBe(60_000);
    player.marker(1);
    expect(player.getState().clock).toBe(63_000);
    player.marker(-1);
    expect(player.getState().clock).toBe(60_000);
    player.dispose();
  });

  it('says so when the file is no recording, or cannot be read', async () => {
    const world = playedWorld();
    const odd = createPlayer({
      source: sourceOf(new TextEncoder().encode('{"version":3}\n')),
      newline: false,
      world,
    });
    await world.settle();
    expect(odd.getState().failure?.code).toBe('corrupt');
    const source: Source = { bytes: 10, read: () => Promise.resolve(fail('storage', 'gone')) };
    const gone = createPlayer({ source, newline: false, world });
    await world.settle();
    expect(gone.getState()).toMatchObject({ phase: 'failed', failure: { code: 'storage' } });
  });

  it('takes a line of ten megabytes in pieces, and reads no piece twice', async () => {
    const reads: number[] = [];
    const world = playedWorld();
    const bytes = cast([
      [0.1, 'o', 'x'.repeat(10_000_000)],
      [0.2, 'o', '\u001b[2J\u001b[Hend'],
    ]);
    const player = createPlayer({ source: sourceOf(bytes, reads), newline: false, world });
    await world.settle();
    player.seek(200);
    await world.settle();
    expect(player.screen()?.text()).toBe('end');
    expect(reads).toHaveLength(Math.ceil(bytes.length / PIECE));
  });

  it('seeks the same as playing from the beginning does', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(fc.nat(2000), fc.constantFrom('a', '\r\n', '\u001b[H', '\u001b[31m', '漢', '\u001b[2J')),
          {
            minLength: 1,
            maxLength: 40,
          },
        ),
        fc.array(fc.nat(50_000), { minLength: 1, maxLength: 4 }),
        async (steps, targets) => {
          let t = 0;
          const list = steps.map(([gap, text]): Event => [(t += gap) / 1000, 'o', text]);
          const { player, world } = await opened(list);
          for (const target of targets) {
            player.seek(target);
            await world.settle();
          }
          const end = player.getState().clock;
          const fresh = await opened(list.filter(([at]) => at * 1000 <= end));
          fresh.player.seek(end);
          await fresh.world.settle();
          expect(player.screen()?.text()).toBe(fresh.player.screen()?.text());
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('the clock', () => {
  const base = { clock: 1000, wall: 100, speed: 1, idleCap: null, last: 900, next: 5000, duration: 10_000 };
  it('goes at the chosen speed and never past the end', () => {
    expect(tick({ ...base, speed: 16 }).clock).toBe(2600);
    expect(tick({ ...base, speed: 0.5 }).clock).toBe(1050);
    expect(tick({ ...base, clock: 9990 }).clock).toBe(10_000);
  });
  it('waits through silence up to the cap', () => {
    expect(tick({ ...base, idleCap: 500 })).toEqual({ clock: 1100, skipped: 0 });
    expect(tick({ ...base, clock: 1350, idleCap: 500 })).toEqual({ clock: 5000, skipped: 3550 });
    expect(tick({ ...base, clock: 1350, idleCap: 500, next: null }).skipped).toBe(0);
  });
  it('finds markers and frames', () => {
    const markers = [
      { at: 0, label: 'a' },
      { at: 5000, label: 'b' },
    ];
    expect(nextMarker(markers, 0)?.label).toBe('b');
    expect(nextMarker(markers, 5000)).toBeNull();
    expect(previousMarker(markers, 5500)?.label).toBe('a');
    expect(previousMarker(markers, 6500)?.label).toBe('b');
    expect(markerAt(markers, 4999)?.label).toBe('a');
    const frames = [
      { at: 0, offset: 1 },
      { at: 10, offset: 2 },
      { at: 10, offset: 3 },
      { at: 20, offset: 4 },
    ];
    expect(frameBefore(frames, 10)?.offset).toBe(1);
    expect(frameBefore(frames, 11)?.offset).toBe(3);
    expect(frameBefore(frames, 0)?.offset).toBe(1);
    expect(stepSpeed(16, 1)).toBe(16);
    expect(stepSpeed(1, -1)).toBe(0.5);
  });
});

describe('reading line by line', () => {
  it('gives every line whatever the pieces, with the places to go on from', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 12 })),
        fc.integer({ min: 1, max: 9 }),
        async (lines, size) => {
          const clean = lines.map((line) => line.replaceAll('\n', ' '));
          const bytes = new TextEncoder().encode(clean.join('\n'));
          const source: Source = {
            bytes: bytes.length,
            read: (offset) => Promise.resolve(ok(bytes.subarray(offset, offset + size))),
          };
          const reel = createReel(source);
          const got: string[] = [];
          for (;;) {
            const line = reel.take();
            if (line !== null) {
              got.push(line.text ?? '');
              expect(new TextDecoder().decode(bytes.subarray(line.start, line.next)).replace(/\n$/, '')).toBe(
                line.text,
              );
              continue;
            }
            const more = await reel.fetch();
            if (more.ok && more.value === 'end') break;
          }
          const expected = clean.join('\n') === '' ? [] : clean.join('\n').replace(/\n$/, '').split('\n');
          expect(got).toEqual(expected);
        },
      ),
    );
  });

  it('leaves a line out that nobody could have printed, and goes on behind it', async () => {
    const big = 40 * 1_048_576;
    const source: Source = {
      bytes: big + 6,
      read: (offset, length) => {
        const out = new Uint8Array(Math.min(length, big + 6 - offset)).fill(0x78);
        if (offset + out.length > big)
          out.set(
            new TextEncoder().encode('\nnext\n').subarray(Math.max(0, offset - big)),
            Math.max(0, big - offset),
          );
        return Promise.resolve(ok(out));
      },
    };
    const reel = createReel(cached(source));
    const got: (string | null)[] = [];
    for (;;) {
      const line = reel.take();
      if (line !== null) got.push(line.text);
      else {
        const more = await reel.fetch();
        if (more.ok && more.value === 'end') break;
      }
    }
    expect(got).toEqual([null, 'next']);
  });
});

describe('search', () => {
  const find = async (events: readonly Event[], needle: string) => {
    const result = await searchRecording(sourceOf(cast(events)), header.length + 1, needle, () =>
      Promise.resolve(true),
    );
    if (!result.ok) throw new Error(result.error.message);
    return result.value;
  };
  it('finds across pieces and colours, with the time it was complete', async () => {
    const found = await find(
      [
        [1, 'o', 'pod \u001b[31mCrash'],
        [2, 'o', 'Loop\u001b[0mBackOff\r\n'],
        [3, 'o', 'crashloopbackoff again'],
      ],
      'CrashLoopBackOff',
    );
    expect(found.matches.map(({ at, before }) => [at, before])).toEqual([
      [2000, 'pod '],
      [3000, ''],
    ]);
  });
  it('finds each place once', async () => {
    expect(
      (
        await find(
          [
            [1, 'o', 'aaaa'],
            [2, 'o', 'aaa'],
          ],
          'aa',
        )
      ).matches,
    ).toHaveLength(3);
  });
  it('keeps a bounded number and says that there are more', async () => {
    const found = await find([[1, 'o', 'x\n'.repeat(2000)]], 'x');
    expect(found.matches).toHaveLength(500);
    expect(found.more).toBe(true);
  });
  it('never finds in what is not shown', async () => {
    expect((await find([[1, 'o', '\u001b]0;secret\u0007shown']], 'secret')).matches).toEqual([]);
  });
});
