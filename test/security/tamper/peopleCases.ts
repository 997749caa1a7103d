/** Statements of people, broken by somebody who has keys of the site: approvals, holds, reviews, and who signed at all. */
import { sha256 } from '../../../electron/host/files/hash.ts';
import type { Signer } from '../../../electron/host/evidence/signer.ts';
import {
  instant,
  PEOPLE,
  type Person,
  signerOf,
  siteTrust,
  T0,
  TOP,
} from '../../fixtures/evidence/fullBook.ts';
import type { FullDraft, FullRun, Obj, Twists } from '../../fixtures/evidence/fullRun.ts';
import { text } from '../../fixtures/evidence/fullStory.ts';
import { must } from '../../fixtures/evidence/signers.ts';
import { added, type Kit, retold, type Tampered, type TamperCase, without } from './kit.ts';

const SECOND = 1000;
/** Where the records of the good run stand: one a second. */
export const AT = { holdSigned: 8.5, holdPassed: 10.5 } as const;

const tale =
  (twists: Twists, trust: Parameters<typeof retold>[1] = {}) =>
  async ({ runs }: Kit): Promise<Tampered> =>
    retold(await runs.make(twists), trust);

/** Changes every record of a type. */
export const each =
  (type: string, change: (d: Obj) => Obj) =>
  (drafts: readonly FullDraft[]): readonly FullDraft[] =>
    drafts.map((draft) => {
      const { d } = draft;
      if (draft.type !== type) return draft;
      return { ...draft, d: typeof d === 'function' ? (at) => change(d(at)) : change(d) };
    });

const keyOf = (person: Person): string => {
  const { keyType, publicKeyBlob } = signerOf(person);
  return `${keyType} ${Buffer.from(publicKeyBlob).toString('base64')}`;
};

/** The trust of the site, with a person's key listed under a second name besides. */
export const alsoNamed = (person: Person, role: string, principal: string) => ({
  allowedSigners: siteTrust([`${principal} namespaces="${role}.evidence-v1@holdpoint" ${keyOf(person)}`]),
});

const revoked = (person: Person) => ({ revoked: `${keyOf(person)}\n` });

/** A signer who puts their name under something else than what is asked. */
function astray(signer: Signer): Signer {
  return { ...signer, sign: (namespace) => signer.sign(namespace, Buffer.from('another statement\n')) };
}

/** Signatures that are good until a moment, in seconds after the start. */
export function goodUntil(seconds: number): Twists {
  const expiresAt = instant(T0 + seconds * SECOND);
  return {
    hold: (statement) => ({ ...statement, expiresAt }),
    story: each('hold.request', (d) => ({ ...d, expiresAt })),
  };
}

/** A second review, by somebody else's key, beside the one that is there. */
export async function reviewedAgain(run: FullRun, n: number, signer: Signer): Promise<FullRun> {
  const statement: Obj = {
    format: 1,
    kind: 'review',
    runId: TOP.slice('ev-'.length),
    manifestSha256: sha256(run.manifest),
    verdict: 'accepted',
    comment: '',
    requestedAt: instant(T0 + 45 * 60 * SECOND),
    nonce: String(n % 10).repeat(32),
  };
  const content = text(statement);
  const armor = must(await signer.sign('review.evidence-v1@holdpoint', Buffer.from(content)));
  const path = `${TOP}/attest/review-${String(n)}.json`;
  return { ...run, parts: added(`${path}.sig`, armor)(added(path, content)(run.parts)) };
}

async function lastLetter({ runs }: Kit): Promise<Tampered> {
  const run = await runs.make();
  return retold({ ...run, parts: without(/review-1\.json\.sig$/)(run.parts) });
}

/** A plan that asks for the device's seal alone, and a run that nobody signed. */
export async function sealedOnly({ runs }: Kit): Promise<Tampered> {
  const run = await runs.make({
    plan: (plan) => ({ ...plan, policy: { ...(plan['policy'] as Obj), signatures: ['seal'] } }),
    stampedAt: null,
  });
  return retold({ ...run, parts: without(/operator\.sig$/)(run.parts) });
}

const named = (d: Obj): Obj => ({
  ...d,
  signers: [
    { role: 'verifier', name: 'alice  EXAMPLE', basis: 'named' },
    { role: 'owner', name: 'Dave', basis: 'named' },
  ],
});

