/** Approvals, signed holds and reviews from the command line, with signatures made by stock ssh-keygen. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makePerson, scratch, trustIn, trustLine } from '../../fixtures/people/people.ts';
import { runCli } from '../../fixtures/platform/runCli.ts';

const RUNBOOK = `runbook: 1
id: short
title: Short
version: 1.0.0
kind: verification
service: Test
summary: One command behind a hold.
roles: [operator, verifier]
targets:
  ops: { title: Host }
phases:
  - id: only
    title: Only
    steps:
      - { id: gate, title: Gate, risk: read, hold: { kind: go, signers: [operator, verifier] } }
      - { id: say, title: Say it, run: echo said, risk: read, expect: { stdout: { equals: said } } }
`;

it('prepares, approves, signs and reviews a run, each statement carried out and back', async () => {
  const home = await scratch();
  const out = join(home, 'out');
  const [bob, vera] = await Promise.all([makePerson('bob@example.com'), makePerson('vera@example.com')]);
  for (const folder of ['config', 'data/runbooks', 'out'])
    await mkdir(join(home, folder), { recursive: true });
  await writeFile(join(home, 'data/runbooks/short.runbook.yaml'), RUNBOOK);
  await writeFile(
    join(home, 'config/settings.json'),
    JSON.stringify({ policy: { approvals: 1, holds: 'signed', reviews: 1 }, policyInRehearsals: true }),
    { mode: 0o600 },
  );
  await trustIn(home, trustLine(bob, 'approve', 'review') + trustLine(vera, 'verifier'));
  const answers = join(home, 'answers.yaml');
  await writeFile(
    answers,
    `operator: { name: Alice Meyer, principal: alice@example.com }
steps:
  gate: { sign: [{ role: verifier, key: ${vera.keyFile} }, { role: operator, key: app }] }
`,
  );
  const cli = async (...args: readonly string[]) => {
    const done = await runCli(home, [...args]);
    expect(done.code, done.stderr + done.stdout).toBe(0);
    return done;
  };
  const direct = await runCli(home, ['run', 'short', '--rehearse', '--answers', answers]);
  expect(direct.stderr).toContain('needs 1 approval');

  const prepared = await cli('plan', 'prepare', 'short', '--rehearse', '--answers', answers);
  const runId = /^\d{8}T\d{6}Z-[0-9a-f]{6}/m.exec(prepared.stdout)?.[0] ?? '';
  const approval = join(out, 'approval.json');
  const exported = await cli('request', 'approval', runId, '--out', approval);
  expect(exported.stderr).toContain(
    'ssh-keygen -Y sign -f KEY -n approve.evidence-v1@holdpoint approval.json',
  );
  await bob.sign(approval, 'approve.evidence-v1@holdpoint');
  const early = await runCli(home, ['plan', 'start', runId, '--answers', answers]);
  expect(early.stderr).toContain('0 of the 1 approvals');
  const brought = await cli('request', 'import', approval, '--signature', `${approval}.sig`);
  expect(brought.stdout).toContain(`bob@example.com  approve  ssh-ed25519  ${bob.fingerprint}`);
  expect((await cli('plan', 'list')).stdout).toContain(`${runId}  approved  1 of 1 approvals`);

  const ran = await cli('plan', 'start', runId, '--rehearse', '--answers', answers, '--out', out);
  expect(ran.stdout).toContain(`${runId}  success`);
  const holds = await readdir(join(home, 'data/runs', runId, 'holds'));
  expect(holds.sort()).toEqual(['01-gate.1.sig', '01-gate.2.sig', '01-gate.json']);

  const review = join(out, 'review.json');
  await cli('request', 'review', runId, '--verdict', 'accepted', '--comment', 'Read.', '--out', review);
  await bob.sign(review, 'review.evidence-v1@holdpoint');
  await cli('request', 'import', review, '--signature', `${review}.sig`);
  await cli('export', runId, '--out', out);
  const trust = join(home, 'trust');
  const own = await cli('keys', 'export');
  await writeFile(trust, own.stdout + (await readFile(join(home, 'data/trust/allowed_signers'), 'utf8')));
  await cli('verify', join(out, `${runId}.evidence.zip`), '--allowed-signers', trust);
});
