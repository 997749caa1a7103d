/** Signatures as people bring them back are kept exactly as ssh-keygen writes them, or not at all. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ed25519Signer, newEd25519Seed } from '../../../../electron/host/evidence/signer.ts';
import { readArmor } from '../../../../electron/host/requests/armor.ts';

async function armorOf(message: string): Promise<string> {
  const signer = ed25519Signer(newEd25519Seed());
  if (!signer.ok) throw new Error(signer.error.message);
  const signed = await signer.value.sign('approve.evidence-v1@holdpoint', Buffer.from(message));
  if (!signed.ok) throw new Error(signed.error.message);
  return signed.value;
}

test('line ends, blanks and other wrapping are undone', async () => {
  const armor = await armorOf('hello\n');
  const [begin = '', ...rest] = armor.trimEnd().split('\n');
  const end = rest.pop() ?? '';
  const body = rest.join('');
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 120 }),
      fc.constantFrom('\n', '\r\n', '\r', '\n\n'),
      fc.constantFrom('', ' ', '\t', '  '),
      fc.constantFrom('', '\ufeff'),
      (columns, line, pad, bom) => {
        const pieces = body.match(new RegExp(`.{1,${String(columns)}}`, 'g')) ?? [];
        const brought = bom + [begin, ...pieces, end, ''].map((one) => `${pad}${one}${pad}`).join(line);
        const read = readArmor(brought);
        expect(read.ok && read.value.armor).toBe(armor);
      },
    ),
    { numRuns: 100, seed: 4 },
  );
});

test('anything else is refused, and never throws', async () => {
  const armor = await armorOf('hello\n');
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: armor.length - 1 }),
      fc.integer({ min: 0, max: 12 }),
      fc.string({ maxLength: 12 }),
      (at, cut, put) => {
        const read = readArmor(armor.slice(0, at) + put + armor.slice(at + cut));
        if (read.ok) expect(read.value.armor).toMatch(/^-----BEGIN SSH SIGNATURE-----\n[\s\S]+-----\n$/);
        else expect(['corrupt', 'unsupported', 'trust', 'bad-request', 'refused']).toContain(read.error.code);
      },
    ),
    { numRuns: 300, seed: 4 },
  );
  for (const text of ['', '-----BEGIN SSH SIGNATURE-----', `${armor}x`, 'x'.repeat(19_000)])
    expect(readArmor(text).ok).toBe(false);
});
