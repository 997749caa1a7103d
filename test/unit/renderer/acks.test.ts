import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACK_BYTES } from '../../../electron/contract/flow.ts';
import { createAcks } from '../../../renderer/features/terminal/acks.ts';

describe('acknowledgements', () => {
  it('are sent when enough bytes were parsed, for all of them', () => {
    const sent: number[] = [];
    const acks = createAcks(ACK_BYTES, (bytes) => sent.push(bytes));
    acks.parsed(ACK_BYTES - 1);
    expect(sent).toEqual([]);
    acks.parsed(10);
    expect(sent).toEqual([ACK_BYTES + 9]);
  });
  it('leave less than one portion unsaid, whatever the chunks', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 100_000 })), (chunks) => {
        let sent = 0;
        const acks = createAcks(ACK_BYTES, (bytes) => (sent += bytes));
        for (const chunk of chunks) acks.parsed(chunk);
        const total = chunks.reduce((a, b) => a + b, 0);
        expect(total - sent).toBeGreaterThanOrEqual(0);
        expect(total - sent).toBeLessThan(ACK_BYTES);
      }),
    );
  });
});
