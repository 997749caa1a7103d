import { existsSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../../../scripts/lib/temporary.mjs';

describe('the folder of a test run', () => {
  it.each(['/proc', '/nowhere', '/dev/null'])('is where others are, when %s has no room for it', (memory) => {
    vi.stubEnv('TMPDIR', undefined);
    const { folder, remove } = temporaryFolder(memory);
    expect(path.dirname(folder)).toBe(tmpdir());
    remove();
    expect(existsSync(folder)).toBe(false);
  });

  it('is where a person says that such folders are', () => {
    vi.stubEnv('TMPDIR', tmpdir());
    const { folder, remove } = temporaryFolder(path.dirname(import.meta.filename));
    expect(path.dirname(folder)).toBe(tmpdir());
    remove();
  });

  it('is open to every account, as /tmp is, and goes with all that is in it', () => {
    const { folder, remove } = temporaryFolder();
    expect(statSync(folder).mode & 0o7777).toBe(0o1777);
    writeFileSync(path.join(folder, 'left'), 'x');
    remove();
    remove();
    expect(existsSync(folder)).toBe(false);
  });
});
