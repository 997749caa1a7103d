/** A whole upgrade from the command line, on the rehearsal host and on a real sshd, to evidence that outsiders verify. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyBundle } from '../../../electron/host/evidence/verify.ts';
import { checkWithPlainTools } from '../../fixtures/evidence/plainTools.ts';
import { unzip, zip } from '../../fixtures/evidence/rezip.ts';
import { runCli } from '../../fixtures/platform/runCli.ts';
import { confirmSimulatedTools } from '../../fixtures/platform/siteOverlay.ts';
import { type PlatformSshd, startPlatformSshd } from '../../fixtures/platform/startPlatformSshd.ts';

const UPGRADE = ['run', 'mazevault-upgrade-kubernetes', '--answers', 'test/fixtures/answers/upgrade.yaml'];

let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'hp-cli-'));
});

afterAll(async () => {
  await rm(home, { recursive: true, force: true });
});

/** Runs, then returns the bundle's path and the trust file's text. */
async function upgrade(out: string, args: readonly string[]): Promise<{ bundle: string; trust: string }> {
  const done = await runCli(home, [...UPGRADE, ...args, '--out', out]);
  expect(done.stderr).not.toMatch(/failed|unknown/);
  expect(done).toMatchObject({ code: 0 });
  const [name] = (await readdir(out)).filter((file) => file.endsWith('.evidence.zip'));
  expect(name).toBeDefined();
  const keys = await runCli(home, ['keys', 'export']);
  expect(keys.code).toBe(0);
  return { bundle: join(out, name ?? ''), trust: keys.stdout };
}

async function expectPlainToolsClean(bundle: string, trust: string): Promise<void> {
  const said = await checkWithPlainTools(bundle, trust);
  const lines = said.trimEnd().split('\n');
  expect(lines[0]).toMatch(/^Good "seal\.evidence-v1@holdpoint" signature/);
  expect(lines[1]).toMatch(/^Good "operator\.evidence-v1@holdpoint" signature/);
  expect(lines.slice(2, 4)).toEqual(['FILES-OK', 'SET-OK']);
  const chain = /^(\d+) records, head ([0-9a-f]{64})$/.exec(lines[4] ?? '');
  expect(lines[5]).toBe(`"journal":{"head":"${chain?.[2] ?? ''}","records":${chain?.[1] ?? ''}}`);
  expect(lines[6]).toBe('"type":"run.end"');
  expect(lines).toHaveLength(9);
}

async function verify(bundle: string, trust: string) {
  const file = join(home, 'allowed_signers');
  await writeFile(file, trust);
  return runCli(home, ['verify', bundle, '--allowed-signers', file]);
}

describe('an upgrade in rehearsal', () => {
  let bundle: string;
  let trust: string;

  beforeAll(async () => {
    ({ bundle, trust } = await upgrade(join(home, 'rehearsal'), ['--rehearse']));
  });

  it('passes the auditor’s stock tools line by line', async () => {
    await expectPlainToolsClean(bundle, trust);
  });

  it('is judged L1 and L2 by holdpoint verify, stamped REHEARSAL, and says that nobody outside witnessed it', async () => {
    const said = await verify(bundle, trust);
    expect(said.code).toBe(0);
    expect(said.stdout).toContain('REHEARSAL');
    expect(said.stdout).toContain('L1 intact and attributed: holds');
    expect(said.stdout).toContain('L2 consistent: holds');
    expect(said.stdout).toContain('L3 externally witnessed: none');
  });

  it('is not trusted under another desk’s keys', async () => {
    const stranger = await mkdtemp(join(tmpdir(), 'hp-stranger-'));
    const keys = await runCli(stranger, ['keys', 'export']);
    await rm(stranger, { recursive: true, force: true });
    const said = await verify(bundle, keys.stdout);
    expect(said.code).toBe(4);
    expect(said.stdout).toContain('L1 intact and attributed: fails');
  });

  // Each file of a bundle in turn, at several places: security/tamper/flip.test.ts.
  it('names the file for one flipped byte in a file of each kind, and exits 4', async () => {
    const damaged = join(home, 'damaged.zip');
    const parts = await unzip(bundle);
    expect(parts.length).toBeGreaterThan(100);
    const file = join(home, 'allowed_signers');
    await writeFile(file, trust);
    const kindOf = (name: string) => pathOf(name).replace(/\/.*\./, '/*.');
    const kinds = new Map(parts.map((part) => [kindOf(part.name), part]));
    expect([...kinds.keys()]).toEqual(expect.arrayContaining(COMMANDED));
    for (const [kind, part] of kinds) {
      // An empty file has no byte to flip: it gets one.
      const flipped = part.data.length === 0 ? Buffer.alloc(1) : Buffer.from(part.data);
      const at = flipped.length >> 1;
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      await writeFile(
        damaged,
        zip(parts.map((other) => (other === part ? { ...part, data: flipped } : other))),
      );
      const findings = COMMANDED.includes(kind)
        ? await findingsFromCli(damaged, file)
        : await findingsOf(damaged, trust);
      expect(findings, part.name).toContain(pathOf(part.name));
    }
  });

  async function findingsFromCli(damaged: string, file: string): Promise<string> {
    const said = await runCli(home, ['verify', damaged, '--allowed-signers', file]);
    expect(said.code).toBe(4);
    return said.stdout;
  }
});

/** Where the command itself is asked, and not its verifier. */
const COMMANDED = ['MANIFEST.sha256', 'journal.jsonl', 'recordings/*.cast'];

function pathOf(name: string): string {
  return name.replace(/^ev-[^/]+\//, '');
}

async function findingsOf(damaged: string, allowedSigners: string): Promise<string> {
  const verified = await verifyBundle({ zip: damaged }, { allowedSigners });
  if (!verified.ok) return verified.error.message;
  expect([verified.value.verdict.l1, verified.value.verdict.l2]).not.toEqual(['holds', 'holds']);
  return verified.value.verdict.findings.map((finding) => `${finding.place} ${finding.message}`).join('\n');
}

describe('an upgrade on a real sshd', () => {
  let sshd: PlatformSshd;

  beforeAll(async () => {
    sshd = await startPlatformSshd();
    await confirmSimulatedTools(home);
  });

  afterAll(async () => {
    await sshd.stop();
  });

  it('ends with evidence that stock tools and holdpoint verify accept, and no rehearsal stamp', async () => {
    const { bundle, trust } = await upgrade(join(home, 'real'), [
      ...['--target', `ops=${sshd.user}@127.0.0.1:${String(sshd.port)}`],
      ...['--known-hosts', sshd.knownHostsFile, '--identity', sshd.clientKeyFile],
    ]);
    await expectPlainToolsClean(bundle, trust);
    const said = await verify(bundle, trust);
    expect(said).toMatchObject({ code: 0 });
    expect(said.stdout).not.toContain('REHEARSAL');
  });
});
