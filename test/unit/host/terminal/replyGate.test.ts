import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createReplyGate } from '../../../../electron/host/terminal/replyGate.ts';

const cursor = '\x1b[12;34R';
const status = '\x1b[0n';
const attributes = '\x1b[?1;2c';

function gate(): { saw(text: string): void; pass(text: string): string; at: { ms: number } } {
  const at = { ms: 0 };
  const made = createReplyGate(() => at.ms);
  return {
    at,
    saw: (text) => {
      made.saw(Buffer.from(text, 'latin1'));
    },
    pass: (text) => Buffer.from(made.pass(Buffer.from(text, 'latin1')) ?? '').toString('latin1'),
  };
}

describe('answers of the terminal', () => {
  it('go to the shell that asked, once each and in its order', () => {
    const { saw, pass } = gate();
    expect(pass(cursor + status + attributes)).toBe('');
    saw('text \x1b[6n\x1b[5n\x1b[c more');
    expect(pass(cursor + cursor)).toBe(cursor);
    expect(pass(attributes + status)).toBe(attributes + status);
    expect(pass(cursor + status + attributes)).toBe('');
  });

  it('belong to questions that were cut in two', () => {
    const question = '\x1b[6n';
    for (let at = 1; at < question.length; at += 1) {
      const { saw, pass } = gate();
      saw(`x${question.slice(0, at)}`);
      saw(`${question.slice(at)}x`);
      expect(pass(cursor + cursor)).toBe(cursor);
    }
  });

  it('come too late after ten seconds', () => {
    const { saw, pass, at } = gate();
    saw('\x1b[6n');
    at.ms = 10_001;
    expect(pass(cursor)).toBe('');
  });

  it('are held to a rate', () => {
    const { saw, pass, at } = gate();
    const ask = (): number => {
      let answered = 0;
      for (let i = 0; i < 100; i += 1) {
        saw('\x1b[6n');
        answered += pass(cursor) === '' ? 0 : 1;
      }
      return answered;
    };
    expect(ask()).toBe(20);
    at.ms = 1000;
    expect(ask()).toBe(20);
  });

  it('are nothing but the three that are allowed, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(fc.constantFrom('\x1b', '[', '?', '>', 'c', 'n', 'R', '\x1bP', '\r', cursor), fc.string()),
          { maxLength: 30 },
        ),
        (parts) => {
          const { saw, pass } = gate();
          saw('\x1b[6n\x1b[5n\x1b[c'.repeat(8));
          expect(pass(parts.join(''))).toMatch(/^(?:\x1b\[(?:\?[\d;]+c|0n|\d+;\d+R))*$/);
        },
      ),
    );
  });
});
