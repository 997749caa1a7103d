/**
 * A person types into a step that floods the terminal: how long until the page has parsed the echo of a key, and how
 * long until Ctrl+C has ended the command.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { openDesk } from './cockpit.ts';
import { type Figure, ms, percentile } from './report.ts';
import { createWorld, runbookOf, type World } from './world.ts';

const KEYS = 200;
const RATE = 50e6;
const FLOOD_S = 60;
/** A sign that the flood does not hold. */
const SIGN = 'q';

export async function keys(): Promise<readonly Figure[]> {
  const world = await createWorld();
  try {
    await writeFile(join(world.sshd.dir, 'flood.mjs'), FLOOD);
    const command = `${process.execPath} ${join(world.sshd.dir, 'flood.mjs')}`;
    const yaml = `run: ${command}\nrisk: read\nexpect: { exit: 0 }\ntimeout: 5m`;
    await world.addRunbook('bench-flood', runbookOf('bench-flood', [{ id: 'flood', yaml }]));
    const desk = await openDesk(world, watchStream);
    const { page } = desk;
    const idle = await echoes(page, 50);
    await page.keyboard.press('Alt+Enter');
    await page.waitForFunction(() => window.holdpointBench.bytes > 20e6, undefined, { timeout: 60_000 });
    const { times, lost } = await underFlood(page);
    const stopped = await interrupt(page, async () =>
      (await world.journal()).some((record) => record.type === 'step.end'),
    );
    await desk.close();
    const rate = await recordedRate(world);
    const p99 = percentile(times, 0.99);
    return [
      {
        what: `key echo p99 while ${(rate / 1e6).toFixed(0)} MB/s come in (median ${ms(percentile(times, 0.5))}, ${String(lost)} of ${String(KEYS)} not shown)`,
        value: ms(p99),
        peer: `idle: ${ms(percentile(idle, 0.99))}`,
        ratio: null,
        goal: 'at most 50 ms',
        met: p99 <= 50,
      },
      {
        what: 'Ctrl+C under the flood, to the end on record',
        value: ms(stopped),
        peer: '',
        ratio: null,
        goal: 'at most 1 s',
        met: stopped <= 1000,
      },
    ];
  } finally {
    await world.stop();
  }
}

declare global {
  interface Window {
    holdpointBench: { bytes: number; parsed: number; signs: number[]; pressed: number[]; seen: number[] };
  }
}

/** Sees what the page gets and acknowledges: a sign counts as shown when the bytes up to it are parsed. */
async function watchStream(page: Page): Promise<void> {
  await page.addInitScript((sign: number) => {
    const bench = {
      bytes: 0,
      parsed: 0,
      signs: [] as number[],
      pressed: [] as number[],
      seen: [] as number[],
    };
    window.holdpointBench = bench;
    const take = (data: ArrayBuffer): void => {
      const bytes = new Uint8Array(data, 4);
      for (let at = bytes.indexOf(sign); at !== -1; at = bytes.indexOf(sign, at + 1)) {
        // What is about to be parsed is not acknowledged by itself: the page tells the host every 8 KB only.
        if (bench.bytes + at - bench.parsed < 8192) bench.seen.push(performance.now());
        else bench.signs.push(bench.bytes + at);
      }
      bench.bytes += bytes.length;
    };
    const send = WebSocket.prototype.send;
    const watched = new WeakSet<WebSocket>();
    WebSocket.prototype.send = function (this: WebSocket, data) {
      if (!watched.has(this)) {
        watched.add(this);
        this.addEventListener('message', (event: MessageEvent<unknown>) => {
          if (event.data instanceof ArrayBuffer) take(event.data);
        });
      }
      if (typeof data === 'string' && data.includes('"terminal.ack"')) {
        bench.parsed += Number(/"bytes":(\d+)/.exec(data)?.[1] ?? 0);
        while (bench.signs.length > 0 && (bench.signs[0] ?? Infinity) < bench.parsed) {
          bench.signs.shift();
          bench.seen.push(performance.now());
        }
      }
      send.call(this, data);
    };
    addEventListener(
      'keydown',
      (event) => {
        if (event.key.charCodeAt(0) === sign) bench.pressed.push(performance.now());
      },
      { capture: true },
    );
  }, SIGN.charCodeAt(0));
}

/** Presses the key so many times and waits each time until it is shown, at most a second. Milliseconds each. */
async function echoes(page: Page, count: number): Promise<number[]> {
  await page.keyboard.press('Control+`');
  const times: number[] = [];
  for (let n = 0; n < count; n += 1) {
    await page.evaluate(() => {
      window.holdpointBench.pressed = [];
      window.holdpointBench.seen = [];
      window.holdpointBench.signs = [];
    });
    await page.keyboard.press(SIGN);
    const shown = await page
      .waitForFunction(() => window.holdpointBench.seen.length > 0, undefined, { timeout: 1000, polling: 10 })
      .catch(() => null);
    if (shown === null) continue;
    times.push(
      await page.evaluate(
        () => (window.holdpointBench.seen[0] ?? 0) - (window.holdpointBench.pressed[0] ?? 0),
      ),
    );
  }
  return times;
}

async function underFlood(page: Page) {
  const times = await echoes(page, KEYS);
  return { times, lost: KEYS - times.length };
}

/** Bytes a second that the command put out, as recorded. */
async function recordedRate(world: World): Promise<number> {
  const end = (await world.journal()).find((record) => record.type === 'step.end');
  if (end?.type !== 'step.end' || end.d.stdout === undefined) return Number.NaN;
  return (end.d.stdout.bytes / end.d.ms) * 1000;
}

async function interrupt(page: Page, ended: () => Promise<boolean>): Promise<number> {
  const from = performance.now();
  await page.keyboard.press('Control+c');
  while (!(await ended())) {
    if (performance.now() - from > 30_000) return Number.POSITIVE_INFINITY;
  }
  return performance.now() - from;
}

/** Writes lines without the sign at the rate, as far as the terminal takes them. */
const FLOOD = `
const line = Buffer.alloc(65536, 'x'.repeat(78) + '\\n');
const from = Date.now();
let sent = 0;
function more() {
  if (Date.now() - from > ${String(FLOOD_S)} * 1000) return;
  const due = ((Date.now() - from) / 1000) * ${String(RATE)};
  while (sent < due) {
    sent += line.length;
    if (!process.stdout.write(line)) {
      process.stdout.once('drain', more);
      return;
    }
  }
  setTimeout(more, 1);
}
more();
`;
