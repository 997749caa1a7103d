import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { watchGaps } from '../../../../electron/host/power/gaps.ts';
import { createKeepAwake } from '../../../../electron/host/power/keepAwake.ts';

describe('a computer that was not running', () => {
  let clocks: { mono: number; boot: number };
  let gaps: number[];

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    clocks = { mono: 1_000, boot: 5_000 };
    gaps = [];
    const watch = watchGaps({
      onGap: (ms) => gaps.push(ms),
      clocks: { mono: () => clocks.mono, boot: () => clocks.boot },
    });
    onTestFinished(() => {
      watch.close();
    });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** One look of the watch, after so much time on each clock. */
  function look(mono: number, boot = mono): void {
    clocks = { mono: clocks.mono + mono, boot: clocks.boot + boot };
    vi.advanceTimersByTime(5_000);
  }

  it('is told once, with how long it was', () => {
    look(5_000);
    look(5_000, 3_605_000);
    look(5_000);
    expect(gaps).toEqual([3_600_000]);
  });

  it('is told too when the app alone stood still', () => {
    look(65_000);
    expect(gaps).toEqual([60_000]);
  });

  it('is not a short delay', () => {
    look(24_000);
    look(5_010, 5_020);
    expect(gaps).toEqual([]);
  });

  it('is not a clock that somebody sets', () => {
    vi.setSystemTime(new Date('2040-01-01T00:00:00Z'));
    look(5_000);
    expect(gaps).toEqual([]);
  });
});

describe('keeping the computer awake', () => {
  let bin: string;
  beforeEach(async () => {
    bin = await mkdtemp(join(tmpdir(), 'holdpoint-power-'));
  });
  afterEach(() => rm(bin, { recursive: true, force: true }));

  async function program(name: string, text: string): Promise<void> {
    await writeFile(join(bin, name), `#!/bin/sh\n${text}\n`);
    await chmod(join(bin, name), 0o755);
  }

  /** Lets the given program stand for the system's. It writes when it starts and ends, and runs what it was given. */
  async function fake(name: string): Promise<() => Promise<string>> {
    const log = join(bin, 'log');
    await program(
      name,
      `echo start >>${log}; while [ "$1" != /bin/sh ]; do echo "$1" >>${log}; shift; done; "$@"; echo end >>${log}`,
    );
    const { readFile } = await import('node:fs/promises');
    return () => readFile(log, 'utf8').catch(() => '');
  }

  async function seen(log: () => Promise<string>, text: string): Promise<void> {
    while (!(await log()).includes(text)) await new Promise((resolve) => setImmediate(resolve));
  }

  it.each([
    ['linux', 'systemd-inhibit', '--what=sleep:idle'],
    ['darwin', 'caffeinate', '-i'],
  ] as const)('on %s: by %s, until it is let go', async (platform, name, argument) => {
    const log = await fake(name);
    const awake = createKeepAwake(platform, { PATH: `${bin}:/usr/bin:/bin` });
    const [first, second] = await Promise.all([awake.hold(), awake.hold()]);
    expect(first).toEqual({ ok: true, text: expect.stringContaining(name) });
    expect(second).toEqual(first);
    expect(await log()).toBe((await log()).replace(/start[\s\S]*start/, 'twice'));
    expect(await log()).toContain(argument);
    awake.release();
    awake.release();
    await seen(log, 'end');
    expect(awake.state().ok).toBe(true);
    expect((await awake.hold()).ok).toBe(true);
    awake.release();
    // Until it has ended it writes into the folder that is removed after this test.
    await seen(async () => String((await log()).split('end').length - 1), '2');
  });

  it('says so when the system refuses', async () => {
    await program('systemd-inhibit', 'echo "Failed to inhibit: Access denied" >&2; exit 1');
    const awake = createKeepAwake('linux', { PATH: `${bin}:/usr/bin:/bin` });
    expect(await awake.hold()).toEqual({ ok: false, text: expect.stringContaining('Access denied') });
    expect(awake.state().ok).toBe(false);
    awake.release();
  });

  it('says so when there is nothing to do it with', async () => {
    const missing = createKeepAwake('linux', { PATH: bin });
    expect(await missing.hold()).toEqual({ ok: false, text: expect.stringContaining('not installed') });
    expect(await createKeepAwake('win32', {}).hold()).toMatchObject({ ok: false });
  });
});
