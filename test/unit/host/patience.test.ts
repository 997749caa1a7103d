import { MessageChannel } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { ranFor, silence } from '../../../electron/host/patience.ts';

const never = () => false;

/** Keeps this process from doing anything else, as a machine does that gives it no processor. */
function standStill(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe('waiting for silence', () => {
  it('ends when nothing comes, and at once when it has no sense', async () => {
    await silence(100, () => 7, never);
    await silence(
      3_600_000,
      () => 7,
      () => true,
    );
    await ranFor(100, never);
  });

  it('does not take the time that the process stood still for silence', async () => {
    const { port1, port2 } = new MessageChannel();
    let come = 0;
    port2.on('message', () => {
      come += 1;
    });
    setTimeout(() => {
      port1.postMessage('here');
      standStill(1000);
    }, 10);
    await silence(400, () => come, never);
    expect(come).toBe(1);
    port1.close();
  });

  it('begins again with all that comes', async () => {
    let come = 0;
    const timer = setInterval(() => {
      come += 1;
      if (come === 6) clearInterval(timer);
    }, 100);
    await silence(250, () => come, never);
    expect(come).toBe(6);
  });
});