/** A run whose holds are passed by names, as a site may allow it. */
export const namedHold = (pass: (d: Obj) => Obj): Twists => ({
  runbook: (book) => book.replace('holds: signed, ', ''),
  plan: (plan) => {
    const { holds: _, ...policy } = plan['policy'] as Obj;
    return { ...plan, policy };
  },
  story: (drafts) =>
    each('hold.pass', pass)(drafts.filter(({ type }) => !['hold.request', 'hold.sign'].includes(type))),
});

const cases: readonly Omit<TamperCase, 'n'>[] = [
  {
    title: 'an approval without its signature',
    id: 'approval.form',
    make: tale({ files: { 'plan/approval-1.json.sig': null } }),
  },
  {
    title: 'a signature over something else by the approver',
    id: 'approval.signature',
    make: tale({ approvals: [{ signer: astray(signerOf('approver')) }] }),
  },
  { title: 'an approval with a revoked key', id: 'approval.revoked', make: tale({}, revoked('approver')) },
  {
    title: 'two approvals by one person with two keys',
    id: 'approval.twice',
    make: tale(
      { approvals: [{}, { signer: signerOf('second'), principal: PEOPLE.second.principal }] },
      alsoNamed('second', 'approve', PEOPLE.approver.principal),
    ),
  },
  {
    title: 'a signature over something else at a hold',
    id: 'hold.signature',
    make: tale({
      holders: [
        { role: 'verifier', principal: PEOPLE.verifier.principal, signer: astray(signerOf('verifier')) },
        { role: 'owner', principal: PEOPLE.owner.principal, signer: signerOf('owner') },
      ],
    }),
  },
  { title: 'a hold signed with a revoked key', id: 'hold.revoked', make: tale({}, revoked('owner')) },
  {
    title: 'two signatures at a hold by one person with two keys',
    id: 'hold.twice',
    make: tale({}, alsoNamed('owner', 'owner', PEOPLE.verifier.principal)),
  },
  {
    title: 'a hold signed after the request had expired',
    id: 'hold.expired',
    make: tale(goodUntil(AT.holdSigned)),
  },
  {
    title: 'a command begun after the signatures of its hold had expired',
    id: 'hold.expired',
    make: tale(goodUntil(AT.holdPassed)),
  },
  {
    title: 'a hold at which the operator was named as verifier',
    id: 'hold.self',
    make: tale(namedHold(named)),
  },
  {
    title: 'a command called unknown to those who signed, and known',
    id: 'hold.guards',
    make: tale({
      hold: (statement) => ({ ...statement, guards: [], unguarded: ['upgrade'] }),
      story: each('hold.request', (d) => ({ ...d, guards: [], unguarded: ['upgrade'] })),
    }),
  },
  {
    title: 'a command sent after the window, and no record of it',
    id: 'window.unrecorded',
    make: tale({
      plan: (plan) => ({ ...plan, window: { from: instant(T0), to: instant(T0 + 3 * SECOND) } }),
    }),
  },
  { title: 'a review without its signature', id: 'review.form', make: lastLetter },
  {
    title: 'a signature over something else by the reviewer',
    id: 'review.signature',
    make: tale({ reviewer: astray(signerOf('reviewer')) }),
  },
  {
    title: 'a review by a key that nobody listed',
    id: 'review.untrusted',
    make: tale({ reviewer: signerOf('mallory') }),
  },
  { title: 'a review with a revoked key', id: 'review.revoked', make: tale({}, revoked('reviewer')) },
  {
    title: 'two reviews by one person with two keys',
    id: 'review.twice',
    make: async ({ good }) =>
      retold(
        await reviewedAgain(good, 2, signerOf('second')),
        alsoNamed('second', 'review', PEOPLE.reviewer.principal),
      ),
  },
  {
    title: 'a review asked for before the run had ended',
    id: 'review.early',
    make: tale({ review: (statement) => ({ ...statement, requestedAt: instant(T0 + SECOND) }) }),
  },
  {
    title: 'a plan that asks for no person’s signature',
    id: 'signature.no-person',
    make: sealedOnly,
  },
];

/** Numbered from `from` on. */
export function peopleCases(from: number): readonly TamperCase[] {
  return cases.map((one, index) => ({ n: from + index, ...one }));
}
