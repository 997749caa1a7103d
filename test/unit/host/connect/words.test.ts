import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { offeredAlgorithms } from '../../../../electron/host/connect/ssh2/algorithms.ts';
import { localShellCapability } from '../../../../electron/host/connect/local/localShell.ts';
import { cleanLine, cleanLines } from '../../../../electron/host/connect/serverText.ts';

it('lets no control or direction character of a server through, and bounds the length', () => {
  const nasty = fc.string({ unit: 'binary', maxLength: 3000 });
  fc.assert(
    fc.property(nasty, fc.integer({ min: 1, max: 300 }), (text, max) => {
      const line = cleanLine(text, max);
      expect(Array.from(line).length).toBeLessThanOrEqual(max);
      expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/);
      expect(cleanLines(text, max)).not.toMatch(
        /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/,
      );
    }),
  );
  expect(cleanLine('\u001b[31mred\u001b[0m', 50)).toBe('[31mred [0m');
  expect(cleanLines('a\r\nb\u202e\n', 50)).toBe('a\nb');
});

it('offers nothing outdated and asks for known key types first', () => {
  const offered = offeredAlgorithms(['ssh-rsa', 'ecdsa-sha2-nistp256']);
  expect(offered.serverHostKey).toEqual([
    ...['ecdsa-sha2-nistp256', 'rsa-sha2-512', 'rsa-sha2-256', 'ssh-ed25519'],
    ...['ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'],
  ]);
  const all = Object.values(offered).flat().join(' ');
  expect(all).not.toMatch(/sha1|cbc|md5|arcfour|ssh-dss|ssh-rsa|group1-|3des/);
});

it('says plainly when there is no local shell, and never fails', async () => {
  const missing = await localShellCapability(() => Promise.reject(new Error('no module')));
  expect(missing).toMatchObject({
    ok: false,
    text: expect.stringContaining('npm install node-pty') as string,
  });
  expect(await localShellCapability(() => Promise.resolve({}))).toMatchObject({ ok: true });
  expect(typeof (await localShellCapability()).ok).toBe('boolean');
});
