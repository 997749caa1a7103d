/** A run whose operator key cannot be used at the end still leaves its sealed bundle. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { runCli } from '../../fixtures/platform/runCli.ts';

const run = promisify(execFile);

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

it('exports the sealed bundle of a run that could not be signed, and says so', async () => {
  const home = await mkdtemp(join(tmpdir(), 'hp-signing-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const key = join(home, 'operator_key');
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'secret words', '-f', key]);
  await mkdir(join(home, 'config'), { recursive: true });
  await writeFile(
    join(home, 'config', 'settings.json'),
    JSON.stringify({ operatorKey: { kind: 'file', path: key } }),
    { mode: 0o600 },
  );
  await mkdir(join(home, 'data', 'runbooks'), { recursive: true });
  await writeFile(join(home, 'data', 'runbooks', 'short.runbook.yaml'), RUNBOOK);
  const answers = join(home, 'answers.yaml');
  await writeFile(answers, 'operator: { name: Alice Meyer, principal: alice@example.com }\n');
  const out = join(home, 'out');

  const done = await runCli(home, ['run', 'short', '--rehearse', '--answers', answers, '--out', out]);
  expect(done.stderr).toContain('sealed by this desk but not signed by the operator');
  expect(done.stderr).toContain('needs its passphrase');
  expect(done.code).toBe(1);
  const [bundle] = await readdir(out);
  expect(bundle).toMatch(/\.evidence\.zip$/);

  // The trust file names the operator's key all the same, from its public half.
  const keys = await runCli(home, ['keys', 'export']);
  expect(keys.stdout).toMatch(
    /^alice@example\.com namespaces="operator\.evidence-v1@holdpoint" ssh-ed25519 /m,
  );
  const trust = join(home, 'allowed_signers');
  await writeFile(trust, keys.stdout);
  const verdict = await runCli(home, ['verify', join(out, bundle ?? ''), '--allowed-signers', trust]);
  expect(verdict.code).toBe(4);
  expect(verdict.stdout).toContain('signature.missing');
});
