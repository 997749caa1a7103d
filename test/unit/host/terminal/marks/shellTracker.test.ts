import { describe, expect, it } from 'vitest';
import { createShellTracker } from '../../../../../electron/host/terminal/marks/shellTracker.ts';
import type {
  ObservedCommand,
  ShellTracker,
} from '../../../../../electron/host/terminal/marks/shellTracker.ts';

function track(login: string | null = '1'): { tracker: ShellTracker; seen: ObservedCommand[] } {
  const seen: ObservedCommand[] = [];
  return { tracker: createShellTracker(login, (command) => seen.push(command)), seen };
}
const start = (nonce: string) => ({ kind: 'start' as const, nonce });
const end = (nonce: string, status: number) => ({ kind: 'end' as const, nonce, status, paired: true });
const prompt = (nonce: string, status: number) => ({ kind: 'end' as const, nonce, status, paired: false });

describe('a shell that says when a command begins', () => {
  it('has its commands observed, and no empty lines', () => {
    const { tracker, seen } = track();
    tracker.mark(end('1', 0), 10);
    expect(tracker.atPrompt).toBe(true);
    tracker.entered(11);
    tracker.mark(end('1', 0), 12);
    tracker.mark(start('1'), 20);
    expect(tracker.atPrompt).toBe(false);
    tracker.mark(end('1', 3), 30);
    expect(seen).toEqual([{ exit: 3, depth: 0, fromByte: 20 }]);
  });
});

describe('a shell that only has a prompt', () => {
  it('has a command observed where a line was entered', () => {
    const { tracker, seen } = track();
    tracker.entered(5);
    tracker.mark(prompt('1', 0), 10);
    tracker.mark(prompt('1', 0), 12);
    tracker.entered(20);
    tracker.entered(22);
    tracker.mark(prompt('1', 4), 30);
    expect(seen).toEqual([{ exit: 4, depth: 0, fromByte: 20 }]);
  });
});

describe('shells within shells', () => {
  it('count one deeper each, and are gone when the outer one speaks again', () => {
    const { tracker, seen } = track();
    tracker.mark(end('1', 0), 0);
    tracker.mark(start('1'), 1);
    tracker.push('2');
    expect(tracker.atPrompt).toBe(false);
    tracker.mark(prompt('2', 0), 2);
    expect(tracker.atPrompt).toBe(true);
    tracker.entered(3);
    tracker.push('3');
    tracker.mark(prompt('3', 0), 4);
    tracker.entered(5);
    tracker.mark(prompt('3', 7), 6);
    tracker.mark(prompt('2', 8), 7);
    tracker.mark(prompt('3', 0), 8);
    tracker.mark(end('1', 9), 9);
    tracker.mark(prompt('2', 0), 10);
    expect(seen).toEqual([
      { exit: 7, depth: 2, fromByte: 5 },
      { exit: 8, depth: 1, fromByte: 3 },
      { exit: 9, depth: 0, fromByte: 1 },
    ]);
  });

  it('can be tracked within a login shell that could not be set up', () => {
    const { tracker, seen } = track(null);
    tracker.mark(end('', 0), 0);
    tracker.push('2');
    tracker.mark(end('2', 0), 1);
    tracker.mark(start('2'), 2);
    tracker.mark(end('2', 1), 3);
    expect(seen).toEqual([{ exit: 1, depth: 1, fromByte: 2 }]);
  });
});

it('takes nothing from marks with another nonce', () => {
  const { tracker, seen } = track();
  for (const nonce of ['', '0', '11', '2']) {
    tracker.mark(end(nonce, 0), 0);
    tracker.mark(start(nonce), 0);
    tracker.mark(end(nonce, 0), 0);
  }
  expect(seen).toEqual([]);
  expect(tracker.atPrompt).toBe(false);
});
