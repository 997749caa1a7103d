/** A slow page never holds a command up and never gets more than it can take; a fast one loses nothing. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ACK_BYTES, BACKLOG_BYTES, HIGH_WATER, LOW_WATER } from '../../../../electron/contract/flow.ts';
import { createPane, type PaneInput } from '../../../../electron/host/terminal/pane.ts';
import { RESET_MODES } from '../../../../electron/host/terminal/modes.ts';
import { createStreams } from '../../../../electron/host/terminal/streams.ts';

const size = { cols: 80, rows: 24 };
const NOTICE = 200;

function page() {
  const got: Buffer[] = [];
  return {
    send: (bytes: Uint8Array) => got.push(Buffer.from(bytes)),
    got,
    bytes: () => got.reduce((sum, piece) => sum + piece.byteLength, 0),
    text: () => Buffer.concat(got).toString('latin1'),
  };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** The page takes in what it has got, so many bytes at the most. */
function takeIn(
  slow: ReturnType<typeof page>,
  view: { ack(bytes: number): void },
  from = 0,
  most = Number.POSITIVE_INFINITY,
): number {
  let seen = from;
  while (seen < slow.bytes() && seen - from < most) {
    const step = Math.min(ACK_BYTES, slow.bytes() - seen);
    seen += step;
    view.ack(step);
  }
  return seen;
}

/** What a page takes in, in a millisecond. */
const PAGE_SPEED = 10_000;

