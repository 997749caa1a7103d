/** Packages on the command line, from one desk to another by file, signed with ssh-keygen on the way. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { bookText } from '../../fixtures/packages.ts';
import { makePerson, trustIn, trustLine } from '../../fixtures/people/people.ts';
import { runCli } from '../../fixtures/platform/runCli.ts';

// Each test starts the command several times, on machines that do other work meanwhile.
vi.setConfig({ testTimeout: 120_000 });

async function newHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'hp-packages-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  await mkdir(join(home, 'data', 'runbooks'), { recursive: true });
  return home;
}

it('are made, signed elsewhere, imported and listed, and one that was changed ends with the code of a failed verification', async () => {
  const [from, to, owner] = await Promise.all([newHome(), newHome(), makePerson('owner@example.com')]);
  await writeFile(join(from, 'data/runbooks/book.runbook.yaml'), bookText('book'));
  const file = join(from, 'site-1.0.0.runbooks.zip');
  const made = await runCli(from, ['package', 'export', 'site', '1.0.0', '--runbook', 'book', '--out', from]);
  expect(made.code, made.stderr).toBe(0);
  expect(made.stdout.trim()).toBe(file);
  expect(made.stderr).toContain('unsigned');

  await trustIn(to, trustLine(owner, 'release'));
  const out = await runCli(from, ['package', 'sign', file, '--out', from]);
  expect(out.stderr).toContain('ssh-keygen -Y sign -f KEY -n release.evidence-v1@holdpoint SHA256SUMS');
  await owner.sign(join(from, 'SHA256SUMS'), 'release.evidence-v1@holdpoint');
  const signed = await runCli(from, ['package', 'sign', file, '--signature', join(from, 'SHA256SUMS.sig')]);
  expect(signed.code, signed.stderr).toBe(0);

  const imported = await runCli(to, ['package', 'import', file]);
  expect(imported.code, imported.stderr).toBe(0);
  expect(imported.stdout).toContain(`signed by owner@example.com, ssh-ed25519 ${owner.fingerprint}`);
  expect(imported.stdout).toContain('added runbook book');
  const listed = await runCli(to, ['package', 'list', '--json']);
  expect(JSON.parse(listed.stdout)).toMatchObject([{ name: 'site', signer: { state: 'good' } }]);

  const damaged = join(from, 'damaged.zip');
  const bytes = await readFile(file);
  bytes.write('echo gone', bytes.indexOf('echo here'));
  await writeFile(damaged, bytes);
  expect((await runCli(to, ['package', 'import', damaged])).code).toBe(4);
});
