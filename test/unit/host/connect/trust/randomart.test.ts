import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nameOfKey, randomartOf } from '../../../../../electron/host/connect/trust/changedKey.ts';
import { randomart } from '../../../../../electron/host/connect/trust/randomart.ts';

const exec = promisify(execFile);
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'art-'));
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

describe('the picture of a key', () => {
  it.each([
    ['ed25519', '256'],
    ['ecdsa', '256'],
    ['ecdsa', '384'],
    ['ecdsa', '521'],
    ['rsa', '1024'],
    ['rsa', '2047'],
  ])('is the one that ssh-keygen draws for %s of %s bits', async (type, bits) => {
    for (let i = 0; i < (type === 'rsa' ? 1 : 3); i += 1) {
      const file = join(dir, `${type}${bits}-${String(i)}`);
      await exec('ssh-keygen', ['-q', '-t', type, '-b', bits, '-N', '', '-f', file]);
      const { stdout } = await exec('ssh-keygen', ['-lv', '-f', file]);
      const drawn = stdout.split('\n').slice(1, 12).join('\n');
      const blob = Buffer.from((await readFile(`${file}.pub`, 'utf8')).split(' ')[1] ?? '', 'base64');
      expect(randomartOf(blob)).toBe(drawn);
      // Without the key itself the drawing is the same; only an RSA key's size is not known.
      const bare = randomart(nameOfKey(blob)).split('\n');
      expect(bare.slice(1)).toEqual(drawn.split('\n').slice(1));
      if (type !== 'rsa') expect(bare[0]).toBe(drawn.split('\n')[0]);
      expect(bare.map((line) => line.length)).toEqual(Array.from({ length: 11 }, () => 19));
    }
  });

  it('is the known one for known fingerprints, also of keys that live in hardware and of certificates', () => {
    const fingerprint = `SHA256:${'A'.repeat(43)}`;
    const title = (type: string) => randomart({ type, fingerprint }).split('\n')[0];
    expect(title('sk-ssh-ed25519@openssh.com')).toBe('+[ED25519-SK 256]-+');
    expect(title('ssh-ed25519-cert-v01@openssh.com')).toBe('+-[ED25519-CERT]--+');
    expect(title('ssh-rsa')).toBe('+------[RSA]------+');
  });

  it('is nothing for what is no fingerprint', () => {
    expect(randomart({ type: 'ssh-rsa', fingerprint: 'MD5' })).toBe('');
    expect(randomartOf(Buffer.from('nonsense'))).toHaveLength(11 * 20 - 1);
  });
});
