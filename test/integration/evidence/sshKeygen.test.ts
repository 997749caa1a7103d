/** Signatures against the real ssh-keygen and ssh-agent, both ways and for every key type we support. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { agentSigner, listAgentKeys } from '../../../electron/host/evidence/agent.ts';
import { allowedSignersLine, parseAllowedSigners } from '../../../electron/host/evidence/allowedSigners.ts';
import { keyFileSigner, type Signer } from '../../../electron/host/evidence/signer.ts';
import { decodeSignature, encodeSignature, verifySignature } from '../../../electron/host/evidence/sshsig.ts';
import { must } from '../../fixtures/evidence/makeRun.ts';
import { run } from '../../fixtures/evidence/shell.ts';

const NAMESPACE = 'operator.evidence-v1@holdpoint';
const MESSAGE = Buffer.from('the manifest\n');
const KEYS = [
  { name: 'ed25519', type: 'ssh-ed25519', args: ['-t', 'ed25519'] },
  { name: 'rsa', type: 'ssh-rsa', args: ['-t', 'rsa', '-b', '2048'] },
  { name: 'p256', type: 'ecdsa-sha2-nistp256', args: ['-t', 'ecdsa', '-b', '256'] },
  { name: 'p384', type: 'ecdsa-sha2-nistp384', args: ['-t', 'ecdsa', '-b', '384'] },
  { name: 'p521', type: 'ecdsa-sha2-nistp521', args: ['-t', 'ecdsa', '-b', '521'] },
] as const;

let root: string;
let socket: string;
let agentPid = 0;
let openServer: Server | null = null;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'hp-sig-'));
  for (const { name, args } of KEYS) {
    await run('ssh-keygen', ['-q', ...args, '-N', '', '-C', name, '-f', join(root, name)]);
  }
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'open sesame', '-f', join(root, 'locked')]);
  socket = join(root, 'agent');
  const started = await run('ssh-agent', ['-a', socket, '-s']);
  agentPid = Number(/SSH_AGENT_PID=(\d+)/.exec(started.stdout)?.[1] ?? 0);
  for (const { name } of KEYS) {
    const added = await run('ssh-add', ['-q', join(root, name)], { env: { SSH_AUTH_SOCK: socket } });
    expect(added.code, added.stderr).toBe(0);
  }
});
afterEach(() => {
  openServer?.close();
  openServer = null;
});
afterAll(async () => {
  if (agentPid > 0) process.kill(agentPid);
  await rm(root, { recursive: true, force: true });
});

async function keygenSign(name: string): Promise<string> {
  const signed = await run('ssh-keygen', ['-Y', 'sign', '-q', '-n', NAMESPACE, '-f', join(root, name)], {
    input: MESSAGE,
  });
  expect(signed.code, signed.stderr).toBe(0);
  return signed.stdout;
}

/** Whether ssh-keygen takes a line of allowed_signers with these options. */
async function keygenTakes(options: string): Promise<boolean> {
  const armor = await keygenSign('ed25519');
  const [type = '', key = ''] = (await readFile(join(root, 'ed25519.pub'), 'utf8')).split(' ');
  const line = `a@example.com ${options} ${type} ${key}`;
  await writeFile(join(root, 'options'), `${line}\n`);
  await writeFile(join(root, 'options.sig'), armor);
  const args = ['-Y', 'verify', '-f', join(root, 'options'), '-I', 'a@example.com', '-n', NAMESPACE];
  const verified = await run('ssh-keygen', [...args, '-s', join(root, 'options.sig')], { input: MESSAGE });
  const ours = parseAllowedSigners(`${line}\n`);
  expect(ours.ok, line).toBe(verified.code === 0);
  return verified.code === 0;
}

it('takes the options of allowed_signers that ssh-keygen takes, and refuses what it refuses', async () => {
  const good = `namespaces="${NAMESPACE}"`;
  for (const options of [
    good,
    `NAMESPACES="${NAMESPACE}"`,
    `${good},valid-after="20200101Z",valid-before="20990101Z"`,
  ])
    expect(await keygenTakes(options), options).toBe(true);
  for (const options of [
    `${good},valid-before="20200101Z",valid-before="20990101Z"`,
    `${good},valid-before="20990101Z",valid-before="20980101Z"`,
    `${good},valid-after="20200101Z",valid-after="20200102Z"`,
    `${good},valid-after="20980101Z",valid-before="20970101Z"`,
    `${good},${good}`,
    `${good},`,
    `namespaces=${NAMESPACE}`,
    `${good},valid-after=20200101Z`,
  ])
    expect(await keygenTakes(options), options).toBe(false);
});

async function keygenVerify(signer: Signer, armor: string, message: Uint8Array = MESSAGE) {
  const file = join(root, 'check');
  await writeFile(`${file}.sig`, armor);
  await writeFile(`${file}.allowed`, `${allowedSignersLine('alice@example.com', [NAMESPACE], signer)}\n`);
  return run(
    'ssh-keygen',
    [
      '-Y',
      'verify',
      '-f',
      `${file}.allowed`,
      '-I',
      'alice@example.com',
      '-n',
      NAMESPACE,
      '-s',
      `${file}.sig`,
    ],
    { input: message },
  );
}

