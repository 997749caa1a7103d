import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  fingerprintOf,
  judgeHostKey,
  keyTypeOf,
  knownHostsLine,
  knownKeyTypes,
  parseKnownHosts,
} from '../../../../electron/host/connect/trust/knownHosts.ts';
import { addKnownHost, readKnownHosts } from '../../../../electron/host/connect/trust/knownHostsFile.ts';
import { makeKey } from '../../../fixtures/sshd/startSshd.ts';

const exec = promisify(execFile);
let dir: string;
const keys: Record<'a' | 'b' | 'rsa', { line: string; blob: Buffer }> = {
  a: { line: '', blob: Buffer.alloc(0) },
  b: { line: '', blob: Buffer.alloc(0) },
  rsa: { line: '', blob: Buffer.alloc(0) },
};

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'known-'));
  for (const name of ['a', 'b', 'rsa'] as const) {
    const line = (await makeKey(join(dir, name), name === 'rsa' ? 'rsa' : 'ed25519'))
      .split(' ')
      .slice(0, 2)
      .join(' ');
    keys[name] = { line, blob: Buffer.from(line.split(' ')[1] ?? '', 'base64') };
  }
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

function judge(text: string, host = 'web.example.org', port = 22, key = keys.a.blob) {
  return judgeHostKey([parseKnownHosts(text, 'f')], host, port, key);
}

describe('what a file says of a key', () => {
  it.each([
    ['the name', 'web.example.org K', 'known'],
    ['one of several names', 'db,web.example.org,10.0.0.1 K', 'known'],
    ['another case', 'WEB.Example.org K', 'known'],
    ['a wildcard', '*.example.org K', 'known'],
    ['a question mark', 'we?.example.org K', 'known'],
    ['a wildcard that is negated', '*.example.org,!web.* K', 'unknown'],
    ['only a negation', '!db.example.org K', 'unknown'],
    ['a part of the name', 'example.org K', 'unknown'],
    ['a longer name', 'web.example.org.evil.net K', 'unknown'],
    ['a port of its own', '[web.example.org]:2222 K', 'unknown'],
    ['a comment', '# web.example.org K', 'unknown'],
    ['spaces, tabs and a comment after', ' \tweb.example.org\tK  root@web\r', 'known'],
    ['a certificate authority', '@cert-authority *.example.org K', 'unknown'],
  ])('%s', (_what, text, kind) => {
    expect(judge(text.replace('K', keys.a.line)).kind).toBe(kind);
  });

  it('knows a port of its own, and falls back to the plain name for the very same key only', () => {
    expect(judge(`[web.example.org]:2222 ${keys.a.line}`, 'web.example.org', 2222).kind).toBe('known');
    expect(judge(`web.example.org ${keys.a.line}`, 'web.example.org', 2222).kind).toBe('known');
    expect(judge(`web.example.org ${keys.b.line}`, 'web.example.org', 2222).kind).toBe('unknown');
    const both = `[web.example.org]:2222 ${keys.b.line}\nweb.example.org ${keys.a.line}`;
    expect(judge(both, 'web.example.org', 2222)).toMatchObject({ kind: 'changed', line: 1 });
  });

  it('names the line of a changed key, of the same type first', () => {
    const text = `\n# x\nweb.example.org ${keys.rsa.line}\nweb.example.org ${keys.b.line}\n`;
    expect(judge(text)).toEqual({
      kind: 'changed',
      file: 'f',
      line: 4,
      sameType: true,
      old: { type: 'ssh-ed25519', fingerprint: fingerprintOf(keys.b.blob) },
    });
    expect(judge(`web.example.org ${keys.rsa.line}`)).toMatchObject({ kind: 'changed', sameType: false });
    expect(judge(`${text}web.example.org ${keys.a.line}`)).toMatchObject({ kind: 'known', line: 5 });
  });

  it('puts revocation above all, under either name', () => {
    expect(judge(`web.example.org ${keys.a.line}\n@revoked * ${keys.a.line}`)).toMatchObject({
      kind: 'revoked',
      line: 2,
    });
    expect(judge(`@revoked web.example.org ${keys.a.line}`, 'web.example.org', 2222).kind).toBe('revoked');
    expect(judge(`web.example.org ${keys.a.line}\n@revoked * ${keys.b.line}`).kind).toBe('known');
    expect(judge(`@revoked * ${keys.b.line}`).kind).toBe('unknown');
  });

  it('tells of a certificate authority', () => {
    const text = `@cert-authority *.example.org ${keys.b.line}`;
    expect(judge(text)).toEqual({ kind: 'unknown', certAuthority: { file: 'f', line: 1 } });
  });

  it('passes over bad lines and says where they are', () => {
    const text = `nonsense\nweb.example.org ssh-ed25519 !!!!\n@odd web ${keys.a.line}\nweb.example.org 2048 35 1234\nweb.example.org ${keys.a.line}`;
    expect(parseKnownHosts(text, 'f').bad.map(({ line }) => line)).toEqual([1, 2, 3, 4]);
    expect(judge(text)).toMatchObject({ kind: 'known', line: 5 });
  });

  it('lists the key types to ask for', () => {
    const types = (text: string, port = 22) =>
      knownKeyTypes([parseKnownHosts(text, 'f')], 'web.example.org', port);
    expect(types(`web.example.org ${keys.rsa.line}\nweb.example.org ${keys.a.line}`)).toEqual([
      'ssh-rsa',
      'ssh-ed25519',
    ]);
    expect(types(`@revoked web.example.org ${keys.rsa.line}\n@cert-authority * ${keys.a.line}`)).toEqual([]);
    expect(types(`web.example.org ${keys.rsa.line}`, 2222)).toEqual(['ssh-rsa']);
  });

  it('takes any bytes for a key without failing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(typeof keyTypeOf(bytes)).toBe('string');
        expect(judge(`web.example.org ${keys.b.line}`, 'web.example.org', 22, Buffer.from(bytes)).kind).toBe(
          'changed',
        );
      }),
    );
  });

  it('is not slowed down by a pattern made for that', () => {
    const name = 'a'.repeat(200);
    expect(judge(`${'*a'.repeat(60)}b ${keys.a.line}`, name).kind).toBe('unknown');
  });
});

