/** Ways round the four eyes, each tried and each refused by the rule that is there for it. */
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { RunId } from '../../electron/contract/ids.ts';
import type { KeySource, SignatureWanted } from '../../electron/contract/people.ts';
import { sha256 } from '../../electron/host/files/hash.ts';
import { run as shell } from '../fixtures/evidence/shell.ts';
import {
  approvalOf,
  endAndVerify,
  holdOf,
  makePerson,
  type Person,
  realRequest,
  scratch,
  signElsewhere,
  signHere,
  siteDesk,
  trustIn,
  trustLine,
} from '../fixtures/people/people.ts';
import { type Desk, failureOf, must } from '../fixtures/runs/desk.ts';
import { type AgentFixture, startAgent } from '../fixtures/sshd/startAgent.ts';

const steps = `      - id: act
        run: echo done
        mode: exec
        risk: reversible
        expect: { exit: 0 }
`;

async function preparedDesk(approvals: number, trust: string): Promise<{ desk: Desk; runId: RunId }> {
  const desk = await siteDesk({ steps, policy: { approvals }, trust });
  const { runId } = must(await desk.client.call('plan.prepare', await realRequest(desk)));
  return { desk, runId };
}

/** Brings a signature in that was made over this text in this namespace. */
async function bring(desk: Desk, runId: RunId, person: Person, text: string, namespace: string) {
  const file = join(await scratch(), 'statement.json');
  await writeFile(file, text);
  const wanted = approvalOf(runId);
  const request = must(await desk.client.call('request.get', { wanted }));
  const armor = await person.sign(file, namespace);
  return desk.client.call('request.import', { wanted, sha256: request.sha256, armor });
}

/** Nothing was taken in, and the plan does not start. */
async function stillWaiting(desk: Desk, runId: RunId): Promise<void> {
  expect(must(await desk.client.call('plan.get', { runId })).prepared).toMatchObject({
    state: 'waiting',
    approvals: [],
  });
  expect(failureOf(await desk.client.call('plan.start', { runId })).code).toBe('refused');
  expect(must(await desk.client.call('run.list', {}))).toEqual([]);
}

