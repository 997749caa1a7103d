/** A host key that is not the one on record: a hard stop, and a guided way on by the word of two people. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Address } from '../../../electron/contract/plan.ts';
import {
  type Desk,
  eventually,
  failureOf,
  must,
  openDesk,
  type Run,
  runbookText,
} from '../../fixtures/runs/desk.ts';
import { makeKey, type SshdFixture, startSshd } from '../../fixtures/sshd/startSshd.ts';

let sshd: SshdFixture;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());

const steps = (run: string) => `      - id: work
        run: ${run}
        risk: reversible
        rerun: safe
        expect: { exit: 0 }
`;

async function known(name: string, text: string): Promise<string> {
  const file = join(sshd.dir, name);
  await writeFile(file, text, { mode: 0o600 });
  return file;
}

function linkOf(run: Run) {
  const [link] = run.links();
  if (link === undefined) throw new Error('no link');
  return link;
}

/** The key of a known_hosts line under the name of another server. */
function lineFor(server: SshdFixture, key: string, marker = ''): string {
  const [type = '', blob = ''] = key.split(' ');
  return `${marker}[127.0.0.1]:${String(server.port)} ${type} ${blob}`;
}

async function otherKey(name: string): Promise<string> {
  return makeKey(join(sshd.dir, name), 'ed25519');
}

describe('a host key that has changed', () => {
  async function changedHost(): Promise<{ readonly desk: Desk; readonly run: Run; readonly file: string }> {
    const earlier = await startSshd();
    const place = (line: string) => line.replace(/^\S+/, `[127.0.0.1]:${String(sshd.port)}`);
    const file = await known(
      `known-changed-${String(earlier.port)}`,
      `# kept\n${earlier.hostKeyLines.map(place).join('\n')}\n`,
    );
    await earlier.stop();
    const desk = await openDesk({
      sshd,
      knownHosts: file,
      runbooks: { changed: runbookText('changed', steps('echo a')) },
    });
    const run = await desk.start('changed');
    await eventually('refused', () => linkOf(run).failure?.changedKey !== undefined || undefined);
    return { desk, run, file };
  }

  test('gives way by the word of two people who read it elsewhere, and only then', async () => {
    const { run, file } = await changedHost();
    const changed = linkOf(run).failure?.changedKey;
    if (changed === undefined) throw new Error('no changed key');
    const replace = (change: Record<string, string>) =>
      run.intent({
        kind: 'replace-host-key',
        target: 'ops',
        fingerprint: changed.shown.fingerprint,
        reason: 'the host was set up anew, CHG-7',
        second: 'Bob Berg',
        ...change,
      });
    const before = await readFile(file, 'utf8');
    expect(failureOf(await replace({ fingerprint: changed.old[0]?.fingerprint ?? '' })).code).toBe('trust');
    expect(failureOf(await replace({ second: 'alice meyer' })).message).toContain('another person');
    expect(await readFile(file, 'utf8')).toBe(before);
    expect(run.of('host.key-replaced')).toEqual([]);
    must(await replace({}));
    await run.ready();
    const [record] = run.of('host.key-replaced');
    expect(record?.d).toMatchObject({
      target: 'ops',
      old: [{ fingerprint: changed.old[0]?.fingerprint }],
      new: { fingerprint: changed.shown.fingerprint },
      file,
      by: 'Alice Meyer',
      second: 'Bob Berg',
    });
    const types = run.records.map(({ type }) => type);
    expect(types.indexOf('host.key-replaced')).toBeLessThan(types.indexOf('host.connect'));
    const after = await readFile(file, 'utf8');
    expect(after).toContain('# kept');
    expect(after).toContain(sshd.hostKeyLine.split(' ')[2]);
    expect(await run.run('work')).toBe('passed');
    expect((await run.finish()).end?.result).toBe('success-with-deviations');
  });

  test('is not replaced without having been shown', async () => {
    const desk = await openDesk({ sshd, runbooks: { fine: runbookText('fine', steps('echo a')) } });
    const run = await desk.start('fine');
    await run.ready();
    const refused = failureOf(
      await run.intent({
        kind: 'replace-host-key',
        target: 'ops',
        fingerprint: 'SHA256:AAAA',
        reason: 'because',
        second: 'Bob Berg',
      }),
    );
    expect(refused.code).toBe('refused');
    await run.finish();
  });
});