describe.each(KEYS)('$type', ({ name, type }) => {
  it('reads and verifies what ssh-keygen signs, and encodes it again to the byte', async () => {
    const armor = await keygenSign(name);
    const decoded = must(decodeSignature(Buffer.from(armor)));
    expect(decoded.key.type).toBe(type);
    expect(must(verifySignature(decoded, NAMESPACE, MESSAGE))).toBe(true);
    expect(verifySignature(decoded, NAMESPACE, Buffer.from('another')).ok).toBe(false);
    expect(verifySignature(decoded, 'git', MESSAGE).ok).toBe(false);
    expect(encodeSignature(decoded.key.blob, decoded.namespace, decoded.field)).toBe(armor);
  });

  it('signs through ssh-agent what ssh-keygen verifies', async () => {
    const key = must(await listAgentKeys(socket)).find((candidate) => candidate.comment === name);
    const signer = must(await agentSigner(socket, key?.fingerprint ?? ''));
    expect(signer.keyType).toBe(type);
    const armor = must(await signer.sign(NAMESPACE, MESSAGE));
    expect((await keygenVerify(signer, armor)).stdout).toContain(
      'Good "operator.evidence-v1@holdpoint" signature',
    );
    expect((await keygenVerify(signer, armor, Buffer.from('another'))).code).not.toBe(0);
    expect(verifySignature(must(decodeSignature(Buffer.from(armor))), NAMESPACE, MESSAGE).ok).toBe(true);
  });

  it('names the fingerprint that ssh-keygen names', async () => {
    const printed = await run('ssh-keygen', ['-lf', join(root, `${name}.pub`)]);
    const held = must(await listAgentKeys(socket)).find((candidate) => candidate.comment === name);
    expect(printed.stdout).toContain(held?.fingerprint ?? 'none');
  });
});

describe('a key file', () => {
  it('signs the very bytes that ssh-keygen signs', async () => {
    const signer = must(await keyFileSigner(join(root, 'ed25519')));
    expect(must(await signer.sign(NAMESPACE, MESSAGE))).toBe(await keygenSign('ed25519'));
  });

  it.each(KEYS)('of type $type signs what ssh-keygen verifies', async ({ name, type }) => {
    const signer = must(await keyFileSigner(join(root, name)));
    expect(signer.keyType).toBe(type);
    const armor = must(await signer.sign(NAMESPACE, MESSAGE));
    expect((await keygenVerify(signer, armor)).code).toBe(0);
    expect(must(verifySignature(must(decodeSignature(Buffer.from(armor))), NAMESPACE, MESSAGE))).toBe(true);
  });

  it('that is too weak is refused', async () => {
    const path = join(root, 'weak');
    await run('ssh-keygen', ['-q', '-t', 'rsa', '-b', '1024', '-N', '', '-f', path]);
    expect(await keyFileSigner(path)).toMatchObject({ ok: false, error: { code: 'trust' } });
  });

  it('signs with its passphrase, and says when it is missing or wrong', async () => {
    const path = join(root, 'locked');
    expect(await keyFileSigner(path)).toMatchObject({
      ok: false,
      error: { code: 'auth', message: `${path} needs its passphrase` },
    });
    expect(await keyFileSigner(path, 'wrong')).toMatchObject({
      ok: false,
      error: { code: 'auth', message: `the passphrase for ${path} is wrong` },
    });
    const signer = must(await keyFileSigner(path, 'open sesame'));
    expect((await keygenVerify(signer, must(await signer.sign(NAMESPACE, MESSAGE)))).code).toBe(0);
  });

  it('says what is wrong with other files', async () => {
    await writeFile(join(root, 'rubbish'), 'not a key');
    expect(await keyFileSigner(join(root, 'none'))).toMatchObject({ error: { code: 'not-found' } });
    expect(await keyFileSigner(join(root, 'rubbish'))).toMatchObject({ error: { code: 'corrupt' } });
    expect(await keyFileSigner(join(root, 'ed25519.pub'))).toMatchObject({ error: { code: 'bad-request' } });
  });
});

describe('an agent', () => {
  it('that is not there, or holds another key', async () => {
    expect(await listAgentKeys(join(root, 'nowhere'))).toMatchObject({
      ok: false,
      error: { code: 'network' },
    });
    expect(await agentSigner(socket, 'SHA256:unknown')).toMatchObject({
      ok: false,
      error: { code: 'not-found' },
    });
  });

  it.each([
    ['hangs up', (): Buffer | null => null],
    ['answers rubbish', () => Buffer.from([0, 0, 0, 3, 12, 0, 0])],
    ['answers without end', () => Buffer.from([255, 255, 255, 255, 12])],
    ['fails', () => Buffer.from([0, 0, 0, 1, 5])],
  ])('that %s gives an error, not a hang', async (name, answer) => {
    const path = join(root, `fake-${name.replace(/ /g, '')}`);
    openServer = createServer((connection) => {
      connection.on('data', () => {
        const bytes = answer();
        if (bytes === null) connection.destroy();
        else connection.end(bytes);
      });
    });
    await new Promise<void>((resolve) => openServer?.listen(path, resolve));
    expect((await listAgentKeys(path)).ok).toBe(false);
  });

  it('that refuses to sign is reported as such', async () => {
    const pub = (await readFile(join(root, 'ed25519.pub'), 'utf8')).split(' ')[1] ?? '';
    const blob = Buffer.from(pub, 'base64');
    const answer = Buffer.concat([Buffer.of(12, 0, 0, 0, 1), sized(blob), sized(Buffer.from('x'))]);
    const path = join(root, 'refusing');
    openServer = createServer((connection) => {
      connection.on('data', (request) =>
        connection.end(request[4] === 11 ? sized(answer) : sized(Buffer.of(5))),
      );
    });
    await new Promise<void>((resolve) => openServer?.listen(path, resolve));
    const [key] = must(await listAgentKeys(path));
    const signer = must(await agentSigner(path, key?.fingerprint ?? ''));
    expect(await signer.sign(NAMESPACE, MESSAGE)).toMatchObject({ ok: false, error: { code: 'refused' } });
  });
});

function sized(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