describe('files', () => {
  it('agree with ssh-keygen on fingerprints and hidden names', async () => {
    const { stdout } = await exec('ssh-keygen', ['-lf', join(dir, 'rsa.pub')]);
    expect(stdout).toContain(` ${fingerprintOf(keys.rsa.blob)} `);
    const file = join(dir, 'hidden');
    await writeFile(file, `${knownHostsLine('Web.example.org', 2222, keys.a.blob, true)}\n`);
    expect(await readFile(file, 'utf8')).not.toContain('example');
    const found = await exec('ssh-keygen', ['-F', '[web.example.org]:2222', '-f', file]);
    expect(found.stdout).toContain('found: line 1');
  });

  it('are read in order; one that is not there is empty', async () => {
    const [first, second] = [join(dir, 'first'), join(dir, 'second')];
    await writeFile(first, `web ${keys.b.line}\n`);
    await writeFile(second, `web ${keys.a.line}\n`);
    const read = await readKnownHosts([join(dir, 'missing'), first, second]);
    if (!read.ok) throw new Error(read.error.message);
    expect(judgeHostKey(read.value, 'web', 22, keys.a.blob)).toEqual({
      kind: 'known',
      file: second,
      line: 1,
    });
    expect(judgeHostKey(read.value, 'web', 22, keys.rsa.blob)).toMatchObject({
      kind: 'changed',
      file: first,
      line: 1,
    });
  });

  it('grow at the end, through a link, keeping mode and content', async () => {
    const [real, link] = [join(dir, 'real'), join(dir, 'link')];
    await writeFile(real, `# mine\r\nweb ${keys.a.line}`, { mode: 0o644 });
    await symlink(real, link);
    expect(await addKnownHost(link, 'db', 22, keys.b.blob)).toEqual({ ok: true, value: undefined });
    expect(await readFile(real, 'utf8')).toBe(`# mine\r\nweb ${keys.a.line}\ndb ${keys.b.line}\n`);
    expect((await stat(real)).mode & 0o777).toBe(0o644);
  });

  it('keep every addition of several at once', async () => {
    const file = join(dir, 'crowd', 'known_hosts');
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => addKnownHost(file, `h${String(i)}`, 22, keys.a.blob)),
    );
    expect(parseKnownHosts(await readFile(file, 'utf8'), file)).toMatchObject({
      bad: [],
      entries: { length: 20 },
    });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(dir, 'crowd'))).mode & 0o777).toBe(0o700);
  });

  it.each(['/dev/null', 'a file/known_hosts'])('say so when %s cannot take a key', async (name) => {
    await writeFile(join(dir, 'a file'), '');
    const file = name.startsWith('/') ? name : join(dir, name);
    expect(await addKnownHost(file, 'web', 22, keys.a.blob)).toMatchObject({
      ok: false,
      error: { code: 'storage' },
    });
  });
});
