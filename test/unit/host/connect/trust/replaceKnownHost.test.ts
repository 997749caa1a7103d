import { execFile } from 'node:child_process';
import {
  appendFile,
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changedHostKey } from '../../../../../electron/host/connect/trust/changedKey.ts';
import { judgeHostKey, parseKnownHosts } from '../../../../../electron/host/connect/trust/knownHosts.ts';
import { addKnownHost } from '../../../../../electron/host/connect/trust/knownHostsFile.ts';
import { replacedText } from '../../../../../electron/host/connect/trust/knownHostsRewrite.ts';
import { replaceKnownHost } from '../../../../../electron/host/connect/trust/replaceKnownHost.ts';
import { makeKey } from '../../../../fixtures/sshd/startSshd.ts';

const exec = promisify(execFile);
let dir: string;
let seq = 0;
const line = { a: '', b: '', rsa: '' };
const blob = { a: Buffer.alloc(0), b: Buffer.alloc(0), rsa: Buffer.alloc(0) };

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'replace-'));
  for (const name of ['a', 'b', 'rsa'] as const) {
    const made = await makeKey(join(dir, `key-${name}`), name === 'rsa' ? 'rsa' : 'ed25519');
    line[name] = made.split(' ').slice(0, 2).join(' ');
    blob[name] = Buffer.from(line[name].split(' ')[1] ?? '', 'base64');
  }
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

async function fileWith(text: string): Promise<string> {
  seq += 1;
  const folder = join(dir, `f${String(seq)}`);
  await mkdir(folder);
  const file = join(folder, 'known_hosts');
  await writeFile(file, text, { mode: 0o600 });
  return file;
}

const replaced = (text: string, name = 'web') => replacedText(text, { name, key: blob.b });