describe('an approval is refused', () => {
  test('when it is the operator’s own, by name', async () => {
    const alice = await makePerson('alice@example.com');
    const { desk, runId } = await preparedDesk(1, trustLine(alice, 'approve', 'operator'));
    const refused = failureOf(await signElsewhere(desk, approvalOf(runId), alice));
    expect(refused.message).toBe(
      'alice@example.com is the operator of this run, and cannot sign it as its approver.',
    );
    await stillWaiting(desk, runId);
  });

  test('when it is the operator’s own, by a key that is listed under another name', async () => {
    const alice = await makePerson('alice@example.com');
    const alias = trustLine({ ...alice, principal: 'bob@example.com' }, 'approve');
    const { desk, runId } = await preparedDesk(1, alias);
    must(
      await desk.client.call('desk.update-settings', { operatorKey: { kind: 'file', path: alice.keyFile } }),
    );
    const refused = failureOf(await signElsewhere(desk, approvalOf(runId), alice));
    expect(refused.message).toContain('is the operator’s own, whatever name it is listed under');
    // Another key in the settings does not help where the trust lists the key as the operator’s, too.
    must(await desk.client.call('desk.update-settings', { operatorKey: { kind: 'app' } }));
    await trustIn(desk.home, alias + trustLine(alice, 'operator'));
    expect(failureOf(await signElsewhere(desk, approvalOf(runId), alice)).message).toContain(
      'operator’s own',
    );
    await stillWaiting(desk, runId);
  });

  test('when it was made in another role, or by a key that may sign in another role only', async () => {
    const [bob, carol] = await Promise.all([makePerson('bob@example.com'), makePerson('carol@example.com')]);
    const { desk, runId } = await preparedDesk(
      1,
      trustLine(bob, 'approve', 'review') + trustLine(carol, 'review'),
    );
    const { text } = must(await desk.client.call('request.get', { wanted: approvalOf(runId) }));
    for (const namespace of ['review.evidence-v1@holdpoint', 'file', 'git']) {
      expect(failureOf(await bring(desk, runId, bob, text, namespace)).message).toBe(
        `The signature was made for ${namespace}, not for approve.evidence-v1@holdpoint.`,
      );
    }
    const refused = failureOf(await signElsewhere(desk, approvalOf(runId), carol));
    expect(refused).toMatchObject({ code: 'trust' });
    expect(refused.message).toContain(
      'may not sign as approve: line 2 is not for approve.evidence-v1@holdpoint',
    );
    await stillWaiting(desk, runId);
  });

  test('when it is of another plan', async () => {
    const bob = await makePerson('bob@example.com');
    const { desk, runId } = await preparedDesk(1, trustLine(bob, 'approve'));
    const other = must(await desk.client.call('plan.prepare', await realRequest(desk)));
    expect(other.runId).not.toBe(runId);
    const { text } = must(await desk.client.call('request.get', { wanted: approvalOf(other.runId) }));
    const refused = failureOf(await bring(desk, runId, bob, text, 'approve.evidence-v1@holdpoint'));
    expect(refused.message).toContain('not over this statement');
    // Copied into the plan’s folder, it counts there as little.
    must(await signElsewhere(desk, approvalOf(other.runId), bob));
    const plans = join(desk.home, 'data', 'plans');
    await cp(join(plans, other.runId, 'approval-1.sig'), join(plans, runId, 'approval-1.sig'));
    await stillWaiting(desk, runId);
    await cp(join(plans, other.runId, 'request.json'), join(plans, runId, 'request.json'));
    expect(failureOf(await desk.client.call('plan.start', { runId }))).toMatchObject({ code: 'corrupt' });
  });

  test('when the plan, its runbook or a command in it was changed after it', async () => {
    const bob = await makePerson('bob@example.com');
    const { desk, runId } = await preparedDesk(1, trustLine(bob, 'approve'));
    must(await signElsewhere(desk, approvalOf(runId), bob));
    const folder = join(desk.home, 'data', 'plans', runId);
    const [plan, runbook] = await Promise.all([
      readFile(join(folder, 'plan.json'), 'utf8'),
      readFile(join(folder, 'runbook.yaml'), 'utf8'),
    ]);
    const start = () => desk.client.call('plan.start', { runId });

    await writeFile(join(folder, 'runbook.yaml'), runbook.replace('echo done', 'echo gone'));
    expect(failureOf(await start()).message).toContain('its runbook is not the one it was planned with');
    const changed = runbook.replace('echo done', 'echo gone');
    await writeFile(join(folder, 'plan.json'), plan.replace(sha256(runbook), sha256(changed)));
    expect(failureOf(await start()).message).toContain('not the one that was put forward for approval');
    await writeFile(join(folder, 'runbook.yaml'), runbook);
    await writeFile(join(folder, 'plan.json'), plan.replace('CHG-1', 'CHG-2'));
    expect(failureOf(await start())).toMatchObject({ code: 'corrupt' });
    // With the request changed to fit, the signature is over another one.
    const asked = await readFile(join(folder, 'request.json'), 'utf8');
    const forged = asked.replace(sha256(plan), sha256(plan.replace('CHG-1', 'CHG-2')));
    await writeFile(join(folder, 'request.json'), forged);
    expect(failureOf(await start()).hint).toContain('not over this statement');
    // The library may go on meanwhile: what was approved is what starts.
    await writeFile(join(folder, 'request.json'), asked);
    await writeFile(join(folder, 'plan.json'), plan);
    await desk.write('site', runbook.replace('echo done', 'echo newer'));
    must(await start());
    const run = await desk.follow(runId);
    expect(await readFile(join(run.dir, 'plan/runbook.yaml'), 'utf8')).toBe(runbook);
  });

  test('when it has expired, and the plan with it', async () => {
    const bob = await makePerson('bob@example.com');
    const { desk, runId } = await preparedDesk(1, trustLine(bob, 'approve'));
    const wanted = approvalOf(runId);
    const request = must(await desk.client.call('request.get', { wanted }));
    must(await signElsewhere(desk, wanted, bob));
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 25 * 3_600_000 });
    try {
      expect(failureOf(await desk.client.call('plan.start', { runId })).message).toContain('has expired');
      expect(failureOf(await desk.client.call('request.get', { wanted })).message).toContain('has expired');
      const armor = await bob.answer(request);
      expect(
        failureOf(await desk.client.call('request.import', { wanted, sha256: request.sha256, armor }))
          .message,
      ).toContain('has expired');
      expect(must(await desk.client.call('plan.list', {}))).toMatchObject([{ runId, state: 'expired' }]);
      expect(must(await desk.client.call('run.list', {}))).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });

  test('when the line of its key has expired, or is not valid yet', async () => {
    const bob = await makePerson('bob@example.com');
    const { desk, runId } = await preparedDesk(1, '');
    const wanted = approvalOf(runId);
    expect(failureOf(await signElsewhere(desk, wanted, bob)).message).toContain('is not known to this desk');
    const line = (option: string) =>
      trustLine(bob, 'approve').replace(' namespaces', ` ${option},namespaces`);
    await trustIn(desk.home, line('valid-before="20200101Z"'));
    expect(failureOf(await signElsewhere(desk, wanted, bob)).message).toContain('is no longer valid');
    await trustIn(desk.home, line('valid-after="20990101Z"'));
    expect(failureOf(await signElsewhere(desk, wanted, bob)).message).toContain('is not valid yet');
    await trustIn(desk.home, trustLine(bob, 'approve').replace('bob@example.com', '*@example.com'));
    expect(failureOf(await signElsewhere(desk, wanted, bob)).message).toContain('wildcard');
    await stillWaiting(desk, runId);
  });

  test('when it was used before: a plan makes one run, also where its traces were wiped', async () => {
    const bob = await makePerson('bob@example.com');
    const { desk, runId } = await preparedDesk(1, trustLine(bob, 'approve'));
    must(await signElsewhere(desk, approvalOf(runId), bob));
    const folder = join(desk.home, 'data', 'plans', runId);
    const kept = join(await scratch(), 'plan');
    await cp(folder, kept, { recursive: true });
    const both = await Promise.all([
      desk.client.call('plan.start', { runId }),
      desk.client.call('plan.start', { runId }),
    ]);
    expect(both.map(({ ok }) => ok).sort()).toEqual([false, true]);
    const run = await desk.follow(runId);
    await endAndVerify(desk, run);
    await cp(kept, folder, { recursive: true });
    const again = () => desk.client.call('plan.start', { runId });
    expect(failureOf(await again()).message).toContain('was started already');
    expect(must(await desk.client.call('plan.list', {}))).toEqual([]);
    await rm(run.dir, { recursive: true });
    expect(failureOf(await again()).message).toContain('was started already');
  });

  test('when it is one of two: nobody counts twice, by name or by key', async () => {
    const [bob, second] = await Promise.all([makePerson('bob@example.com'), makePerson('bob@example.com')]);
    const { desk, runId } = await preparedDesk(
      2,
      trustLine(bob, 'approve') +
        trustLine(second, 'approve') +
        trustLine({ ...bob, principal: 'carol@example.com' }, 'approve'),
    );
    const wanted = approvalOf(runId);
    must(await signElsewhere(desk, wanted, bob));
    expect(failureOf(await signElsewhere(desk, wanted, bob)).message).toContain(
      'has approved this plan already',
    );
    expect(failureOf(await signElsewhere(desk, wanted, second)).message).toContain(
      'has approved this plan already',
    );
    const folder = join(desk.home, 'data', 'plans', runId);
    await cp(join(folder, 'approval-1.sig'), join(folder, 'approval-2.sig'));
    expect(failureOf(await desk.client.call('plan.start', { runId })).message).toContain(
      '1 of the 2 approvals',
    );
  });

  test('when what is brought is no signature, or something rides along', async () => {
    const bob = await makePerson('bob@example.com');
    const { desk, runId } = await preparedDesk(1, trustLine(bob, 'approve'));
    const wanted = approvalOf(runId);
    const request = must(await desk.client.call('request.get', { wanted }));
    const good = await bob.answer(request);
    const bring = (armor: string) =>
      desk.client.call('request.import', { wanted, sha256: request.sha256, armor });
    for (const bad of [
      'hello',
      good.slice(0, 120),
      `${good}more`,
      good.replace('BEGIN', 'START'),
      `${good}${good}`,
    ])
      expect(failureOf(await bring(bad)).code).toBe('corrupt');
    const flipped = good.replace(/(.)(\n-----END)/, (_, last: string, end: string) =>
      last === '=' ? `=${end}` : `${last === 'A' ? 'B' : 'A'}${end}`,
    );
    if (flipped !== good) expect((await bring(flipped)).ok).toBe(false);
    await stillWaiting(desk, runId);
    expect(must(await bring(good)).principal).toBe('bob@example.com');
  });
});

