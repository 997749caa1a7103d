/** The commands of docs/packages.md, as they stand there, on packages of ours: whoever receives one needs nothing of us. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bookText, pack, signedBy, unpacked } from '../../fixtures/packages.ts';
import { run } from '../../fixtures/evidence/shell.ts';
import { unzip, zip } from '../../fixtures/evidence/rezip.ts';
import { makePerson, scratch, trustLine } from '../../fixtures/people/people.ts';

const FILES = {
  'runbooks/book.runbook.yaml': bookText('book'),
  'runbooks/other.runbook.yaml': bookText('other'),
};

async function documented(): Promise<string> {
  const doc = await readFile(fileURLToPath(new URL('../../../docs/packages.md', import.meta.url)), 'utf8');
  const block = /## Checking a package with stock tools[\s\S]*?```sh\n([\s\S]*?)```/.exec(doc)?.[1];
  if (block === undefined) throw new Error('docs/packages.md has no block of commands');
  return block;
}

async function check(bytes: Uint8Array, allowedSigners: string, revoked = '') {
  const dir = await scratch();
  await writeFile(join(dir, 'p.zip'), bytes);
  await writeFile(join(dir, 'allowed_signers'), allowedSigners);
  await writeFile(join(dir, 'revoked'), revoked);
  const env = { P: join(dir, 'p.zip'), T: dir, WHO: 'owner@example.com', WORK: join(dir, 'x') };
  return run('bash', ['-c', await documented()], { env });
}

describe('the documented commands', () => {
  it('run clean on a signed package, with keys of every kind of person', async () => {
    for (const args of [
      ['-t', 'ed25519'],
      ['-t', 'ecdsa'],
      ['-t', 'rsa', '-b', '2048'],
    ]) {
      const owner = await makePerson('owner@example.com', args);
      const ran = await check(await signedBy(owner, unpacked(FILES)), trustLine(owner, 'release'));
      expect(ran.stderr).toBe('');
      expect(ran.code).toBe(0);
      expect(ran.stdout.trimEnd().split('\n')).toEqual([
        `Good "release.evidence-v1@holdpoint" signature for owner@example.com with ${/ecdsa|rsa|ed25519/.exec(args[1] ?? '')?.[0]?.toUpperCase() ?? ''} key ${owner.fingerprint}`,
        'FILES-OK',
        'SET-OK',
      ]);
    }
  });

  it('fail on another key, a revoked one, another role, no signature, a changed file and one too many', async () => {
    const [owner, other] = await Promise.all([
      makePerson('owner@example.com'),
      makePerson('owner@example.com'),
    ]);
    const good = await signedBy(owner, unpacked(FILES));
    const line = trustLine(owner, 'release');
    const path = join(await scratch(), 'p.zip');
    await writeFile(path, good);
    const parts = await unzip(path);
    const changed = parts.map((part) =>
      part.name.endsWith('book.runbook.yaml')
        ? { ...part, data: Buffer.concat([part.data, Buffer.from('#')]) }
        : part,
    );
    const more = [...parts, { name: 'rb-site/runbooks/more.runbook.yaml', data: Buffer.from('more') }];
    const attempts: readonly (readonly [Uint8Array, string, string?])[] = [
      [good, trustLine(other, 'release')],
      [good, line, `${owner.publicKey}\n`],
      [good, trustLine(owner, 'owner')],
      [pack(unpacked(FILES)), line],
      [zip(changed), line],
      [zip(more), line],
    ];
    for (const [bytes, signers, revoked] of attempts)
      expect((await check(bytes, signers, revoked)).code).not.toBe(0);
  });
});
