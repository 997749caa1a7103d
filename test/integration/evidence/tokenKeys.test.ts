/** Keys on a token (FIDO): a signature counts only when somebody touched it. The token is software behind an agent. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { agentSigner, listAgentKeys } from '../../../electron/host/evidence/agent.ts';
import { allowedSignersLine } from '../../../electron/host/evidence/allowedSigners.ts';
import { keyFileSigner } from '../../../electron/host/evidence/signer.ts';
import { parsePublicKey } from '../../../electron/host/evidence/sshkey.ts';
import { decodeSignature, encodeSignature, verifySignature } from '../../../electron/host/evidence/sshsig.ts';
import { must } from '../../fixtures/evidence/makeRun.ts';
import { run } from '../../fixtures/evidence/shell.ts';
import {
  startTokenAgent,
  type TokenAgent,
  type TokenKeyType,
  TOUCHED,
  UNTOUCHED,
} from '../../fixtures/evidence/tokenAgent.ts';

const NAMESPACE = 'operator.evidence-v1@holdpoint';
const MESSAGE = Buffer.from('the manifest\n');
const types: readonly TokenKeyType[] = ['sk-ssh-ed25519@openssh.com', 'sk-ecdsa-sha2-nistp256@openssh.com'];

let root: string;
let agent: TokenAgent | null = null;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hp-token-'));
});
afterEach(async () => {
  await agent?.close();
  agent = null;
  await rm(root, { recursive: true, force: true });
});

async function opened(type: TokenKeyType): Promise<{ readonly agent: TokenAgent; readonly socket: string }> {
  const socket = join(root, 'agent');
  const started = await startTokenAgent(socket, type);
  agent = started;
  return { agent: started, socket };
}

async function keygenVerify(blob: Buffer, armor: string): Promise<number> {
  const key = must(parsePublicKey(blob));
  const line = allowedSignersLine('alice@example.com', [NAMESPACE], {
    keyType: key.type,
    publicKeyBlob: blob,
  });
  await writeFile(join(root, 'allowed'), `${line}\n`);
  await writeFile(join(root, 'sig'), armor);
  const args = ['-Y', 'verify', '-f', join(root, 'allowed'), '-I', 'alice@example.com', '-n', NAMESPACE];
  return (await run('ssh-keygen', [...args, '-s', join(root, 'sig')], { input: MESSAGE })).code;
}

describe.each(types)('%s', (type) => {
  it('signs through the agent when it is touched, and ssh-keygen agrees', async () => {
    const { agent: token, socket } = await opened(type);
    const [key] = must(await listAgentKeys(socket));
    const signer = must(await agentSigner(socket, key?.fingerprint ?? ''));
    expect(signer.keyType).toBe(type);
    const armor = must(await signer.sign(NAMESPACE, MESSAGE));
    const decoded = must(decodeSignature(Buffer.from(armor)));
    expect(must(verifySignature(decoded, NAMESPACE, MESSAGE))).toBe(true);
    expect(verifySignature(decoded, NAMESPACE, Buffer.from('another')).ok).toBe(false);
    expect(await keygenVerify(token.blob, armor)).toBe(0);
  });

  it('is refused when nobody touched it: when it signs, and in a file', async () => {
    const { agent: token, socket } = await opened(type);
    const [key] = must(await listAgentKeys(socket));
    const signer = must(await agentSigner(socket, key?.fingerprint ?? ''));
    token.flags = UNTOUCHED;
    expect(await signer.sign(NAMESPACE, MESSAGE)).toMatchObject({
      ok: false,
      error: { code: 'trust', message: expect.stringContaining('touching') as string },
    });
    token.flags = TOUCHED;
    const decoded = must(decodeSignature(Buffer.from(must(await signer.sign(NAMESPACE, MESSAGE)))));
    // The flags stand five bytes before the end of the field, before the counter.
    const field = Buffer.from(decoded.field);
    field[field.length - 5] = UNTOUCHED;
    const stripped = must(decodeSignature(Buffer.from(encodeSignature(decoded.key.blob, NAMESPACE, field))));
    expect(verifySignature(stripped, NAMESPACE, MESSAGE)).toMatchObject({ error: { code: 'trust' } });
  });
});

it('cannot sign from its file: that is only a handle', async () => {
  const { agent: token } = await opened('sk-ssh-ed25519@openssh.com');
  const file = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    ...['none', 'none', ''].map((text) => sized(Buffer.from(text))),
    ...[Buffer.of(0, 0, 0, 1), sized(token.blob), sized(Buffer.alloc(64))],
  ]);
  const path = join(root, 'id_ed25519_sk');
  const body = file.toString('base64').replace(/(.{70})/g, '$1\n');
  await writeFile(path, `-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END OPENSSH PRIVATE KEY-----\n`);
  expect(await keyFileSigner(path)).toMatchObject({
    ok: false,
    error: { code: 'unsupported', hint: expect.stringContaining('ssh-add') as string },
  });
});

function sized(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
