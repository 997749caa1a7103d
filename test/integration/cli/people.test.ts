/** Keys, trust and timestamps on the command line, from the enrolment to the token in the bundle. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { run } from '../../fixtures/evidence/shell.ts';
import { runCli } from '../../fixtures/platform/runCli.ts';
import { makeSite, opensslVerdict, reply, tsaConfig } from '../../fixtures/timestamps/pki.ts';

const RUNBOOK = `runbook: 1
id: short
title: Short
version: 1.0.0
kind: verification
service: Test
summary: One command.
targets:
  ops: { title: Host }
phases:
  - id: only
    title: Only
    steps:
      - { id: say, title: Say it, run: echo said, risk: read, expect: { stdout: { equals: said } } }
`;

// Each test starts the command several times, on machines that do other work meanwhile.
vi.setConfig({ testTimeout: 120_000 });

async function newHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'hp-people-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  await mkdir(join(home, 'config'), { recursive: true });
  await mkdir(join(home, 'data', 'runbooks'), { recursive: true });
  await writeFile(join(home, 'data', 'runbooks', 'short.runbook.yaml'), RUNBOOK);
  return home;
}

it('enrols a key, takes the trust that comes back, and shows it', async () => {
  const home = await newHome();
  const key = join(home, 'alice');
  await run('ssh-keygen', ['-q', '-t', 'ecdsa', '-N', '', '-f', key]);
  const out = join(home, 'enrolment');
  const args = ['keys', 'enrol', 'alice@example.com', '--role', 'approve', '--role', 'review', '--key', key];
  const enrolled = await runCli(home, [...args, '--out', out]);
  expect(enrolled.code, enrolled.stderr).toBe(0);
  const command = /ssh-keygen -Y check-novalidate .*/.exec(enrolled.stderr)?.[0] ?? 'false';
  expect((await run('sh', ['-c', command], { cwd: out })).code).toBe(0);

  const set = await runCli(home, ['trust', 'set', '--allowed-signers', join(out, 'allowed_signers')]);
  expect(set.code, set.stderr).toBe(0);
  const shown = await runCli(home, ['trust', 'show']);
  expect(shown.stdout).toMatch(/^1 {2}alice@example\.com {2}approve, review {2}SHA256:/m);

  await writeFile(join(home, 'bad'), 'alice@example.com\n');
  const refused = await runCli(home, ['trust', 'set', '--allowed-signers', join(home, 'bad')]);
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain('allowed_signers line 1');
  expect((await runCli(home, ['trust', 'show'])).stdout).toBe(shown.stdout);
  expect((await runCli(home, [...args.slice(0, 3), '--role', 'king'])).stderr).toContain('king is no role');
});

it('carries a timestamp by file into the bundle', async () => {
  const home = await newHome();
  const pki = join(home, 'pki');
  await mkdir(pki);
  const site = await makeSite(pki);
  const answers = join(home, 'answers.yaml');
  await writeFile(answers, 'operator: { name: Alice Meyer, principal: alice@example.com }\n');
  const done = await runCli(home, ['run', 'short', '--rehearse', '--answers', answers, '--json']);
  const { runId } = JSON.parse(done.stdout) as { runId: string };

  expect((await runCli(home, ['trust', 'set', '--tsa-ca', site.ca.cert])).stdout).toContain(
    'Example Time CA',
  );
  const query = join(home, 'request.tsq');
  const asked = await runCli(home, ['timestamp', runId, '--request', query]);
  expect(asked.code, asked.stderr).toBe(0);
  const made = await reply(pki, await tsaConfig(join(pki, 'ts')), site.tsa, await readFile(query));
  await writeFile(join(home, 'reply.tsr'), made);
  const taken = await runCli(home, ['timestamp', runId, '--reply', join(home, 'reply.tsr')]);
  expect(taken.code, taken.stderr).toBe(0);
  expect(taken.stdout).toContain('CN=Example Stamp 1');

  const out = join(home, 'out');
  await runCli(home, ['export', runId, '--out', out]);
  await run('unzip', ['-q', join(out, `${runId}.evidence.zip`), '-d', out]);
  const attest = join(out, `ev-${runId}`, 'attest');
  const kept = {
    reply: await readFile(join(attest, 'operator.sig.tsr')),
    data: await readFile(join(attest, 'operator.sig')),
  };
  expect(await opensslVerdict(pki, { ...kept, caFile: site.ca.cert })).toBe('good');
});
