import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fetchedPath, kindOf, pathProblem } from '../../../../electron/domain/evidence/names.ts';

describe('where a fetched file is kept', () => {
  test.each([
    ['/etc/app.conf', 'app.conf'],
    ['/home/ops/.bashrc', 'dot-bashrc'],
    ['/tmp/..', 'file'],
    ['/tmp/-rf', 'file-rf'],
    ['/tmp/a b;c', 'a_b_c'],
    ['/tmp/CON.txt', 'file-CON.txt'],
    ['/tmp/', 'file'],
    ['/tmp/名前', 'file-'],
    [`/tmp/${'x'.repeat(200)}.tgz`, `${'x'.repeat(56)}.tgz`],
  ])('%s', (remote, name) => {
    expect(fetchedPath('07-keep', remote)).toBe(`files/07-keep/${name === 'file-' ? 'file' : name}`);
  });

  test('is a name that a bundle may hold, whatever the host calls it', () => {
    const base = `100-${'s'.repeat(64)}-${'t'.repeat(32)}`;
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (remote) => {
        const path = fetchedPath(base, remote);
        expect(pathProblem(path)).toBeNull();
        expect(kindOf(path)).toBe('fetched');
      }),
      { numRuns: 500 },
    );
  });
});
