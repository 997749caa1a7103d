/** Any text: refused with words, or a draft that is a runbook and has lost nothing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importDocument } from '../../../../electron/domain/import/importDocument.ts';
import { imported, lost } from './account.ts';

const piece = fc.constantFrom(
  ...[
    '# ',
    '## ',
    '### Deep',
    '- ',
    '- [ ] ',
    '* ',
    '1. ',
    '2) ',
    '> ',
    '| ',
    '|---|',
    '| a | b |',
    '```',
    '```sh',
    '~~~',
    '---',
    '===',
    '    ',
    '\t',
    '',
    '',
    'Title Here',
    'ls -l',
    'kubectl get pods \\',
    'echo "open',
    "it's",
    '$HOME ${x} $${y}',
    '# OR',
    'cat <<EOF',
    'EOF',
    '<b>',
    '[a](javascript:x)',
    '[a]: b',
    '&amp;',
    '\u202e',
    '\ufffd',
    '🔑',
    'healthy',
    'word:',
    ':',
    '%',
    '!tag',
    '"',
    "'",
    '?',
    '{',
    '├── x',
    '- -',
    '\u200b',
  ],
);
const line = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''));
const document = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: line },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  ),
  { maxLength: 25 },
);

describe('any document', () => {
  it('becomes a runbook without a loss, or is refused', () => {
    fc.assert(
      fc.property(document, fc.constantFrom('\n', '\r\n', '\r'), (lines, end) => {
        const text = lines.join(end);
        const result = importDocument(text, 'any.md');
        if (!result.ok) {
          expect(result.error.message).not.toBe('');
          return;
        }
        const all = imported(text);
        expect(lost(all)).toEqual([]);
        const last = all.lines.length;
        for (const { line: at, column } of result.value.findings) {
          expect(at >= 1 && at <= last && column >= 1).toBe(true);
        }
      }),
      { numRuns: Number(process.env['FUZZ_RUNS'] ?? 150) },
    );
  });

  it('gives the same draft each time', () => {
    fc.assert(
      fc.property(document, (lines) => {
        const text = lines.join('\n');
        const [a, b] = [importDocument(text, 'any.md'), importDocument(text, 'any.md')];
        expect(a.ok && a.value.runbook).toEqual(b.ok && b.value.runbook);
      }),
      { numRuns: 30, examples: [[['# A', 'ls -l']]] },
    );
  });
});