describe.each(['ssh2', 'openssh'] as const)('a jump host that has got another key, %s', (engine) => {
  test('is stopped at, named, and gone through after two people have vouched for it', async () => {
    const clientKey = (await readFile(`${sshd.clientKeyFile}.pub`, 'utf8')).trim();
    const bastion = await startSshd({ authorizedKeys: [clientKey], config: ['AllowTcpForwarding yes'] });
    onTestFinished(() => bastion.stop());
    const old = await otherKey(`old-${engine}`);
    const file = await known(
      `known-jump-${engine}`,
      `# kept\n${lineFor(bastion, old)}\n${sshd.hostKeyLines.join('\n')}\n`,
    );
    const desk = await openDesk({
      sshd,
      engine,
      knownHosts: file,
      runbooks: { jump: runbookText('jump', steps('echo through')) },
    });
    const via = [{ host: bastion.host, port: bastion.port, user: bastion.user }];
    const ops: Address = { kind: 'ssh', host: sshd.host, port: sshd.port, user: sshd.user, via };
    const before = sshd.log().length;
    const run = await desk.start('jump', { targets: { ops } as never });
    const changed = await eventually('refused', () => linkOf(run).failure?.changedKey);
    expect(changed.address).toBe(`${bastion.user}@127.0.0.1:${String(bastion.port)}`);
    expect(changed.old).toMatchObject([{ file, line: 2 }]);
    expect(sshd.log().slice(before)).not.toContain('Connection from');
    expect(bastion.log()).not.toContain('Accepted');
    const replace = (second: string) =>
      run.intent({
        kind: 'replace-host-key',
        target: 'ops',
        fingerprint: changed.shown.fingerprint,
        reason: 'the bastion was set up anew, CHG-7',
        second,
      });
    expect(failureOf(await replace('Alice Meyer')).message).toContain('another person');
    expect(await readFile(file, 'utf8')).toContain(old.split(' ')[1]);
    must(await replace('Bob Berg'));
    const [record] = run.of('host.key-replaced');
    expect(record?.d).toMatchObject({
      target: 'ops',
      host: `[127.0.0.1]:${String(bastion.port)}`,
      new: { fingerprint: changed.shown.fingerprint },
      file,
      by: 'Alice Meyer',
      second: 'Bob Berg',
    });
    const text = await readFile(file, 'utf8');
    expect(text).toContain('# kept');
    expect(text).not.toContain(old.split(' ')[1]);
    expect(text).toContain(bastion.hostKeyLine.split(' ')[2]);
    expect(text).toContain(sshd.hostKeyLine);
    expect(run.of('host.connect')[0]?.d).toMatchObject({
      engine,
      via: [{ address: changed.address, hostKey: { fingerprint: changed.shown.fingerprint } }],
    });
    expect(await run.run('work')).toBe('passed');
    expect((await run.finish()).end?.result).toBe('success-with-deviations');
  });
});

describe.each(['ssh2', 'openssh'] as const)('a revoked key, %s', (engine) => {
  async function startWith(id: string, text: string): Promise<{ readonly run: Run; readonly file: string }> {
    const file = await known(`known-${id}-${engine}`, text);
    const desk = await openDesk({
      sshd,
      engine,
      knownHosts: file,
      runbooks: { [id]: runbookText(id, steps('echo a')) },
    });
    return { run: await desk.start(id), file };
  }

  test('that is the old one does not keep the new one from taking its place, and stays revoked', async () => {
    const old = await otherKey(`revoked-${engine}`);
    const { run, file } = await startWith(
      'old',
      `${lineFor(sshd, old)}\n${lineFor(sshd, old, '@revoked ')}\n`,
    );
    const changed = await eventually('refused', () => linkOf(run).failure?.changedKey);
    must(
      await run.intent({
        kind: 'replace-host-key',
        target: 'ops',
        fingerprint: changed.shown.fingerprint,
        reason: 'the old key was stolen, CHG-8',
        second: 'Bob Berg',
      }),
    );
    expect(run.of('host.key-replaced')).toHaveLength(1);
    const lines = (await readFile(file, 'utf8')).trim().split('\n');
    expect(lines).toEqual([
      lineFor(sshd, sshd.hostKeyLine.split(' ').slice(1).join(' ')),
      lineFor(sshd, old, '@revoked '),
    ]);
    expect(await run.run('work')).toBe('passed');
    await run.finish();
  });

  test('that the host shows is never accepted, whoever vouches for it', async () => {
    const key = sshd.hostKeyLine.split(' ').slice(1).join(' ');
    const { run, file } = await startWith(
      'shown',
      `${lineFor(sshd, await otherKey(`before-${engine}`))}\n${lineFor(sshd, key, '@revoked ')}\n`,
    );
    await eventually('refused', () => linkOf(run).state === 'failed' || undefined);
    const failure = linkOf(run).failure;
    expect(failure?.code).toBe('trust');
    expect(failure?.message).toContain('revoked');
    expect(linkOf(run).retryInMs).toBeUndefined();
    const before = await readFile(file, 'utf8');
    const refused = await run.intent({
      kind: 'replace-host-key',
      target: 'ops',
      fingerprint: failure?.changedKey?.shown.fingerprint ?? 'SHA256:none',
      reason: 'we know this host, CHG-9',
      second: 'Bob Berg',
    });
    expect(failureOf(refused).code).toMatch(/trust|refused/);
    expect(await readFile(file, 'utf8')).toBe(before);
    expect(run.of('host.key-replaced')).toEqual([]);
    expect(run.of('host.connect')).toEqual([]);
    must(await run.intent({ kind: 'abort', reason: 'no way in' }));
    await run.until('ended', ({ end }) => end !== null);
  });
});
