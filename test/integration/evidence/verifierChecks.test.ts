/** Families of the strict verifier that the tamper list does not name one by one: a good run, changed in one respect. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FindingId } from '../../../electron/domain/verify/findings.ts';
import { type Trust, verify } from '../../../electron/domain/verify/verify.ts';
import { nodePlatform } from '../../../electron/host/evidence/nodePlatform.ts';
import { instant, MINUTE, signerOf, siteTrust, T0 } from '../../fixtures/evidence/fullBook.ts';
import {
  type FullDraft,
  fullRuns,
  type FullRuns,
  type Obj,
  type Twists,
  zipOf,
} from '../../fixtures/evidence/fullRun.ts';
import { must } from '../../fixtures/evidence/signers.ts';

const anHourAgo = { from: instant(T0 - 120 * MINUTE), to: instant(T0 - 60 * MINUTE) };

let runs: FullRuns;
beforeAll(async () => {
  runs = await fullRuns();
});
afterAll(() => runs.close());

async function idsOf(twists: Twists, trust: (given: Trust) => Trust = (given) => given) {
  const run = await runs.make(twists);
  const bytes = zipOf(run);
  const source = {
    size: bytes.length,
    read: (offset: number, length: number) =>
      Promise.resolve(new Uint8Array(bytes.subarray(offset, offset + length))),
  };
  const { verdict } = must(await verify(nodePlatform, source, trust(run.trust)));
  return { ids: verdict.findings.map(({ id }) => id), verdict };
}

/** Changes the records of a type. */
const edit =
  (type: string, change: (d: Obj) => Obj) =>
  (drafts: readonly FullDraft[]): readonly FullDraft[] => {
    expect(drafts.some((draft) => draft.type === type)).toBe(true);
    return drafts.map((draft) => {
      const { d } = draft;
      if (draft.type !== type) return draft;
      return { ...draft, d: typeof d === 'function' ? (at) => change(d(at)) : change(d) };
    });
  };

/** Leaves the first record of a type out. */
const without = (type: string) => (drafts: readonly FullDraft[]) => {
  const at = drafts.findIndex((draft) => draft.type === type);
  expect(at).toBeGreaterThan(-1);
  return drafts.filter((_, index) => index !== at);
};

const alsoListed = (person: 'operator' | 'mallory', role: string, principal: string) => {
  const { keyType, publicKeyBlob } = signerOf(person);
  const key = Buffer.from(publicKeyBlob).toString('base64');
  return siteTrust([`${principal} namespaces="${role}.evidence-v1@holdpoint" ${keyType} ${key}`]);
};

it('finds nothing in the good run, and its witnesses hold', async () => {
  const { ids, verdict } = await idsOf({});
  expect(ids).toEqual([]);
  expect(verdict).toMatchObject({ l1: 'holds', l2: 'holds', l3: 'holds' });
});

