import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quote, quoteForAnyShell } from '../../../../electron/host/remote/quote.ts';

const text = fc
  .array(
    fc.oneof(
      fc.constantFrom("'", '\\', '"', '$', '`', '!', '\n', '\t', '{', '*', '~'),
      fc.string({ unit: 'grapheme' }),
    ),
  )
  .map((parts) => parts.join('').replaceAll('\0', ''));

function said(shell: readonly string[], words: string): string {
  const [file = '', ...args] = shell;
  return execFileSync(file, [...args, '-c', `/usr/bin/printf %s ${words}`], { encoding: 'utf8' });
}

describe.each([[['bash']], [['dash']], [['busybox', 'ash']], [['zsh']], [['ksh93']], [['mksh']], [['fish']]])(
  '%s',
  (shell) => {
    it('reads a text that is quoted for any shell', () => {
      fc.assert(
        fc.property(fc.array(text, { minLength: 8, maxLength: 8 }), (texts) => {
          const all = texts.join('|');
          expect(said(shell, quoteForAnyShell(all))).toBe(all);
          if (shell[0] !== 'fish') expect(said(shell, quote(all))).toBe(all);
        }),
        { numRuns: 12 },
      );
    });
  },
);
