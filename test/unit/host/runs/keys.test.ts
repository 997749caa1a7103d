/** Who gets what is typed, and what the pane shows, while a command has it: nobody else's program, and no lost prompt. */
import { describe, expect, test } from 'vitest';
import { ok } from '../../../../electron/contract/result.ts';
import type { Execution } from '../../../../electron/host/runs/execution.ts';
import { type CommandRoom, followUp } from '../../../../electron/host/runs/followUp.ts';
import { createShellScreen } from '../../../../electron/host/runs/shellScreen.ts';
import { createWaitingKeys } from '../../../../electron/host/runs/waitingKeys.ts';
import { createPane, type Pane } from '../../../../electron/host/terminal/pane.ts';

const bytes = (text: string) => Buffer.from(text, 'utf8');

function screenOf(pane: Pane): () => string {
  const got: Buffer[] = [];
  const view = pane.attach({ cols: 80, rows: 24 }, (piece) => {
    got.push(Buffer.from(piece));
    view.ack(piece.byteLength);
  });
  return () => Buffer.concat(got).toString('utf8');
}

describe('keys that wait for a command', () => {
  test('reach it in order when it is there, and are not counted as lost then', () => {
    const keys = createWaitingKeys();
    const got: string[] = [];
    keys.input.write(bytes('ye'));
    keys.input.write(bytes('s\r'));
    keys.pourInto({ write: (piece) => got.push(Buffer.from(piece).toString()) });
    expect(got.join('')).toBe('yes\r');
    expect(keys.count()).toBe(0);
  });

  test('are counted, not kept, when it is over or there are too many', () => {
    const keys = createWaitingKeys();
    keys.input.write(bytes('früh'));
    expect(keys.count()).toBe(4);
    keys.close();
    keys.input.write(bytes('x'));
    keys.pourInto({
      write: () => {
        throw new Error('nothing may be handed over any more');
      },
    });
    expect(keys.count()).toBe(5);
    const many = createWaitingKeys();
    for (let n = 0; n < 1000; n += 1) many.input.write(bytes('a'));
    let poured = 0;
    many.pourInto({ write: (piece) => void (poured += piece.byteLength) });
    expect(poured + many.count()).toBe(1000);
    expect(many.count()).toBeGreaterThan(0);
  });
});

describe('a command that ends while somebody types', () => {
  test('says that the keys went nowhere, after its result is on record', async () => {
    const keys = createWaitingKeys();
    keys.close();
    let finish: (() => void) | undefined;
    const ended = new Promise<void>((resolve) => (finish = resolve));
    const execution: Execution = {
      attempt: 1,
      input: keys.input,
      signal: () => undefined,
      recordedBytes: () => 0,
      unsent: keys.count,
      ending: ended.then(() => ({ kind: 'adrift', why: 'gone' })),
    };
    const order: string[] = [];
    const pane = createPane(() => execution.input);
    const screen = screenOf(pane);
    const room = {
      state: () => ({ steps: [] }),
      serially: (work: () => Promise<unknown>) => work(),
      happened: () => {
        // The very moment between the end of the command and its record.
        pane.input(bytes('yes\r'));
        order.push('recorded');
        return Promise.resolve(ok(null));
      },
    } as unknown as CommandRoom;
    const view = { index: 0, step: { id: 'a', kind: 'run', mode: 'pty' } } as never;
    const under = followUp(
      room,
      { view, target: 'ops' as never, member: false, purpose: 'run' },
      execution,
      pane,
      { begun: () => order.push('begun'), settled: () => order.push('settled') },
    );
    finish?.();
    await under.done;
    expect(order).toEqual(['begun', 'recorded', 'settled']);
    expect(screen()).toContain('4 characters typed for the command did not reach it');
    expect(screen()).not.toContain('yes');
  });
});

describe('the screen of a live shell', () => {
  test('is kept back while a command has the pane, and shown in order afterwards', () => {
    let taken = true;
    const pane = createPane(() => null);
    const shown = screenOf(pane);
    const screen = createShellScreen(pane, () => taken);
    screen.write(bytes('prompt$ '));
    screen.notice('ended');
    pane.write(bytes('output of the command\n'));
    expect(shown()).not.toContain('prompt$');
    taken = false;
    screen.release();
    expect(shown().indexOf('output of the command')).toBeLessThan(shown().indexOf('prompt$ '));
    expect(shown().indexOf('prompt$ ')).toBeLessThan(shown().indexOf('ended'));
    screen.write(bytes('next$ '));
    expect(shown()).toContain('next$ ');
  });

  test('keeps only the last part of a flood, and says so', () => {
    let taken = true;
    const pane = createPane(() => null);
    const shown = screenOf(pane);
    const screen = createShellScreen(pane, () => taken);
    for (let n = 0; n < 200; n += 1) screen.write(bytes(`${String(n).padStart(4, '0')}${'x'.repeat(1020)}`));
    taken = false;
    screen.release();
    expect(shown()).toContain('of the live shell not shown here, all of it recorded');
    expect(shown()).not.toContain('0000x');
    expect(shown()).toContain('0199x');
    expect(shown().length).toBeLessThan(70_000);
  });
});
