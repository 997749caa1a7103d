/** One person counts once at the desk, with however many keys and names; and what people signed opens nothing later. */
import { describe, expect, test, vi } from 'vitest';
import {
  approvalOf,
  endAndVerify,
  holdOf,
  makePerson,
  type Person,
  realRequest,
  signElsewhere,
  siteDesk,
  startReal,
  trustIn,
  trustLine,
} from '../fixtures/people/people.ts';
import { failureOf, must } from '../fixtures/runs/desk.ts';

const act = `      - id: look
        run: echo looking
        mode: exec
        risk: read
        expect: { exit: 0 }
      - id: act
        run: echo done
        mode: exec
        risk: reversible
        expect: { exit: 0 }
`;
const held = `      - id: gate
        hold: { kind: go, signers: [verifier, owner] }
${act}`;
const pass = { kind: 'pass-hold', step: 'gate', names: [], word: 'GO' };

/** Two keys that are listed under names of their own first, and share the second one. */
async function twoKeysOfOne(): Promise<{
  readonly bob: Person;
  readonly robert: Person;
  readonly trust: string;
}> {
  const [bob, robert] = await Promise.all([makePerson('bob@example.com'), makePerson('robert@example.com')]);
  const roles = ['approve', 'verifier', 'owner', 'review'] as const;
  const line = (person: Person) =>
    trustLine({ ...person, principal: `${person.principal},b.smith@example.com` }, ...roles);
  return { bob, robert, trust: line(bob) + line(robert) };
}

const apart = (trust: string) => trust.replaceAll(',b.smith@example.com', '');

describe('two keys that share a name', () => {
  test('approve a plan once', async () => {
    const { bob, robert, trust } = await twoKeysOfOne();
    const desk = await siteDesk({ steps: act, policy: { approvals: 2 }, trust });
    const { runId } = must(await desk.client.call('plan.prepare', await realRequest(desk)));
    const wanted = approvalOf(runId);
    must(await signElsewhere(desk, wanted, bob));
    expect(failureOf(await signElsewhere(desk, wanted, robert)).message).toBe(
      'The trust file has robert@example.com as one person with bob@example.com, who has approved this plan already.',
    );
    // Taken in while the two counted as two, and judged again at the start.
    await trustIn(desk.home, apart(trust));
    must(await signElsewhere(desk, wanted, robert));
    await trustIn(desk.home, trust);
    expect(failureOf(await desk.client.call('plan.start', { runId })).message).toContain(
      '1 of the 2 approvals',
    );
    await trustIn(desk.home, apart(trust));
    must(await desk.client.call('plan.start', { runId }));
  });

  test('sign a hold once', async () => {
    const { bob, robert, trust } = await twoKeysOfOne();
    const desk = await siteDesk({ steps: held, policy: { holds: 'signed' }, trust });
    const run = await startReal(desk);
    await run.ready();
    must(await run.intent({ kind: 'request-hold', step: 'gate' }));
    must(await signElsewhere(desk, holdOf(run, 'gate', 'verifier'), bob));
    const second = holdOf(run, 'gate', 'owner');
    expect(failureOf(await signElsewhere(desk, second, robert)).message).toContain(
      'has robert@example.com as one person with bob@example.com',
    );
    await trustIn(desk.home, apart(trust));
    must(await signElsewhere(desk, second, robert));
    await trustIn(desk.home, trust);
    expect(failureOf(await run.intent(pass)).message).toContain('1 of the 2 signatures');
    await trustIn(desk.home, apart(trust));
    must(await run.intent(pass));
  });

  test('review a run once', async () => {
    const { bob, robert, trust } = await twoKeysOfOne();
    const desk = await siteDesk({ steps: act, trust });
    const run = await startReal(desk);
    await run.ready();
    await endAndVerify(desk, run);
    const wanted = {
      kind: 'review',
      runId: run.runId,
      verdict: 'accepted',
      comment: 'Read in full.',
    } as const;
    must(await signElsewhere(desk, wanted, bob));
    expect(failureOf(await signElsewhere(desk, wanted, robert)).message).toContain(
      'has reviewed this run already',
    );
    const { reviews } = must(await desk.client.call('evidence.get', { runId: run.runId }));
    expect(reviews).toHaveLength(1);
  });
});

describe('with the time that passes', () => {
  const HOUR = 3_600_000;
  const later = (hours: number) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + hours * HOUR });
  };

  test('the signatures of a hold open no step after they have expired, until it is signed anew', async () => {
    const [vera, olga] = await Promise.all([makePerson('vera@example.com'), makePerson('olga@example.com')]);
    const desk = await siteDesk({
      steps: held,
      policy: { holds: 'signed' },
      trust: trustLine(vera, 'verifier') + trustLine(olga, 'owner'),
    });
    const run = await startReal(desk);
    await run.ready();
    const signed = async () => {
      must(await run.intent({ kind: 'request-hold', step: 'gate' }));
      must(await signElsewhere(desk, holdOf(run, 'gate', 'verifier'), vera));
      must(await signElsewhere(desk, holdOf(run, 'gate', 'owner'), olga));
      must(await run.intent(pass));
    };
    await signed();
    expect(await run.run('look')).toBe('passed');
    const { sha256: seen } = must(
      await desk.client.call('run.preview', { runId: run.runId, step: 'act' as never }),
    );
    later(25);
    try {
      const refused = failureOf(await run.intent({ kind: 'run', step: 'act', seen }));
      expect(refused.message).toContain('were good until');
      expect(refused.hint).toContain('again');
      expect(run.step('act').attempts).toEqual([]);
      await signed();
      expect(run.state().current).toBe('act');
      expect(await run.run('act')).toBe('passed');
    } finally {
      vi.useRealTimers();
    }
    const { verdict } = await endAndVerify(desk, run);
    expect(verdict).toMatchObject({ l1: 'holds', l2: 'holds', findings: [] });
  });

  test('what is started after the window goes on record as such, and is no plain success', async () => {
    const desk = await siteDesk({ steps: act });
    const at = (hours: number) => new Date(Date.now() + hours * HOUR).toISOString();
    const window = { from: at(-1), to: at(2) } as never;
    const run = await startReal(desk, { window });
    await run.ready();
    expect(await run.run('look')).toBe('passed');
    expect(run.of('window.outside')).toEqual([]);
    later(3);
    try {
      expect(await run.run('act')).toBe('passed');
      expect(run.of('window.outside').map(({ d }) => d)).toEqual([{ step: 'act', ...(window as object) }]);
      const { verdict } = await endAndVerify(desk, run);
      expect(verdict.result).toBe('success-with-deviations');
      expect(verdict.findings.map(({ id }) => id)).toEqual(['window.outside']);
    } finally {
      vi.useRealTimers();
    }
  });
});