it.each<[string, FindingId, Twists, ((given: Trust) => Trust)?]>([
  [
    'a hold passed by names',
    'hold.named',
    { story: edit('hold.pass', (d) => ({ ...d, signers: named(d) })) },
  ],
  ['a hold passed without one of its signatures', 'hold.signers', { story: without('hold.sign') }],
  [
    'a hold passed with fewer people than it needs',
    'hold.signers',
    { story: edit('hold.pass', (d) => ({ ...d, signers: (d['signers'] as Obj[]).slice(0, 1) })) },
  ],
  [
    'another command behind a hold',
    'hold.command',
    { outputs: { 'outputs/02-upgrade.cmd': 'helm upgrade --force' } },
  ],
  [
    'a command that the runbook does not give',
    'runbook.command',
    { outputs: { 'outputs/01-preflight.cmd': 'rm -rf /' } },
  ],
  ['a statement of another step', 'hold.statement', { hold: (s) => ({ ...s, step: 'upgrade' }) }],
  ['a statement on a state that never was', 'hold.head', { hold: (s) => ({ ...s, head: 'f'.repeat(64) }) }],
  [
    'a hold signed by nobody that is listed',
    'hold.untrusted',
    { holders: [{ role: 'verifier', principal: 'mallory@example.com', signer: signerOf('mallory') }] },
  ],
  [
    'a hold signed by the operator under another name',
    'hold.self',
    { holders: [{ role: 'verifier', principal: 'other@example.com', signer: signerOf('operator') }] },
    (given) => ({ ...given, allowedSigners: alsoListed('operator', 'verifier', 'other@example.com') }),
  ],
  [
    'a step that the runbook does not have',
    'runbook.unknown-step',
    { runbook: (text) => text.replace('id: preflight', 'id: look') },
  ],
  [
    'a step of the runbook that never happened',
    'runbook.missing-step',
    { runbook: (text) => text.replace('id: preflight', 'id: look') },
  ],
  [
    'a hold that was skipped',
    'runbook.kind',
    { story: insteadOf('hold.pass', 'step.skip', { reason: 'nobody came', by: 'Alice' }) },
  ],
  [
    'a hold that is said not to apply',
    'runbook.order',
    { story: insteadOf('hold.pass', 'step.na', { when: 'variant.hold == "no"' }) },
  ],
  ['a command sent before its hold was passed', 'runbook.order', { story: holdLast }],
  [
    'a hold whose signers were told of no command',
    'hold.guards',
    {
      hold: (s) => ({ ...s, guards: [] }),
      story: edit('hold.request', (d) => ({ ...d, guards: [] })),
    },
  ],
  [
    'an approval with a key that is the operator’s in another role',
    'approval.self',
    { approvals: [{ signer: signerOf('mallory'), principal: 'other@example.com' }] },
    (given) => ({
      ...given,
      allowedSigners:
        alsoListed('mallory', 'approve', 'other@example.com') +
        alsoListed('mallory', 'verifier', 'alice@example.com'),
    }),
  ],
  [
    'a command whose values nobody knows',
    'runbook.command',
    {
      runbook: (text) =>
        text
          .replace('risk: read\n', 'risk: read\n        capture: { seen: { json: $.v } }\n')
          .replace('-n ${namespace} mazevault', '-n ${seen} mazevault'),
    },
  ],
  ['a run outside its window', 'window.outside', { plan: (plan) => ({ ...plan, window: anHourAgo }) }],
  [
    'a plan that asks for less than the runbook',
    'policy.weakened',
    { plan: (plan) => ({ ...plan, policy: { ...(plan['policy'] as Obj), reviews: 0 } }) },
  ],
  [
    'output kept that the runbook withholds',
    'withheld.unmarked',
    { runbook: (text) => text.replace('risk: read\n', 'risk: read\n        evidence: none\n') },
  ],
  [
    'output of a step that says it is withheld',
    'withheld.output',
    { story: edit('step.start', (d) => ({ ...d, withheld: true })) },
  ],
  [
    'a secret that the plan does not name',
    'fed.unknown',
    { story: edit('step.start', (d) => ({ ...d, fed: ['db_password'] })) },
  ],
  [
    'an approval that run.start does not name',
    'approval.unnamed',
    {
      story: edit('run.start', (d) =>
        Object.fromEntries(Object.entries(d).filter(([key]) => key !== 'approvals')),
      ),
    },
  ],
  [
    'an approval by nobody that is listed',
    'approval.untrusted',
    { approvals: [{ signer: signerOf('mallory') }] },
  ],
  ['a review by nobody that is listed', 'review.untrusted', { reviewer: signerOf('mallory') }],
  [
    'a review asked for before the end',
    'review.early',
    { review: (s) => ({ ...s, requestedAt: instant(T0 - MINUTE) }) },
  ],
  [
    'a head that the journal did not have',
    'anchor.head',
    { story: edit('anchor.emit', (d) => ({ ...d, head: 'f'.repeat(64) })) },
  ],
  [
    'a log that knows more records',
    'anchor.beyond',
    {},
    (given) => ({
      ...given,
      anchors: `${given.anchors as string}run=20261121T020311Z-4f2a9c seq=999 head=${'e'.repeat(64)}\n`,
    }),
  ],
  ['a log without the heads', 'anchor.absent', {}, (given) => ({ ...given, anchors: 'nothing\n' })],
  [
    'a ledger that nobody signed',
    'ledger.signature',
    {},
    (given) => ({ ...given, ledger: { text: given.ledger?.text ?? '', signatures: [] } }),
  ],
  [
    'a timestamp demanded and no authority given',
    'timestamp.unchecked',
    {},
    ({ tsaCa, ...given }) => ({ ...given, minimum: tsaCa === undefined ? {} : { timestamp: 'required' } }),
  ],
  [
    'anchors demanded and no log given',
    'anchor.unchecked',
    {},
    ({ anchors, ...given }) => ({ ...given, minimum: anchors === undefined ? {} : { anchors: 'logger' } }),
  ],
])('names %s: %s', async (_name, id, twists, trust) => {
  expect((await idsOf(twists, trust)).ids).toContain(id);
});

function named(d: Obj): Obj[] {
  return (d['signers'] as Obj[]).map(({ role, name }) => ({
    role: role ?? '',
    name: name ?? '',
    basis: 'named',
  }));
}

it('lets a rehearsal take place at any time', async () => {
  const { ids } = await idsOf({
    plan: (plan) => ({ ...plan, rehearsal: true, window: anHourAgo }),
    story: edit('run.start', (d) => ({ ...d, rehearsal: true })),
  });
  expect(ids).not.toContain('window.outside');
});

function insteadOf(type: string, other: string, more: Obj) {
  return (drafts: readonly FullDraft[]) =>
    drafts.map((draft) =>
      draft.type === type ? { ...draft, type: other, d: { step: 'go', ...more } } : draft,
    );
}

/** The hold is asked for, signed and passed only after the command behind it has ended. */
function holdLast(drafts: readonly FullDraft[]): readonly FullDraft[] {
  const times = drafts.map(({ t, mono }) => ({ t, mono }));
  const held = drafts.filter(({ type }) => type === 'hold.pass');
  const rest = drafts.filter(({ type }) => type !== 'hold.pass');
  const moved = [...rest.slice(0, -1), ...held, ...rest.slice(-1)];
  return moved.map((draft, index) => ({ ...draft, ...times[index] }));
}
