/** Reviews of a run that is sealed: added after it, by somebody else than its operator. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunId } from '../../../electron/contract/ids.ts';
import type { SignatureWanted } from '../../../electron/contract/people.ts';
import { sha256 } from '../../../electron/host/files/hash.ts';
import { failureOf, must } from '../../fixtures/runs/desk.ts';
import {
  endAndVerify,
  makePerson,
  signElsewhere,
  signHere,
  siteDesk,
  startReal,
  trustLine,
} from '../../fixtures/people/people.ts';

const steps = `      - id: act
        run: echo done
        mode: exec
        risk: reversible
        expect: { exit: 0 }
`;

function reviewOf(
  runId: RunId,
  verdict: 'accepted' | 'rejected',
  comment = 'Read in full.',
): SignatureWanted {
  return { kind: 'review', runId, verdict, comment };
}

test('a review goes into the bundle beside the signatures, and changes nothing that is sealed', async () => {
  const [rita, ron] = await Promise.all([makePerson('rita@example.com'), makePerson('ron@example.com')]);
  const desk = await siteDesk({
    steps,
    policy: { reviews: 1 },
    trust: trustLine(rita, 'review') + trustLine(ron, 'review'),
  });
  const run = await startReal(desk);
  await run.ready();
  expect(
    failureOf(await desk.client.call('request.get', { wanted: reviewOf(run.runId, 'accepted') })).code,
  ).not.toBe('internal');
  expect(await run.run('act')).toBe('passed');
  const before = await endAndVerify(desk, run);
  expect(before.reviews).toEqual([]);
  expect(before.verdict.findings.length).toBeGreaterThan(0);
  const manifest = await readFile(join(run.dir, 'MANIFEST.sha256'));

  const wanted = reviewOf(run.runId, 'accepted', 'Ünchecked times, all else\nread.');
  const request = must(await desk.client.call('request.get', { wanted }));
  expect(request.namespace).toBe('review.evidence-v1@holdpoint');
  expect(must(await desk.client.call('request.get', { wanted }))).toEqual(request);
  must(await signElsewhere(desk, wanted, rita));
  expect(failureOf(await signElsewhere(desk, reviewOf(run.runId, 'rejected'), rita)).message).toContain(
    'has reviewed this run already',
  );

  const after = must(await desk.client.call('evidence.get', { runId: run.runId }));
  expect(after.verdict).toMatchObject({ l1: 'holds', l2: 'holds', findings: [] });
  expect(after.reviews).toMatchObject([
    {
      role: 'review',
      principal: 'rita@example.com',
      fingerprint: rita.fingerprint,
      verdict: 'accepted',
      comment: 'Ünchecked times, all else<U+000A>read.',
    },
  ]);
  expect(await readFile(join(run.dir, 'MANIFEST.sha256'))).toEqual(manifest);
  const statement = JSON.parse(await readFile(join(run.dir, 'attest/review-1.json'), 'utf8')) as {
    readonly manifestSha256: string;
  };
  expect(statement.manifestSha256).toBe(sha256(manifest));

  // Half of a review, as a crash leaves it, is written over by the next.
  await rm(join(run.dir, 'attest/review-1.json.sig'));
  must(await signElsewhere(desk, reviewOf(run.runId, 'accepted'), ron));
  const again = must(await desk.client.call('evidence.get', { runId: run.runId }));
  expect(again.reviews.map(({ principal }) => principal)).toEqual(['ron@example.com']);
});

test('nobody reviews their own run, by name or by key', async () => {
  const [alice, rita] = await Promise.all([makePerson('alice@example.com'), makePerson('rita@example.com')]);
  const desk = await siteDesk({
    steps,
    trust:
      trustLine(alice, 'review', 'operator') + trustLine({ ...rita, principal: 'zoe@example.com' }, 'review'),
  });
  // The operator signs runs with the key that the trust lists for somebody else.
  must(await desk.client.call('desk.update-settings', { operatorKey: { kind: 'file', path: rita.keyFile } }));
  const run = await startReal(desk);
  must(await run.intent({ kind: 'abort', reason: 'nothing to do' }));
  await run.until('ended', ({ end }) => end !== null);
  must(await desk.client.call('evidence.sign', { runId: run.runId }));
  const wanted = reviewOf(run.runId, 'accepted');
  expect(failureOf(await signElsewhere(desk, wanted, alice)).message).toContain(
    'is the operator of this run',
  );
  expect(failureOf(await signHere(desk, wanted, { kind: 'file', path: rita.keyFile })).message).toContain(
    'the operator’s own',
  );
  // Another key in the settings afterwards does not make the signature somebody else’s.
  must(await desk.client.call('desk.update-settings', { operatorKey: { kind: 'app' } }));
  expect(failureOf(await signElsewhere(desk, wanted, rita)).message).toContain('the operator’s own');
});

test('on a desk that several people share, the next one reviews with a key of their own', async () => {
  const rita = await makePerson('rita@example.com');
  const desk = await siteDesk({ steps, trust: trustLine(rita, 'review') });
  const run = await startReal(desk);
  await endAndVerify(desk, run);
  const key = { kind: 'file', path: rita.keyFile } as const;
  must(
    await desk.client.call('desk.update-settings', {
      operatorPrincipal: 'rita@example.com',
      operatorKey: key,
    }),
  );
  const wanted = reviewOf(run.runId, 'accepted');
  expect(must(await signHere(desk, wanted, key)).principal).toBe('rita@example.com');
});
