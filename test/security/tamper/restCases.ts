/** What an insider can do beside the list: one case for each finding that no other case is about. */
import { sha256 } from '../../../electron/host/files/hash.ts';
import { FULL_BOOK, OUTPUTS, RUN_ID, signerOf, TOP } from '../../fixtures/evidence/fullBook.ts';
import type { FullDraft, Obj, Twists } from '../../fixtures/evidence/fullRun.ts';
import { zip } from '../../fixtures/evidence/rezip.ts';
import { must } from '../../fixtures/evidence/signers.ts';
import { type Kit, rechained, retold, type Tampered, type TamperCase } from './kit.ts';

const CAST = 'recordings/02-upgrade-ops.cast';

const tale =
  (twists: Twists) =>
  async ({ runs }: Kit): Promise<Tampered> =>
    retold(await runs.make(twists));

/** The first record of a type, changed. */
const first =
  (type: string, change: (d: Obj) => Obj) =>
  (drafts: readonly FullDraft[]): readonly FullDraft[] => {
    const at = drafts.findIndex((draft) => draft.type === type);
    return drafts.map((draft, index) =>
      index === at && typeof draft.d !== 'function' ? { ...draft, d: change(draft.d) } : draft,
    );
  };

/** One more record, before the end of the run. */
const besides =
  (type: string, d: Obj) =>
  (drafts: readonly FullDraft[]): readonly FullDraft[] => {
    const end = drafts.at(-1);
    if (end === undefined) throw new Error('no story');
    return [...drafts.slice(0, -1), { ...end, type, d }, end];
  };

/** The ledger of the desk, written otherwise and signed by the desk. */
const ledger =
  (change: (text: string) => string) =>
  async ({ good }: Kit): Promise<Tampered> => {
    const text = change(good.trust.ledger?.text ?? '');
    const signature = must(await signerOf('device').sign('ledger.evidence-v1@holdpoint', Buffer.from(text)));
    return retold(good, { ledger: { text, signatures: [Buffer.from(signature)] } });
  };

/** Another checksum in both headers: the bytes are not those that were packed. */
function wrongChecksum({ good }: Kit): Tampered {
  const at = (offset: number) => (header: Buffer, name: string) => {
    if (name === `${TOP}/outputs/01-preflight.out`) header.writeUInt32LE(7, offset);
    return header;
  };
  return { bytes: zip(good.parts, { local: at(14), central: at(16) }), trust: good.trust };
}

const cases: readonly Omit<TamperCase, 'n'>[] = [
  { title: 'another checksum in the headers of a file', id: 'zip.crc', make: wrongChecksum },
  {
    title: 'a file of a kind that bundles do not have',
    id: 'file.unknown',
    make: tale({ files: { 'notes.txt': 'all went well\n' } }),
  },
  {
    title: 'a file that is no text where text belongs',
    id: 'file.encoding',
    make: tale({ files: { 'hosts/ops.json': Buffer.of(0x7b, 0xff, 0x7d, 0x0a) } }),
  },
  {
    title: 'a field in the summary that nobody knows',
    id: 'json.schema',
    make: tale({ run: (run) => ({ ...run, audited: true }) }),
  },
  {
    title: 'a summary that tells of another operator',
    id: 'run.mismatch',
    make: tale({
      run: (run) => ({ ...run, operator: { name: 'Bob Example', principal: 'bob@example.com' } }),
    }),
  },
  {
    title: 'a note that the seal found a file nobody vouches for',
    id: 'seal.uncited',
    make: tale({
      run: (run) => ({
        ...run,
        notes: [{ kind: 'uncited', file: 'outputs/01-preflight.out', message: 'not vouched for' }],
      }),
    }),
  },
  {
    title: 'a recording cut in the middle of a line',
    id: 'cast.torn',
    make: tale({ outputs: { [CAST]: `${OUTPUTS[CAST] ?? ''}[0.7, "o", "all fi` } }),
  },
  {
    title: 'a record of a day that there is not',
    id: 'clock.time',
    make: tale({
      journal: rechained((line) => line.replace('"t":"2026-11-21T02:03:12', '"t":"2026-13-21T02:03:12')),
    }),
  },
  {
    title: 'another runbook than run.start names',
    id: 'runbook.mismatch',
    make: tale({ files: { 'plan/runbook.yaml': `${FULL_BOOK}# as agreed\n` } }),
  },
  {
    title: 'a runbook that cannot be read',
    id: 'runbook.form',
    make: tale({ runbook: (text) => text.replace('phases:', 'phases: [') }),
  },
  {
    title: 'a command that only looked, at a step that changes',
    id: 'runbook.kind',
    make: tale({ story: first('step.start', (d) => ({ ...d, purpose: 'observe' })) }),
  },
  {
    title: 'a step that ran on another host than the runbook says',
    id: 'runbook.target',
    make: tale({
      plan: (plan) => ({
        ...plan,
        targets: {
          ...(plan['targets'] as Obj),
          spare: { kind: 'ssh', host: '127.0.0.2', port: 22, user: 'ops' },
        },
      }),
      story: first('step.start', (d) => ({ ...d, target: 'spare' })),
    }),
  },
  {
    title: 'secrets masked in a file that is not there',
    id: 'redaction.file',
    make: tale({
      story: besides('redaction', { file: 'outputs/03-more.out', rule: 'db_password', count: 2 }),
    }),
  },
  {
    title: 'a run that is said to be entered elsewhere in the ledger',
    id: 'ledger.open',
    make: tale({ story: first('run.start', (d) => ({ ...d, ledger: { seq: 0, head: '0'.repeat(64) } })) }),
  },
  {
    title: 'another manifest than the ledger has',
    id: 'ledger.seal',
    make: (kit) => ledger((text) => text.replace(sha256(kit.good.manifest), 'e'.repeat(64)))(kit),
  },
  {
    title: 'a run sealed that the ledger has as given up',
    id: 'ledger.seal',
    make: ledger((text) =>
      text
        .replace(
          new RegExp(`"d":\\{"manifestSha256":"[0-9a-f]{64}","result":"success","runId":"${RUN_ID}"\\}`),
          `"d":{"reason":"too late","runId":"${RUN_ID}"}`,
        )
        .replace(/"type":"seal"\}\n$/, '"type":"abandon"}\n'),
    ),
  },
];

/** Numbered from `from` on. */
export function restCases(from: number): readonly TamperCase[] {
  return cases.map((one, index) => ({ n: from + index, ...one }));
}
