/** The configuration as ssh evaluates it: by ssh itself, and by this app's own reader where there is none. */
import { access, chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConfigDesk } from '../../../../electron/host/connect/config/configDesk.ts';
import type { HostConfig } from '../../../../electron/host/connect/config/hostConfig.ts';
import { must, nobody, person, sshHome, WITHOUT_SSH } from './home.ts';

async function configOf(
  desk: ConfigDesk,
  query: { alias: string; user?: string; port?: number },
): Promise<HostConfig> {
  return must(await desk.evaluate(query, nobody)).config;
}

const CONFIG = `
Host db
  HostName %h.internal.example
  User dba
  Port 2200
  IdentityFile ~/.ssh/%r@%h:%p
  IdentityFile "~/.ssh/with space"
  CertificateFile ~/.ssh/dba-cert.pub
  IdentitiesOnly yes
  IdentityAgent "/run/agents/%n.sock"
  HostKeyAlias db-cluster
  UserKnownHostsFile ~/.ssh/kh_db "~/.ssh/kh more"
  ServerAliveInterval 1m
  ServerAliveCountMax 7
  ProxyJump alice@bastion:2222,inner

Host *.example !secret.example
  User everybody

Match originalhost staging user root
  HostName 10.0.0.9

Match host 10.0.0.9
  Port 2022

Match final host 10.0.0.9
  HostKeyAlias found-late

Include conf.d/*.conf

Host direct
  ProxyCommand none
  ProxyJump bastion

Host *
  ProxyJump none
  IdentityFile ~/.ssh/all
`;

