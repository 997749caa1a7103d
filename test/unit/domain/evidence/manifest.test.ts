import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sha256 } from '../../../../electron/contract/ids.ts';
import { formatManifest, parseManifest } from '../../../../electron/domain/evidence/manifest.ts';
import { kindOf, pathProblem } from '../../../../electron/domain/evidence/names.ts';

const digest = fc.stringMatching(/^[0-9a-f]{64}$/).map((hex) => hex as Sha256);
const path = fc
  .stringMatching(/^[a-z][a-z0-9]{0,4}\/[A-Za-z0-9][A-Za-z0-9_-]{0,8}$/)
  .filter((p) => pathProblem(p) === null && !p.startsWith('attest/'));

describe('a manifest', () => {
  it('comes back as it was written, sorted', () => {
    const entries = fc.uniqueArray(fc.record({ path, sha256: digest }), {
      minLength: 1,
      selector: (e) => e.path.toLowerCase(),
    });
    fc.assert(
      fc.property(entries, (given) => {
        const parsed = parseManifest(formatManifest(given));
        expect(parsed.problems).toEqual([]);
        expect(parsed.entries).toEqual([...given].sort((a, b) => (a.path < b.path ? -1 : 1)));
      }),
    );
  });

  it('is never read as well-formed when it is not the form we write', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('0'.repeat(64), '  ', ' ', 'a', '../b', '\n', '\r\n', '#', 'con', 'A'), {
          maxLength: 12,
        }),
        (pieces) => {
          const text = pieces.join('');
          const { entries, problems } = parseManifest(text);
          if (problems.length === 0) expect(formatManifest(entries)).toBe(text);
        },
      ),
    );
  });

  it('counts lines from 1', () => {
    expect(parseManifest(`${'0'.repeat(64)}  a\nrubbish\n`).problems).toEqual([
      { line: 2, message: 'not of the form "<64 hex digits>  <path>"' },
    ]);
  });

  it('cannot be written with a bad path', () => {
    expect(() => formatManifest([{ path: '../x', sha256: '0'.repeat(64) as Sha256 }])).toThrow(TypeError);
  });
});

describe('a path', () => {
  it.each([
    'journal.jsonl',
    'plan/plan.json',
    'recordings/01-a-ops.cast',
    'MANIFEST.sha256',
    'outputs/console.out',
  ])('%s is fine', (good) => {
    expect(pathProblem(good)).toBeNull();
  });

  it.each([
    '',
    '/',
    '/a',
    'a/',
    'a//b',
    '.',
    '..',
    'a/../b',
    './a',
    '.hidden',
    'a/.hidden',
    'a\\b',
    'C:/a',
    'a b',
    'a\n',
    'ä',
    'con',
    'CON.txt',
    'outputs/aux.out',
    'com1',
    'lpt9.log',
    'a.',
    'a./b',
    '-a',
    'Upper/a',
    'a'.repeat(181),
  ])('%j is refused', (bad) => {
    expect(pathProblem(bad)).not.toBeNull();
  });

  it('stands for something only where it is known', () => {
    expect(kindOf('outputs/01-x.wire')).toBe('output');
    expect(kindOf('attest/operator.sig')).toBe('signature');
    for (const unknown of ['outputs/01-x.sh', 'attest/README.md', 'plan/x', 'verify.sh', 'outputs/a/b.out']) {
      expect(kindOf(unknown)).toBeNull();
    }
  });
});
