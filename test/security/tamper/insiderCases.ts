/** Cases 32 to 49: an operator with both keys of the desk, who chains and signs another story. */
import { sha256 } from '../../../electron/host/files/hash.ts';
import { instant, MINUTE, OUTPUTS, RUN_ID, signerOf, T0 } from '../../fixtures/evidence/fullBook.ts';
import type { FullDraft, FullRun, Obj, Twists } from '../../fixtures/evidence/fullRun.ts';
import { must } from '../../fixtures/evidence/signers.ts';
import { changed, type Kit, rechained, replace, retold, type Tampered, type TamperCase } from './kit.ts';

const DAY = 24 * 60 * MINUTE;
const CAST = 'recordings/02-upgrade-ops.cast';
const HEADER = '{"version":2,"width":80,"height":24}\n';

/** The story of a run that was told otherwise; the log outside and the ledger have what the desk sent them. */
const tale =
  (twists: Twists) =>
  async ({ runs }: Kit): Promise<Tampered> =>
    retold(await runs.make(twists));

const nth = (drafts: readonly FullDraft[], type: string, n: number) =>
  drafts.flatMap((draft, index) => (draft.type === type ? [index] : []))[n] ?? -1;

const edit =
  (type: string, change: (d: Obj) => Obj, n = 0) =>
  (drafts: readonly FullDraft[]): readonly FullDraft[] =>
    drafts.map((draft, index) =>
      index === nth(drafts, type, n) && typeof draft.d !== 'function'
        ? { ...draft, d: change(draft.d) }
        : draft,
    );

const both =
  (...changes: readonly ((drafts: readonly FullDraft[]) => readonly FullDraft[])[]) =>
  (drafts: readonly FullDraft[]) =>
    changes.reduce((all, change) => change(all), drafts);

/** The wall clock, moved from one record on. */
const shifted =
  (from: number, ms: number) =>
  (drafts: readonly FullDraft[]): readonly FullDraft[] =>
    drafts.map((draft, index) => (index >= from ? { ...draft, t: draft.t + ms } : draft));

/** A line about the second command edited, and everything after it chained and signed anew. */
const relined = (find: string, put: string): Twists => ({
  journal: rechained((line) => (line.includes('"step":"upgrade"') ? line.replace(find, put) : line)),
});

/** A manifest of any kind, signed by both keys. */
async function remanifested(kit: Kit, change: (manifest: string) => string): Promise<Tampered> {
  const manifest = Buffer.from(change(kit.good.manifest.toString()));
  const seal = must(await signerOf('device').sign('seal.evidence-v1@holdpoint', manifest));
  const operator = must(await signerOf('operator').sign('operator.evidence-v1@holdpoint', manifest));
  return changed(kit, (parts) =>
    replace(
      'MANIFEST.sha256',
      () => manifest,
    )(replace('attest/seal.sig', () => seal)(replace('attest/operator.sig', () => operator)(parts))),
  );
}

/** The same run made up a second time, with another outcome: the log outside still has the first one. */
async function fabricated({ runs, good }: Kit): Promise<Tampered> {
  const second: FullRun = await runs.make({
    outputs: { 'outputs/01-preflight.out': ' 02:03:15 up 99 days\r\n' },
  });
  return retold(second, { anchors: good.anchors });
}

async function replayed({ runs, good }: Kit): Promise<Tampered> {
  const second = await runs.make({ plan: (plan) => ({ ...plan, nonce: 'f'.repeat(32) }) });
  return retold(second, { seen: new Map([[RUN_ID, sha256(good.manifest)]]) });
}

export const insiderCases: readonly TamperCase[] = [
  {
    n: 32,
    title: 'cut off before run.end',
    id: 'run.boundaries',
    make: tale({ story: (drafts) => drafts.slice(0, -1) }),
  },
  {
    n: 33,
    title: 'a failed step in a run called a success',
    id: 'run.result',
    make: tale({
      story: both(
        edit('step.end', (d) => ({ ...d, end: { how: 'exit', code: 1 } }), 1),
        edit('check', (d) => ({ ...d, actual: '1', ok: false }), 1),
        edit('step.result', (d) => ({ ...d, state: 'failed' }), 1),
      ),
    }),
  },
  {
    n: 34,
    title: 'two beginnings',
    id: 'run.boundaries',
    make: tale({ story: (drafts) => [...drafts.slice(0, 1), ...drafts] }),
  },
  {
    n: 35,
    title: 'the clock set back by three days while it ran',
    id: 'clock.jump',
    make: tale({ story: shifted(6, -3 * DAY) }),
  },
  {
    n: 36,
    title: 'the whole run back-dated',
    id: 'approval.late',
    make: tale({ story: shifted(0, -3 * DAY) }),
  },
  {
    n: 37,
    title: 'the run dated later than its timestamp',
    id: 'timestamp.early',
    make: tale({ story: shifted(0, 60 * MINUTE) }),
  },
  {
    n: 38,
    title: 'another recording in the place of the one that was cited',
    id: 'file.not-as-recorded',
    make: tale({ files: { [CAST]: `${OUTPUTS[CAST] ?? ''}[0.700000, "o", "all fine\\r\\n"]\n` } }),
  },
  {
    n: 39,
    title: 'a recording whose time goes back',
    id: 'cast.time',
    make: tale({ outputs: { [CAST]: `${HEADER}[2, "o", "a"]\n[1, "o", "b"]\n` } }),
  },
  {
    n: 40,
    title: 'a recording of the keyboard',
    id: 'cast.input',
    make: tale({ outputs: { [CAST]: `${HEADER}[1, "i", "hunter2\\r"]\n` } }),
  },
  {
    n: 41,
    title: 'a key twice in a record',
    id: 'journal.line',
    make: tale(relined('"ms":900', '"ms":900,"ms":900')),
  },
  {
    n: 42,
    title: 'text that runs backwards in a record',
    id: 'journal.line',
    make: tale(relined('"name":"exit"', '"name":"\u202etixe"')),
  },
  {
    n: 43,
    title: 'a number that not every program reads the same',
    id: 'journal.line',
    make: tale(relined('"ms":900', '"ms":9007199254740993')),
  },
  {
    n: 44,
    title: 'carriage returns in the journal',
    id: 'journal.chain',
    make: tale({ journal: (text) => text.replaceAll('\n', '\r\n') }),
  },
  {
    n: 45,
    title: 'a torn last line',
    id: 'journal.chain',
    make: tale({ journal: (text) => text.slice(0, -9) }),
  },
  {
    n: 46,
    title: 'the whole run made up a second time, against what the hosts logged',
    id: 'anchor.mismatch',
    make: fabricated,
  },
  {
    n: 47,
    title: 'the id of a run that was verified before, with other content',
    id: 'replay.seen',
    make: replayed,
  },
  {
    n: 48,
    title: 'a path that climbs in the manifest',
    id: 'manifest.syntax',
    make: (kit) => remanifested(kit, (manifest) => `${manifest}${'0'.repeat(64)}  ../../etc/passwd\n`),
  },
  {
    n: 49,
    title: 'outside the window of the plan',
    id: 'window.outside',
    make: tale({
      plan: (plan) => ({
        ...plan,
        window: { from: instant(T0 - 120 * MINUTE), to: instant(T0 - 60 * MINUTE) },
      }),
    }),
  },
];