describe.each([
  ['by ssh', {}],
  ['by this app', WITHOUT_SSH],
])('a host %s', (by, change) => {
  it('has what the configuration says, with its tokens filled in', async () => {
    const at = await sshHome(CONFIG);
    const config = await configOf(at.desk(change), { alias: 'db' });
    expect(config).toMatchObject({
      alias: 'db',
      host: 'db.internal.example',
      port: 2200,
      user: 'dba',
      hostKeyAlias: 'db-cluster',
      identityFiles: [
        join(at.ssh, 'dba@db.internal.example:2200'),
        join(at.ssh, 'with space'),
        join(at.ssh, 'all'),
      ],
      identitiesNamed: true,
      certificateFiles: [join(at.ssh, 'dba-cert.pub')],
      identitiesOnly: true,
      identityAgent: '/run/agents/db.sock',
      proxyJump: 'alice@bastion:2222,inner',
      proxyCommand: '',
      keepAliveSeconds: 60,
      keepAliveCount: 7,
      by: by === 'by ssh' ? 'ssh' : 'app',
    });
    expect(config.knownHosts.slice(0, 2)).toEqual([join(at.ssh, 'kh_db'), join(at.ssh, 'kh more')]);
  });

  it('keeps the user and port that were given with it', async () => {
    const at = await sshHome(CONFIG);
    const config = await configOf(at.desk(change), { alias: 'db', user: 'root', port: 22 });
    expect(config).toMatchObject({ user: 'root', port: 22, host: 'db.internal.example' });
    expect(config.identityFiles[0]).toBe(join(at.ssh, 'root@db.internal.example:22'));
  });

  it('follows patterns with exceptions, Match and Match final', async () => {
    const at = await sshHome(CONFIG);
    const desk = at.desk(change);
    expect(await configOf(desk, { alias: 'web.example' })).toMatchObject({ user: 'everybody' });
    expect((await configOf(desk, { alias: 'secret.example' })).user).not.toBe('everybody');
    expect(await configOf(desk, { alias: 'staging', user: 'root' })).toMatchObject({
      host: '10.0.0.9',
      port: 2022,
      hostKeyAlias: 'found-late',
    });
    expect(await configOf(desk, { alias: 'staging', user: 'alice' })).toMatchObject({ host: 'staging' });
  });

  it('follows Include where it stands, and only within its block', async () => {
    const at = await sshHome();
    await at.write(
      'config',
      `Host a\n  Include ${at.ssh}/on[!f]* /nowhere/*.conf\n  Port 1\nHost b\n  Port 3\n`,
    );
    await at.write('one', 'User from-one\nHost b\n  User never\n');
    await at.write('onf', 'Port not-read\n');
    const desk = at.desk(change);
    expect(await configOf(desk, { alias: 'a' })).toMatchObject({ user: 'from-one', port: 1 });
    expect((await configOf(desk, { alias: 'b' })).user).not.toBe('never');
  });

  it('takes whichever of ProxyJump and ProxyCommand comes first', async () => {
    const at = await sshHome(
      'Host a\n ProxyCommand nc %h %p\n ProxyJump x\nHost b\n ProxyJump x\n ProxyCommand y\n',
    );
    const desk = at.desk(change);
    expect(await configOf(desk, { alias: 'a' })).toMatchObject({ proxyCommand: 'nc %h %p', proxyJump: '' });
    expect(await configOf(desk, { alias: 'b' })).toMatchObject({ proxyCommand: '', proxyJump: 'x' });
  });

  it('has the usual files where nothing is said, and no agent where none is wanted', async () => {
    const at = await sshHome('Host quiet\n  IdentityAgent none\n');
    const config = await configOf(at.desk(change), { alias: 'quiet' });
    expect(config).toMatchObject({ port: 22, identitiesNamed: false, identityAgent: 'none' });
    expect(config.identityFiles[0]).toBe(join(at.ssh, 'id_ed25519'));
    expect(config.knownHosts[0]).toBe(join(at.ssh, 'known_hosts'));
    expect(config.keepAliveSeconds).toBeUndefined();
    expect(config.keepAliveCount).toBeUndefined();
  });

  it('tells a keep-alive that is switched off from one that is not set', async () => {
    const at = await sshHome('Host off\n  ServerAliveInterval 0\n');
    expect((await configOf(at.desk(change), { alias: 'off' })).keepAliveSeconds).toBe(0);
  });

  it('lists what the built-in client leaves out, with its place, for this host only', async () => {
    const at = await sshHome(
      'Host a\n  ProxyCommand nc %h %p\n  LocalForward 1 b:2\n  ForwardAgent no\n  RemoteCommand top\nHost b\n  ControlMaster auto\n',
    );
    const desk = at.desk(change);
    const file = join(at.ssh, 'config');
    const { ignored } = await configOf(desk, { alias: 'a' });
    const own = ignored.filter((note) => note.file === file);
    expect(own.map(({ text, line }) => [text.split(' ')[0], line])).toEqual([
      ['ProxyCommand', 2],
      ['LocalForward', 3],
      ['RemoteCommand', 5],
    ]);
    expect((await configOf(desk, { alias: 'c' })).ignored.filter((note) => note.file === file)).toEqual([]);
  });

  it('says file and line of what cannot be used', async () => {
    const at = await sshHome('Host a\n  Port none\n');
    const failed = await at.desk(change).evaluate({ alias: 'a' }, nobody);
    expect(failed).toMatchObject({ ok: false, error: { code: 'bad-request' } });
    expect(failed.ok ? '' : failed.error.message).toMatch(/config:?.* ?(line )?2/);
  });

  it('refuses a file that others may write', async () => {
    const at = await sshHome('Host a\n  User x\n');
    await chmod(join(at.ssh, 'config'), 0o622);
    const failed = await at.desk(change).evaluate({ alias: 'a' }, nobody);
    expect(failed).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('written by others') },
    });
  });

  it('refuses files that include each other, and ones without end', async () => {
    const at = await sshHome();
    const config = await at.write('config', `Include ${at.ssh}/b\n`);
    await at.write('b', `Include ${config}\n`);
    expect(await at.desk(change).evaluate({ alias: 'a' }, nobody)).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('includes itself') },
    });
    await at.write('config', 'User x\n'.repeat(300_000));
    expect(await at.desk(change).evaluate({ alias: 'a' }, nobody)).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('larger than') },
    });
  });

  it('is left alone when the settings say so', async () => {
    const at = await sshHome('Host a\n  User x\n  Port none\n');
    const ignoring = at.desk({ ...change, settings: () => ({ sshConfig: 'ignore', matchExec: 'ask' }) });
    const seen = must(await ignoring.evaluate({ alias: 'a', user: 'u' }, nobody));
    expect(seen).toMatchObject({
      config: { host: 'a', user: 'u', port: 22, by: 'nobody' },
      configFile: 'none',
    });
  });
});

