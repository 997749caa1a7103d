/** Variants of files and manifest that outsiders change: each is refused by the strict verifier. */
import { describe, expect, it } from 'vitest';
import { zip } from '../../fixtures/evidence/rezip.ts';
import { resigned, smallBundle, TOP } from './small.ts';

const small = smallBundle();

it('finds nothing in the good bundle put together again', async () => {
  const verdict = await small().verdictOf(zip(small().parts));
  expect(verdict.findings).toEqual([]);
});

describe('files and manifest', () => {
  it('finds a deleted file', () =>
    small().expectFinding(
      zip(small().parts.filter((p) => !p.name.endsWith('.out'))),
      'manifest.file-missing',
      'outputs/01-preflight.out',
    ));
  it('finds an unlisted file', () =>
    small().expectFinding(zip(small().add(`${TOP}/outputs/zz.out`)), 'manifest.unlisted', 'outputs/zz.out'));
  it('finds a hidden file', () => small().expectFinding(zip(small().add(`${TOP}/.hidden`)), 'zip.name'));
  it('finds a replaced runbook', () =>
    small().expectFinding(
      zip(small().replace('plan/runbook.yaml', () => 'format: 1\n')),
      'manifest.hash-mismatch',
      'plan/runbook.yaml',
    ));
  it('finds a manifest that was mended and not signed again', async () => {
    const line = small()
      .text('MANIFEST.sha256')
      .replace(/^[0-9a-f]{64}(?= {2}outputs)/m, '0'.repeat(64));
    await small().expectFinding(
      zip(small().replace('MANIFEST.sha256', () => line)),
      'manifest.not-signed',
      'MANIFEST.sha256',
    );
  });
  it('finds a missing manifest', () =>
    small().expectFinding(
      zip(small().parts.filter((p) => !p.name.endsWith('MANIFEST.sha256'))),
      'manifest.missing',
    ));

  it.each([
    ['a path that climbs', (m: string) => `${m}${'0'.repeat(64)}  ../x\n`],
    ['an absolute path', (m: string) => `${m}${'0'.repeat(64)}  /etc/passwd\n`],
    ['standard input', (m: string) => `${m}${'0'.repeat(64)}  -\n`],
    ['a comment', (m: string) => `# fine\n${m}`],
    ['CRLF', (m: string) => m.replace(/\n/g, '\r\n')],
    ['a duplicate', (m: string) => `${m}${m.split('\n').at(-2) ?? ''}\n`],
    ['another order', (m: string) => `${m.trim().split('\n').reverse().join('\n')}\n`],
    ['no last line feed', (m: string) => m.trimEnd()],
    ['a signature in the list', (m: string) => `${'0'.repeat(64)}  attest/seal.sig\n${m}`],
    ['a BSD line', (m: string) => `${m}SHA256 (x) = ${'0'.repeat(64)}\n`],
  ])('refuses a manifest with %s, even well signed', async (_name, change) => {
    const manifest = Buffer.from(change(small().text('MANIFEST.sha256')));
    await small().expectFinding(zip(await resigned(small(), manifest)), 'manifest.syntax');
  });
});