describe('the text', () => {
  it('has the new key where the first old one was, and no other old one', () => {
    const text = `# head\r\nweb ${line.a} root@old\r\n\r\ndb ${line.a}\nweb ${line.rsa}\n# tail`;
    expect(replaced(text)).toBe(`# head\r\nweb ${line.b} root@old\r\n\r\ndb ${line.a}\n# tail`);
  });

  it('keeps hosts that share a line with the old key', () => {
    expect(replaced(`web,10.0.0.1 ${line.a} c\n`)).toBe(`10.0.0.1 ${line.a} c\nweb ${line.b} c\n`);
    expect(replaced(`*.example,w* ${line.a}\n`, 'web.example')).toBe(
      `*.example,w*,!web.example ${line.a}\nweb.example ${line.b}\n`,
    );
    expect(replaced(`web,!db ${line.a}\n`)).toBe(`web,!db ${line.b}\n`);
  });

  it('touches neither revoked keys nor authorities, nor the same name on another port', () => {
    const others = `@revoked web ${line.a}\n@cert-authority web ${line.a}\n[web]:2222 ${line.a}\n`;
    expect(replaced(`${others}web ${line.a}\n`)).toBe(`${others}web ${line.b}\n`);
    expect(replaced(`web ${line.rsa}\n[web]:2222 ${line.a}\n`, '[web]:2222')).toBe(
      `web ${line.rsa}\n[web]:2222 ${line.b}\n`,
    );
  });

  it('is not given the new key a second time', () => {
    expect(replaced(`web ${line.a}\nweb ${line.b}\n`)).toBe(`web ${line.b}\n`);
    expect(replaced(`web ${line.b}\n`)).toBe(`web ${line.b}\n`);
  });

  it('gets the key at the end when there was none', () => {
    expect(replaced('')).toBe(`web ${line.b}\n`);
    expect(replaced(`db ${line.a}`)).toBe(`db ${line.a}\nweb ${line.b}\n`);
  });

  it('always ends with the host known by the new key, the others judged as before, comments where they were', () => {
    const name = fc.constantFrom('web', 'db', '10.0.0.1', '[web]:2222', '*', 'w?b', '!web', '!db');
    const entry = fc
      .tuple(
        fc.constantFrom('', '', '', '@cert-authority '),
        fc.array(name, { minLength: 1, maxLength: 3 }),
        fc.constantFrom('a', 'b', 'rsa'),
      )
      .map(([marker, names, key]) => `${marker}${names.join(',')} ${line[key]}`);
    const other = fc.constantFrom('', '# a comment \u00ff', 'garbage', '  ', '\tweb');
    fc.assert(
      fc.property(fc.array(fc.oneof(entry, entry, other), { maxLength: 8 }), (lines) => {
        const text = lines.join('\n');
        const next = replaced(text);
        const judge = (of: string, host: string, key: Buffer) =>
          judgeHostKey([parseKnownHosts(of, 'f')], host, 22, key).kind;
        expect(judge(next, 'web', blob.b)).toBe('known');
        expect(judge(next, 'web', blob.a)).toBe('changed');
        for (const host of ['db', '10.0.0.1', 'other']) {
          for (const key of Object.values(blob)) expect(judge(next, host, key)).toBe(judge(text, host, key));
        }
        const notes = (of: string) => of.split('\n').filter((one) => /^#|^garbage|^\tweb/.test(one));
        expect(notes(next)).toEqual(notes(text));
      }),
    );
  });
});

describe('the file', () => {
  it('hides the host as before, and ssh-keygen finds the new key', async () => {
    const file = await fileWith(`[web.example]:2222 ${line.a}\ndb ${line.a}\n`);
    await exec('ssh-keygen', ['-H', '-f', file]);
    expect(await replaceKnownHost(file, 'Web.example', 2222, blob.b)).toEqual({ ok: true, value: undefined });
    const text = await readFile(file, 'utf8');
    expect(text).not.toContain('example');
    expect(text.split('\n')).toHaveLength(3);
    const found = await exec('ssh-keygen', ['-F', '[web.example]:2222', '-f', file]);
    expect(found.stdout).toContain(line.b.split(' ')[1]);
    await expect(exec('ssh-keygen', ['-F', 'db', '-f', file])).resolves.toBeDefined();
  });

  it('keeps its mode and owner, and stays behind its link', async () => {
    const file = await fileWith(`alias ${line.a}\n`);
    await chmod(file, 0o644);
    const link = join(dir, 'link');
    await symlink(file, link);
    expect((await replaceKnownHost(link, '10.9.8.7', 2222, blob.b, 'Alias')).ok).toBe(true);
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect((await stat(file)).mode & 0o777).toBe(0o644);
    expect(await readFile(file, 'utf8')).toBe(`alias ${line.b}\n`);
    expect(await readdir(join(file, '..'))).toEqual(['known_hosts']);
  });

  it('is made when it is not there', async () => {
    const file = join(dir, 'not', 'there');
    expect((await replaceKnownHost(file, 'web', 22, blob.b)).ok).toBe(true);
    expect(await readFile(file, 'utf8')).toBe(`web ${line.b}\n`);
  });

  it('loses nothing to many writers at once', async () => {
    const hosts = Array.from({ length: 12 }, (_, i) => `h${String(i)}`);
    const file = await fileWith(hosts.map((host) => `${host} ${line.a}\n`).join(''));
    await Promise.all([
      ...hosts.map((host) => replaceKnownHost(file, host, 22, blob.b)),
      ...hosts.map((host) => addKnownHost(file, `new-${host}`, 22, blob.a)),
      ...hosts.map((host) => exec('sh', ['-c', `printf '%s\\n' "shell-${host} ${line.a}" >> '${file}'`])),
    ]);
    const known = [parseKnownHosts(await readFile(file, 'utf8'), file)];
    expect(known[0]?.bad).toEqual([]);
    for (const host of hosts) {
      expect(judgeHostKey(known, host, 22, blob.b).kind).toBe('known');
      expect(judgeHostKey(known, host, 22, blob.a).kind).toBe('changed');
      expect(judgeHostKey(known, `new-${host}`, 22, blob.a).kind).toBe('known');
      expect(judgeHostKey(known, `shell-${host}`, 22, blob.a).kind).toBe('known');
    }
    expect(await readdir(join(file, '..'))).toEqual(['known_hosts']);
  });

  it('gets past the lock of a program that died', async () => {
    const file = await fileWith(`web ${line.a}\n`);
    await writeFile(`${file}.holdpoint`, 'half');
    const old = new Date(Date.now() - 120_000);
    await utimes(`${file}.holdpoint`, old, old);
    expect((await replaceKnownHost(file, 'web', 22, blob.b)).ok).toBe(true);
    expect(await readFile(file, 'utf8')).toBe(`web ${line.b}\n`);
  });

  it.each(['we b', 'web,db', '*', '#web', '|1|x', '@revoked', 'a\nb'])(
    'is not written for the name %j',
    async (name) => {
      const file = await fileWith('# mine\n');
      expect((await replaceKnownHost(file, name, 22, blob.b)).ok).toBe(false);
      expect((await addKnownHost(file, name, 22, blob.b)).ok).toBe(false);
      expect(await readFile(file, 'utf8')).toBe('# mine\n');
    },
  );

  it('stays as it was when the change cannot be written', async () => {
    const folder = join(dir, 'a folder');
    await mkdir(folder);
    expect(await replaceKnownHost(folder, 'web', 22, blob.b)).toMatchObject({
      ok: false,
      error: { code: 'storage' },
    });
    expect(await readdir(folder)).toEqual([]);
  });
});

it('names all old keys and their places, and the new one', async () => {
  const file = await fileWith(`# x\n[h]:2222 ${line.a}\n`);
  await appendFile(file, `[h]:2222 ${line.rsa}\n@revoked [h]:2222 ${line.a}\n`);
  const files = [parseKnownHosts(await readFile(file, 'utf8'), file)];
  const changed = changedHostKey(files, { address: 'u@h:2222', host: 'h', port: 2222, key: blob.b });
  expect(changed).toMatchObject({
    address: 'u@h:2222',
    name: '[h]:2222',
    old: [
      { type: 'ssh-ed25519', file, line: 2 },
      { type: 'ssh-rsa', file, line: 3 },
    ],
    shown: { type: 'ssh-ed25519' },
  });
  expect(changed.shown.randomart.split('\n')).toHaveLength(11);
});