describe('Match exec', () => {
  const config = (home: string): string =>
    `Match host a exec "touch ${home}/ran"\n  User execed\nHost a\n  User plain\n`;

  it('runs only after a person has seen the command', async () => {
    const at = await sshHome();
    const file = await at.write('config', config(at.home));
    const desk = at.desk();
    const refusing = person({ kind: 'cancel' });
    const without = must(await desk.evaluate({ alias: 'a' }, refusing.ask));
    expect(refusing.asked).toEqual([
      { kind: 'match-exec', commands: [{ file, line: 1, command: `touch ${at.home}/ran` }] },
    ]);
    expect(without).toMatchObject({ config: { user: 'plain', by: 'app' }, configFile: 'none' });
    expect(without.notes).toMatchObject([
      { file, line: 1, text: expect.stringContaining('was not allowed') },
    ]);
    await expect(access(join(at.home, 'ran'))).rejects.toThrow();

    const allowing = person({ kind: 'trust', remember: false });
    const withIt = must(await desk.evaluate({ alias: 'a' }, allowing.ask));
    expect(withIt).toMatchObject({ config: { user: 'execed', by: 'ssh' } });
    expect(withIt.notes).toMatchObject([
      { file, line: 1, text: expect.stringContaining('runs this command') },
    ]);
    expect(await readFile(join(at.home, 'ran'), 'utf8')).toBe('');
  });

  it('is asked about again unless remembered, and again when the command is another', async () => {
    const at = await sshHome('Match exec true\n  User x\n');
    const desk = at.desk();
    const once = person({ kind: 'trust', remember: false });
    await desk.evaluate({ alias: 'a' }, once.ask);
    await desk.evaluate({ alias: 'a' }, once.ask);
    expect(once.asked).toHaveLength(2);
    const always = person({ kind: 'trust', remember: true });
    await desk.evaluate({ alias: 'a' }, always.ask);
    await desk.evaluate({ alias: 'b' }, always.ask);
    expect(always.asked).toHaveLength(1);
    await at.write('config', 'Match exec "true && true"\n  User x\n');
    await desk.evaluate({ alias: 'a' }, always.ask);
    expect(always.asked).toHaveLength(2);
  });

  it('is one question for many hosts at once', async () => {
    const at = await sshHome('Match exec true\n  User x\n');
    const desk = at.desk();
    const someone = person({ kind: 'trust', remember: true });
    const all = Array.from({ length: 20 }, (_, n) => desk.evaluate({ alias: `h${String(n)}` }, someone.ask));
    for (const one of await Promise.all(all)) expect(must(one).config.user).toBe('x');
    expect(someone.asked).toHaveLength(1);
  });

  it('never runs, or always, when the settings say so; found in included files too', async () => {
    const at = await sshHome();
    await at.write('config', `Host never\n  Include ${at.ssh}/more\n`);
    await at.write('more', `Match originalhost never !exec "touch ${at.home}/ran"\n`);
    const never = at.desk({ settings: () => ({ sshConfig: 'use', matchExec: 'never' }) });
    expect(must(await never.evaluate({ alias: 'never' }, nobody))).toMatchObject({ configFile: 'none' });
    await expect(access(join(at.home, 'ran'))).rejects.toThrow();
    const allow = at.desk({ settings: () => ({ sshConfig: 'use', matchExec: 'allow' }) });
    must(await allow.evaluate({ alias: 'never' }, nobody));
    await access(join(at.home, 'ran'));
  });

  it('is asked about however it is written', async () => {
    for (const line of [
      'Match=exec=true',
      'match host a EXEC true',
      "Match exec 'a b'",
      'Match bogus x exec y',
    ]) {
      const at = await sshHome(`${line}\n  User x\n`);
      const someone = person({ kind: 'cancel' });
      await at.desk().evaluate({ alias: 'a' }, someone.ask);
      expect(someone.asked, line).toHaveLength(1);
    }
  });
});

