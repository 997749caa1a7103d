/** Where desk and verifier once judged people's statements differently: what the verifier finds, and nothing besides. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { instant, PEOPLE, signerOf, T0 } from '../../fixtures/evidence/fullBook.ts';
import {
  type FullRun,
  fullRuns,
  type FullRuns,
  type Obj,
  type Twists,
} from '../../fixtures/evidence/fullRun.ts';
import { must } from '../../fixtures/evidence/signers.ts';
import { partOf, retold, strict } from './kit.ts';
import { alsoNamed, AT, each, goodUntil, namedHold, reviewedAgain, sealedOnly } from './peopleCases.ts';

let runs: FullRuns;
let good: FullRun;
beforeAll(async () => {
  runs = await fullRuns();
  good = await runs.make();
});
afterAll(() => runs.close());

type TrustTwist = Parameters<typeof retold>[1];

async function found(twists: Twists, trust: TrustTwist = {}) {
  const { verdict } = await strict(retold(await runs.make(twists), trust));
  return [...new Set(verdict.findings.map(({ id }) => id))];
}

describe('one person with two keys', () => {
  test('is nobody’s second approver, signer of a hold or reviewer', async () => {
    const second = { signer: signerOf('second'), principal: PEOPLE.second.principal };
    const approved: Twists = {
      plan: (plan) => ({ ...plan, policy: { ...(plan['policy'] as Obj), approvals: 2 } }),
      approvals: [{}, second],
    };
    expect(await found(approved)).toEqual([]);
    expect(await found(approved, alsoNamed('second', 'approve', 'BOB@example.com'))).toEqual([
      'approval.twice',
      'approval.missing',
    ]);
    expect(await found({}, alsoNamed('owner', 'owner', PEOPLE.verifier.principal))).toEqual([
      'hold.twice',
      'hold.signers',
    ]);
    const again = await reviewedAgain(good, 2, signerOf('second'));
    const ids = async (trust: TrustTwist) =>
      (await strict(retold(again, trust))).verdict.findings.map(({ id }) => id);
    expect(await ids(alsoNamed('second', 'review', 'second@example.com'))).toEqual([]);
    expect(await ids(alsoNamed('second', 'review', PEOPLE.reviewer.principal))).toEqual(['review.twice']);
  });
});

describe('what does not count does not begin to count when there is much of it', () => {
  const MANY = 60;
  const many = Array.from({ length: MANY }, (_, index) => index + 2);

  test('of approvals', async () => {
    const files = many.flatMap((n) =>
      ['', '.sig'].map((end): [string, Buffer] => [
        `plan/approval-${String(n)}.json${end}`,
        partOf(good, `plan/approval-1.json${end}`),
      ]),
    );
    const ids = await found({ approvals: [], files: Object.fromEntries(files) });
    expect(ids).toContain('approval.missing');
  });

  test('of signatures at a hold', async () => {
    const ids = await found({
      story: (drafts) =>
        drafts
          .flatMap((draft) => {
            const { d } = draft;
            if (draft.type !== 'hold.sign' || typeof d !== 'function') return [draft];
            const astray = {
              ...draft,
              d: (at: Parameters<typeof d>[0]) => ({ ...d(at), statement: 'e'.repeat(64) }),
            };
            return Array.from({ length: MANY }, () => astray);
          })
          .map((draft, index) => ({ ...draft, t: index * 100, mono: 5_000_000 + index * 100_000 })),
    });
    expect(ids).toContain('hold.signers');
  });

  test('of reviews', async () => {
    let run = await runs.make({ review: null });
    const of = { ...run, manifest: Buffer.from('another') };
    for (const n of many) {
      const { parts } = await reviewedAgain({ ...of, parts: run.parts }, n, signerOf('reviewer'));
      run = { ...run, parts };
    }
    const { verdict } = await strict(retold(run));
    expect(verdict.findings.map(({ id }) => id)).toContain('review.missing');
  });
});

describe('a hold', () => {
  const named =
    (verifier: string, owner: string, operator = 'Alice Example') =>
    (d: Obj): Obj => ({
      ...d,
      signers: [
        ...(operator === 'Alice Example' ? [] : [{ role: 'operator', name: operator, basis: 'desk' }]),
        { role: 'verifier', name: verifier, basis: 'named' },
        { role: 'owner', name: owner, basis: 'named' },
      ],
    });
  const quiet = { 'holds/01-go.json': null, 'holds/01-go.1.sig': null, 'holds/01-go.2.sig': null };
  const passedBy = (pass: (d: Obj) => Obj) => found({ ...namedHold(pass), files: quiet });

  test('is not passed by the operator under two hats, however the name is written', async () => {
    expect(await passedBy(named('Carol', 'Dave'))).toEqual([]);
    expect(await passedBy(named('alice  EXAMPLE', 'Dave'))).toEqual(['hold.self']);
    expect(await passedBy(named('Carol', 'alice@example.com'))).toEqual(['hold.self']);
    expect(await passedBy(named('Carol', ' carol'))).toEqual(['hold.twice']);
  });

  test('opens nothing after its signatures have expired', async () => {
    expect(await found(goodUntil(AT.holdPassed + 1))).toEqual([]);
    expect(await found(goodUntil(AT.holdPassed))).toEqual(['hold.expired']);
    expect(await found(goodUntil(AT.holdSigned))).toEqual(['hold.expired', 'hold.signers']);
  });

  test('binds every command that could be known when it was signed', async () => {
    const told = (guards: Obj) => ({
      hold: (statement: Obj) => ({ ...statement, ...guards }),
      story: each('hold.request', (d) => ({ ...d, ...guards })),
    });
    expect(await found(told({ guards: [], unguarded: ['upgrade'] }))).toEqual(['hold.guards']);
    const other = { step: 'upgrade', target: 'elsewhere', commandSha256: 'e'.repeat(64) };
    expect(await found(told({ guards: [other] }))).toContain('hold.guards');
  });
});

describe('the window', () => {
  const until = (seconds: number): Pick<Twists, 'plan'> => ({
    plan: (plan) => ({ ...plan, window: { from: instant(T0), to: instant(T0 + seconds * 1000) } }),
  });
  const marked = (seconds: number, result: string): Twists => ({
    ...until(seconds),
    story: (drafts) =>
      drafts
        .flatMap((draft) => {
          const d = draft.d as Obj;
          if (draft.type === 'run.end') return [{ ...draft, d: { result } }];
          if (draft.type !== 'step.start' || d['step'] !== 'upgrade') return [draft];
          const window = { from: instant(T0), to: instant(T0 + seconds * 1000) };
          return [{ ...draft, type: 'window.outside', d: { step: 'upgrade', ...window } }, draft];
        })
        .map((draft, index) => ({ ...draft, t: index * 1000, mono: 5_000_000 + index * 1_000_000 })),
  });

  test('is over for what is started after it, said by the run itself or not', async () => {
    expect(await found(until(3))).toEqual(['window.outside', 'window.unrecorded']);
    expect(await found(marked(3, 'success-with-deviations'))).toEqual(['window.outside']);
    expect(await found(marked(3, 'success'))).toEqual(['run.result', 'window.outside']);
    expect(await found(marked(100, 'success-with-deviations'))).toEqual(['window.unrecorded']);
  });
});

test('a run that no person signed is not intact and attributed, whatever its plan asks for', async () => {
  const { verdict } = await strict(await sealedOnly({ runs, good }));
  expect(verdict.l1).toBe('fails');
  const [finding] = verdict.findings.filter(({ id }) => id === 'signature.no-person');
  expect(finding).toMatchObject({ level: 'L1', place: 'attest/operator.sig' });
  expect(finding?.message).toContain('no person signed this run');
});

test('a signature that is no signature at all is no approval', async () => {
  const armor = must(await signerOf('approver').sign('git', Buffer.from('x')));
  expect(await found({ approvals: [{ armor: () => armor }] })).toEqual([
    'approval.signature',
    'approval.missing',
  ]);
});