describe('a real agent', () => {
  const kinds = [
    ['ed25519', ['-t', 'ed25519']],
    ['rsa', ['-t', 'rsa', '-b', '2048']],
    ['ecdsa', ['-t', 'ecdsa', '-b', '256']],
  ] as const;
  let agent: AgentFixture;
  beforeAll(async () => {
    agent = await startAgent();
  });
  afterAll(() => agent.stop());

  test.each(kinds)('with a key of type %s signs an approval, a hold and a review', async (_, keygen) => {
    const bob = await makePerson('bob@example.com', keygen);
    await agent.add(bob.keyFile);
    const desk = await siteDesk({
      steps: `      - id: gate
        hold: { kind: go, signers: [verifier] }
${steps}`,
      policy: { approvals: 1, holds: 'signed', reviews: 1 },
      trust: trustLine(bob, 'approve', 'verifier', 'review'),
    });
    must(await desk.client.call('desk.update-settings', { agentSocket: agent.socket }));
    const key: KeySource = { kind: 'agent', fingerprint: bob.fingerprint };
    const { runId } = must(await desk.client.call('plan.prepare', await realRequest(desk)));
    expect(must(await signHere(desk, approvalOf(runId), key)).fingerprint).toBe(bob.fingerprint);
    must(await desk.client.call('plan.start', { runId }));
    const run = await desk.follow(runId);
    await run.ready();
    must(await run.intent({ kind: 'request-hold', step: 'gate' }));
    must(await signHere(desk, holdOf(run, 'gate', 'verifier'), key));
    must(await run.intent({ kind: 'pass-hold', step: 'gate', names: [], word: 'GO' }));
    expect(await run.run('act')).toBe('passed');
    await endAndVerify(desk, run);
    const review: SignatureWanted = { kind: 'review', runId, verdict: 'accepted', comment: '' };
    must(await signHere(desk, review, key));
    const { verdict, reviews } = must(await desk.client.call('evidence.get', { runId }));
    expect(reviews).toMatchObject([{ principal: 'bob@example.com', fingerprint: bob.fingerprint }]);
    expect(verdict).toMatchObject({ l1: 'holds', l2: 'holds', findings: [] });
    // And what stock ssh-keygen says of what is kept.
    const trust = join(desk.home, 'data', 'trust', 'allowed_signers');
    const hold = run.step('gate').request;
    for (const [role, statement, signature] of [
      ['approve', 'plan/approval-1.json', 'plan/approval-1.json.sig'],
      ['verifier', hold?.statement.file ?? '', hold?.signatures[0]?.signature.file ?? ''],
      ['review', 'attest/review-1.json', 'attest/review-1.json.sig'],
    ] as const) {
      const args = [
        '-Y',
        'verify',
        '-f',
        trust,
        '-I',
        'bob@example.com',
        '-n',
        `${role}.evidence-v1@holdpoint`,
      ];
      const checked = await shell('ssh-keygen', [...args, '-s', join(run.dir, signature)], {
        input: await readFile(join(run.dir, statement)),
      });
      expect(checked.code, checked.stderr).toBe(0);
    }
  });
});