describe('a hostile query', () => {
  it('is never an option of ssh', async () => {
    const at = await sshHome('Host *\n');
    for (const query of [{ alias: '-oProxyCommand=touch' }, { alias: 'a', user: '-oProxyCommand=touch' }]) {
      expect(await at.desk().evaluate(query, nobody)).toMatchObject({
        ok: false,
        error: { code: 'bad-request' },
      });
    }
  });
});

describe('this app and ssh', () => {
  const name = fc.constantFrom('a', 'b', 'web1', 'web2', 'db');
  const pattern = fc.constantFrom('a', 'b', 'web*', 'web?', '*', '!a', '!web1', 'd?', 'real');
  const setting = fc.oneof(
    fc.constantFrom('alice', 'bob').map((user) => `User ${user}`),
    fc.constantFrom(22, 2200, 2201).map((port) => `Port ${String(port)}`),
    fc.constantFrom('real', '%h.example', '10.0.0.1').map((host) => `HostName ${host}`),
    fc.constantFrom('~/.ssh/k1', '~/.ssh/%r_%h', '"/tmp/k 3"', 'none').map((file) => `IdentityFile ${file}`),
    fc.constantFrom('yes', 'no').map((word) => `IdentitiesOnly ${word}`),
    fc.constantFrom('none', 'j1', 'j1,x@j2:22').map((jump) => `ProxyJump ${jump}`),
    fc.constantFrom('none', 'nc %h %p').map((command) => `ProxyCommand ${command}`),
    fc.constantFrom('kh1', '"k h" kh2').map((files) => `UserKnownHostsFile ${files}`),
    fc.constantFrom('30', '2m').map((time) => `ServerAliveInterval ${time}`),
    fc.constantFrom('al1', 'al2').map((alias) => `HostKeyAlias=${alias}`),
  );
  const head = fc.oneof(
    fc.array(pattern, { minLength: 1, maxLength: 3 }).map((list) => `Host ${list.join(' ')}`),
    fc
      .tuple(fc.constantFrom('host', 'originalhost', 'user', '!host', '!user'), pattern)
      .map(([criterion, list]) => `Match ${criterion} ${list}`),
    fc.constant('Match all'),
    fc.constantFrom('Match final host real', 'Match final all').map((line) => line),
  );
  const block = fc
    .tuple(head, fc.array(setting, { maxLength: 4 }))
    .map(([first, settings]) => [first, ...settings.map((line) => `  ${line}`)].join('\n'));

  it('agree on every configuration', async () => {
    const at = await sshHome();
    const files = fc.tuple(fc.array(setting, { maxLength: 2 }), fc.array(block, { maxLength: 6 }));
    const user = fc.option(fc.constantFrom('alice', 'carol'), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(files, name, user, async ([first, blocks], alias, given) => {
        await at.write('config', [...first, ...blocks].join('\n'));
        const query = { alias, ...(given === undefined ? {} : { user: given }) };
        const { by: _ssh, ignored: _seen, ...seen } = await configOf(at.desk(), query);
        const { by: _app, ignored: _own, ...own } = await configOf(at.desk(WITHOUT_SSH), query);
        expect(own).toEqual(seen);
      }),
      { numRuns: 120 },
    );
  });
});
