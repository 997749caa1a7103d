/** Cases 66 to 75: what was added to the list after it was first drawn up. */
import { instant, MINUTE, PEOPLE, signerOf, siteTrust, T0, TOP } from '../../fixtures/evidence/fullBook.ts';
import { armorOf, lengthed, rewrap, sshsigBlob } from '../../fixtures/evidence/armor.ts';
import { zip } from '../../fixtures/evidence/rezip.ts';
import { must } from '../../fixtures/evidence/signers.ts';
import {
  added,
  central,
  changed,
  type Kit,
  replace,
  retold,
  rezipped,
  type Tampered,
  type TamperCase,
} from './kit.ts';

const SIGNATURE = 'attest/operator.sig';
const NAMESPACE = 'operator.evidence-v1@holdpoint';

/** Whoever enrols such a key can sign, and say later that anybody could have: all its signatures hold for all bytes. */
async function smallOrder(kit: Kit): Promise<Tampered> {
  const point = Buffer.alloc(32);
  point[0] = 1;
  const key = Buffer.concat([lengthed('ssh-ed25519'), lengthed(point)]);
  const field = Buffer.concat([lengthed('ssh-ed25519'), lengthed(Buffer.concat([point, Buffer.alloc(32)]))]);
  const line = `${PEOPLE.operator.principal} namespaces="${NAMESPACE}" ssh-ed25519 ${key.toString('base64')}`;
  const armor = armorOf(sshsigBlob(key, NAMESPACE, field));
  const token = await kit.runs.stamp(Buffer.from(armor), T0 + 20 * MINUTE);
  return changed(
    kit,
    (parts) => replace(SIGNATURE, () => armor)(replace(`${SIGNATURE}.tsr`, () => token)(parts)),
    { allowedSigners: siteTrust([line]) },
  );
}

/** An entry is missing in the ledger: the desk opened a run that nobody is to know of. Signed by the desk itself. */
async function gappedLedger({ good }: Kit): Promise<Tampered> {
  const text = good.trust.ledger?.text ?? '';
  const gapped = text
    .split(/(?<=\n)/)
    .filter((_, index) => index !== 1)
    .join('');
  const signature = must(await signerOf('device').sign('ledger.evidence-v1@holdpoint', Buffer.from(gapped)));
  return {
    bytes: zip(good.parts),
    trust: { ...good.trust, ledger: { text: gapped, signatures: [Buffer.from(signature)] } },
  };
}

export const nextCases: readonly TamperCase[] = [
  {
    n: 66,
    title: 'an encrypted entry',
    id: 'zip.encrypted',
    make: (kit) =>
      rezipped(kit, (parts) =>
        zip(
          parts,
          central('hosts/ops.json', (header) => header.writeUInt16LE(1, 8)),
        ),
      ),
  },
  {
    n: 67,
    title: 'zip64 sizes that are not there',
    id: 'zip.zip64',
    make: (kit) =>
      rezipped(kit, (parts) =>
        zip(
          parts,
          central('hosts/ops.json', (header) => header.writeUInt32LE(0xffff_ffff, 20)),
        ),
      ),
  },
  {
    n: 68,
    title: 'two spellings of one name (NFC and NFD)',
    id: 'zip.name',
    make: (kit) =>
      changed(kit, (parts) => {
        const name = (form: 'NFC' | 'NFD') =>
          Buffer.from(`${TOP}/outputs/caf\u00e9.out`.normalize(form)).toString('latin1');
        return added(name('NFC'))(added(name('NFD'))(parts));
      }),
  },
  {
    n: 69,
    title: 'an approval that had expired',
    id: 'approval.expired',
    make: async ({ runs }) =>
      retold(
        await runs.make({
          approvals: [{ statement: (statement) => ({ ...statement, expiresAt: instant(T0 - MINUTE) }) }],
        }),
      ),
  },
  {
    n: 70,
    title: 'the nonce of another approval',
    id: 'approval.nonce',
    make: async ({ runs }) =>
      retold(
        await runs.make({
          approvals: [
            {},
            {
              signer: signerOf('second'),
              principal: PEOPLE.second.principal,
              statement: (statement) => ({
                ...statement,
                requestedAt: instant(T0 - 20 * MINUTE),
                nonce: '1'.repeat(32),
              }),
            },
          ],
        }),
      ),
  },
  {
    n: 71,
    title: 'base64 that is not in its one form',
    id: 'signature.format',
    make: (kit) =>
      changed(
        kit,
        // The last character before the padding carries bits that belong to nothing.
        replace('attest/seal.sig', (data) =>
          rewrap(data.toString('latin1'), (b64) =>
            b64.replace(/([A-Za-z0-9+/])(=+)$/, (_, last: string, pad: string) => {
              const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
              return `${alphabet[alphabet.indexOf(last) + 1] ?? 'B'}${pad}`;
            }),
          ),
        ),
      ),
  },
  { n: 72, title: 'a key under which every message verifies', id: 'signature.format', make: smallOrder },
  {
    n: 73,
    title: 'the end of a step without its beginning',
    id: 'step.pairing',
    make: async ({ runs }) =>
      retold(
        await runs.make({
          story: (drafts) => {
            const start = drafts.findLastIndex(({ type }) => type === 'step.start');
            return drafts.filter((_, index) => index !== start);
          },
        }),
      ),
  },
  { n: 74, title: 'a run missing in the ledger', id: 'ledger.gap', make: gappedLedger },
  {
    n: 75,
    title: 'a line of ten megabytes',
    id: 'journal.line',
    make: async ({ runs }) =>
      retold(
        await runs.make({
          story: (drafts) => [
            ...drafts.slice(0, 2),
            {
              type: 'note',
              d: { text: 'x'.repeat(10 * 1024 * 1024), by: 'Alice Example' },
              t: 1500,
              mono: 6_500_000,
            },
            ...drafts.slice(2),
          ],
        }),
      ),
  },
];