describe('pane', () => {
  test('never has more on the way than the high water mark and one piece', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.record({ write: fc.integer({ min: 1, max: 300_000 }) }),
            fc.record({ ack: fc.integer({ min: 1, max: 300_000 }) }),
          ),
          {
            maxLength: 60,
          },
        ),
        (moves) => {
          const pane = createPane(() => null);
          const slow = page();
          const view = pane.attach(size, slow.send);
          let acknowledged = 0;
          for (const move of moves) {
            if ('write' in move) pane.write(Buffer.alloc(move.write, 97));
            else {
              const ack = Math.min(move.ack, slow.bytes() - acknowledged);
              acknowledged += ack;
              view.ack(Math.max(1, ack));
            }
            expect(slow.bytes() - acknowledged).toBeLessThanOrEqual(HIGH_WATER + 300_000 + NOTICE);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  test('skips for a page that does not keep up, says how much, and goes on', () => {
    const pane = createPane(() => null);
    const slow = page();
    const view = pane.attach(size, slow.send);
    const piece = Buffer.alloc(64 * 1024, 120);
    const total = 3 * BACKLOG_BYTES;
    for (let sent = 0; sent < total; sent += piece.byteLength) pane.write(piece);
    expect(slow.bytes()).toBeLessThanOrEqual(HIGH_WATER + piece.byteLength);
    pane.write(Buffer.from('the latest'));
    const seen = takeIn(slow, view);
    vi.advanceTimersByTime(200);
    takeIn(slow, view, seen);
    const skipped = /(\d+\.\d) MB not shown here, all of it recorded/.exec(slow.text());
    expect(Number(skipped?.[1])).toBeGreaterThan(1);
    expect(slow.text()).toContain('the latest');
    expect(slow.bytes()).toBeLessThan(total);
  });

  test('shows a page in a flood only the latest, now and then', () => {
    const pane = createPane(() => null);
    const slow = page();
    const view = pane.attach(size, slow.send);
    let seen = 0;
    for (let ms = 0; ms < 2000; ms += 1) {
      pane.write(Buffer.alloc(50_000, ms % 256));
      seen = takeIn(slow, view, seen, PAGE_SPEED);
      vi.advanceTimersByTime(1);
    }
    // 100 MB came by; a page that is told ten times a second of 64 KB each time has time for its person.
    expect(slow.bytes()).toBeLessThan(3 * BACKLOG_BYTES + 20 * 2 * 64 * 1024);
    expect(slow.got.at(-1)?.byteLength).toBeGreaterThan(0);
    takeIn(slow, view, seen);
    vi.advanceTimersByTime(200);
    expect(slow.got.at(-1)?.at(-1)).toBe(1999 % 256);
  });

  test('shows what comes right after a key, whatever else comes', () => {
    const pane = createPane(() => null);
    const slow = page();
    const view = pane.attach(size, slow.send);
    let seen = 0;
    for (let ms = 0; ms < 500; ms += 1) {
      pane.write(Buffer.alloc(50_000, 'x'));
      seen = takeIn(slow, view, seen, PAGE_SPEED);
      vi.advanceTimersByTime(1);
    }
    pane.input(Buffer.from('q'));
    pane.write(Buffer.alloc(50_000, 'x'));
    pane.write(Buffer.from('q'));
    for (let n = 0; n < 100; n += 1) pane.write(Buffer.alloc(50_000, 'x'));
    const before = seen;
    takeIn(slow, view, seen);
    expect(slow.text()).toContain('q');
    expect(slow.text().indexOf('q') - before).toBeLessThan(200_000);
    expect(slow.text().match(/not shown here/g)?.length).toBeGreaterThan(1);
  });

  test('loses nothing for a page that keeps up, whatever another page does', () => {
    const pane = createPane(() => null);
    const fast = page();
    const slow = page();
    const view = pane.attach(size, (bytes) => {
      fast.send(bytes);
      view.ack(bytes.byteLength);
    });
    pane.attach(size, slow.send);
    const pieces = Array.from({ length: 200 }, (_, i) => Buffer.alloc(32 * 1024, i));
    for (const piece of pieces) pane.write(piece);
    expect(Buffer.concat(fast.got).equals(Buffer.concat(pieces))).toBe(true);
    expect(slow.bytes()).toBeLessThanOrEqual(HIGH_WATER + 32 * 1024);
  });

  test('goes on sending below the low water mark, not before', () => {
    const pane = createPane(() => null);
    const one = page();
    const view = pane.attach(size, one.send);
    pane.write(Buffer.alloc(HIGH_WATER + 1));
    pane.write(Buffer.from('waits'));
    view.ack(HIGH_WATER + 1 - LOW_WATER);
    expect(one.text()).not.toContain('waits');
    view.ack(1);
    expect(one.text()).toContain('waits');
  });

  test('shows a page that comes later what the pane held last', () => {
    const pane = createPane(() => null);
    for (let i = 0; i < 9000; i += 1) pane.write(Buffer.from(`line ${String(i)}\n`));
    pane.notice('a notice');
    const late = page();
    const view = pane.attach(size, late.send);
    expect(late.text()).toContain(`line 8999\n${RESET_MODES}a notice`);
    expect(late.got).toHaveLength(1);
    view.detach();
    pane.write(Buffer.from('unseen'));
    expect(late.text()).not.toContain('unseen');
    const again = page();
    pane.attach(size, again.send);
    expect(again.text()).toContain('a noticeunseen');
  });

  test('does not lose the reset of modes when it skips', () => {
    const pane = createPane(() => null);
    const one = page();
    const view = pane.attach(size, one.send);
    pane.write(Buffer.alloc(HIGH_WATER + 1, 'x'));
    pane.write(Buffer.from('\x1b[?1000h'));
    pane.notice('skipped');
    pane.write(Buffer.alloc(2 * BACKLOG_BYTES, 'y'));
    view.ack(HIGH_WATER + 1);
    expect(one.text()).not.toContain('skipped');
    expect(one.text()).toContain(`${RESET_MODES}\x1b[0m\r\n\x1b[7m`);
  });

  test("passes the terminal's own answers only to what takes them", () => {
    const written: string[] = [];
    const input = (takesReplies: boolean): PaneInput => ({
      write: (bytes, by) => written.push(`${String(by)} ${Buffer.from(bytes).toString()}`),
      resize: () => undefined,
      ...(takesReplies ? { takesReplies } : {}),
    });
    let current = input(false);
    const pane = createPane(() => current);
    pane.input(Buffer.from('reply'), 'terminal');
    pane.input(Buffer.from('key'), 'person');
    current = input(true);
    pane.input(Buffer.from('reply'), 'terminal');
    expect(written).toEqual(['person key', 'terminal reply']);
  });

  test('hands keys and sizes to whatever runs at that moment', () => {
    const typed: string[] = [];
    const input = (name: string): PaneInput => ({
      write: (bytes) => typed.push(`${name} ${Buffer.from(bytes).toString()}`),
      resize: ({ cols }) => typed.push(`${name} ${String(cols)} columns`),
    });
    let current: PaneInput | null = null;
    const pane = createPane(() => current);
    pane.input(Buffer.from('lost'));
    current = input('shell');
    pane.input(Buffer.from('a'));
    current = input('command');
    pane.input(Buffer.from('b'));
    pane.resize({ cols: 100, rows: 24 });
    pane.resize({ cols: 100, rows: 24 });
    expect(typed).toEqual(['shell a', 'command b', 'command 100 columns']);
    expect(pane.size).toEqual({ cols: 100, rows: 24 });
  });
});

describe('streams of a page', () => {
  test('carry each pane under its own number, and end with the page', () => {
    const got: string[] = [];
    const streams = createStreams((stream, bytes) =>
      got.push(`${String(stream)} ${Buffer.from(bytes).toString()}`),
    );
    const typed: string[] = [];
    const one = createPane(() => ({
      write: (bytes) => typed.push(Buffer.from(bytes).toString()),
      resize: () => undefined,
    }));
    const two = createPane(() => null);
    expect([streams.attach(one, size), streams.attach(two, size)]).toEqual([1, 2]);
    one.write(Buffer.from('x'));
    two.write(Buffer.from('y'));
    expect(got).toEqual(['1 x', '2 y']);
    expect([streams.write(1, 'ž'), streams.resize(2, { cols: 90, rows: 20 }), streams.ack(1, 1)]).toEqual([
      true,
      true,
      true,
    ]);
    expect(typed).toEqual(['ž']);
    expect(two.size.cols).toBe(90);
    expect(streams.detach(1)).toBe(true);
    one.write(Buffer.from('unseen'));
    streams.close();
    two.write(Buffer.from('unseen'));
    expect(got).toHaveLength(2);
  });

  test('that are not there are said to be not there', () => {
    const streams = createStreams(() => undefined);
    expect([streams.ack(7, 1), streams.write(7, 'x'), streams.resize(7, size), streams.detach(7)]).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});
