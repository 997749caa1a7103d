/** Reaching hosts from the command line: aliases, jump hosts, clients, groups and this computer. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectCapabilities, Route } from '../../../electron/contract/routes.ts';
import { SSH2_VERSION } from '../../../electron/host/connect/capabilities.ts';
import { type CliResult, runCli } from '../../fixtures/platform/runCli.ts';
import { type SshdFixture, startSshd } from '../../fixtures/sshd/startSshd.ts';
import { startAgent } from '../../fixtures/sshd/startAgent.ts';

const RUNBOOK = `runbook: 1
id: reach
title: Reach
version: 1.0.0
kind: maintenance
service: Test
summary: For tests.
roles: [operator]
targets:
  ops:
    title: One host
  fleet:
    title: Many hosts
    group: true
  here:
    title: This computer
    local: true
phases:
  - id: one
    title: One
    steps:
      - id: there
        title: On the host
        run: echo there $((6 * 7))
        on: ops
        risk: read
        expect: { exit: 0, stdout: { contains: there 42 } }
      - id: everywhere
        title: On all of them
        run: echo member
        on: fleet
        risk: read
        expect: { exit: 0 }
      - id: local
        title: Here
        run: echo here; test -t 1
        on: here
        risk: read
        expect: { exit: 0 }
`;

let home: string;
let config: string;
let edge: SshdFixture;
let inner: SshdFixture;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'hp-reach-'));
  edge = await startSshd();
  inner = await startSshd();
  await mkdir(join(home, 'data', 'runbooks'), { recursive: true });
  await writeFile(join(home, 'data', 'runbooks', 'reach.runbook.yaml'), RUNBOOK);
  config = join(home, 'ssh_config');
  const host = (name: string, { port, user, knownHostsFile, clientKeyFile }: SshdFixture): string =>
    `Host ${name}\n  HostName 127.0.0.1\n  Port ${String(port)}\n  User ${user}\n  UserKnownHostsFile ${knownHostsFile}\n  IdentityFile ${clientKeyFile}\n`;
  const text = `${host('edge', edge)}${host('inner db-*', inner)}Host inner\n  ProxyJump edge\nHost command\n  ProxyCommand nc %h %p\n`;
  await writeFile(config, text, { mode: 0o600 });
  await writeFile(
    join(home, 'answers.yaml'),
    'operator: { name: Alice, principal: alice@example.com }\nchange: { ticket: CHG-1, reason: Test }\n',
  );
});

afterAll(async () => {
  await edge.stop();
  await inner.stop();
  await rm(home, { recursive: true, force: true });
});

function route(...args: readonly string[]): Promise<CliResult> {
  return runCli(home, ['route', ...args, '--ssh-config', config]);
}

describe('holdpoint route', () => {
  it('shows the way, and gives it as data', async () => {
    const said = await route('inner');
    expect(said).toMatchObject({ code: 0 });
    expect(said.stdout).toMatch(new RegExp(`jump +${edge.user}@127.0.0.1:${String(edge.port)} +\\(edge\\)`));
    expect(said.stdout).toMatch(
      new RegExp(`host +${inner.user}@127.0.0.1:${String(inner.port)} +\\(inner\\)`),
    );
    const data = JSON.parse(
      (await route('x@inner', '--via', 'y@edge', '--json', '--engine', 'ssh2')).stdout,
    ) as Route;
    expect(data).toMatchObject({
      engine: 'ssh2',
      hops: [
        {
          alias: 'edge',
          user: 'y',
          port: edge.port,
          knownHosts: expect.arrayContaining([edge.knownHostsFile]),
        },
        { alias: 'inner', user: 'x', port: inner.port },
      ],
    });
  });

  it('ends with 1 when the client cannot go it, and says where that is set', async () => {
    const refused = await route('command', '--engine', 'ssh2');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('ProxyCommand');
    expect(refused.stdout).toMatch(/proxy-command: .*ssh_config:\d+/);
    expect((await route('command', '--engine', 'openssh')).code).toBe(0);
  });

  it.each([[['-oX']], [['a b']], [['inner', '--engine', 'putty']], [[]]])(
    '%j is a mistake in usage',
    async (args) => {
      expect((await runCli(home, ['route', ...args])).code).toBe(2);
    },
  );
});

describe('holdpoint capabilities', () => {
  it('says what each client can do, and lists the keys of the agent', async () => {
    const agent = await startAgent();
    try {
      await agent.add(edge.clientKeyFile);
      await writeFile(join(home, 'env'), '');
      const before = process.env['SSH_AUTH_SOCK'];
      process.env['SSH_AUTH_SOCK'] = agent.socket;
      const said = await runCli(home, ['capabilities', '--json']).finally(() => {
        if (before === undefined) delete process.env['SSH_AUTH_SOCK'];
        else process.env['SSH_AUTH_SOCK'] = before;
      });
      const found = JSON.parse(said.stdout) as ConnectCapabilities;
      expect(found.engines.map((engine) => engine.id)).toEqual(['openssh', 'ssh2']);
      expect(found.agent.keys).toMatchObject([
        { fingerprint: expect.stringMatching(/^SHA256:/), builtIn: true },
      ]);
      const rows = Object.fromEntries(found.features.map((feature) => [feature.id, feature.ssh2.has]));
      expect(rows).toMatchObject({ 'user-certificates': 'no', 'proxy-jump': 'yes', 'security-keys': 'no' });
    } finally {
      await agent.stop();
    }
  });

  it('names the version of the built-in client that is installed', async () => {
    const installed = JSON.parse(await readFile('package.json', 'utf8')) as {
      dependencies: { ssh2: string };
    };
    expect(installed.dependencies.ssh2).toBe(SSH2_VERSION);
  });
});

describe('holdpoint run', () => {
  const answers = (): string[] => ['--answers', join(home, 'answers.yaml'), '--ssh-config', config];

  it.each(['openssh', 'ssh2'])('reaches aliases, a group and this computer with %s', async (engine) => {
    const done = await runCli(home, [
      ...['run', 'reach', ...answers(), '--engine', engine, '--json'],
      ...['--target', 'ops=inner', '--target', 'fleet=db-1,db-2', '--member', 'fleet=third:edge'],
      ...['--target', 'here=local', '--out', join(home, engine)],
    ]);
    expect(done.stderr).toMatch(/Here {2}passed/);
    expect(done).toMatchObject({ code: 0 });
    expect(JSON.parse(done.stdout)).toMatchObject({ result: 'success', signed: true });
  });

  it('says which option is wrong', async () => {
    const done = await runCli(home, [
      'run',
      'reach',
      ...answers(),
      '--target',
      'ops=inner',
      '--pin',
      'ops=MD5:x',
    ]);
    expect(done.code).toBe(2);
    expect(done.stderr).toContain('--pin ops=MD5:x');
  });
});
