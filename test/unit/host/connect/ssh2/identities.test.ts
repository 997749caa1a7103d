import { execFile } from 'node:child_process';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { agentKeys } from '../../../../../electron/host/connect/ssh2/agentKeys.ts';
import { earlyRefusal, gatherIdentities } from '../../../../../electron/host/connect/ssh2/identities.ts';
import { makeAuthority, signKey } from '../../../../fixtures/sshd/certificates.ts';
import { startAgent } from '../../../../fixtures/sshd/startAgent.ts';
import { makeKey } from '../../../../fixtures/sshd/startSshd.ts';

let dir: string;
const closing: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'identities-'));
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

const at = (name: string): string => join(dir, name);
async function keys(...names: string[]): Promise<Buffer[]> {
  const made: Buffer[] = [];
  for (const name of names) {
    made.push(Buffer.from((await makeKey(at(name), 'ed25519')).split(' ')[1] ?? '', 'base64'));
  }
  return made;
}

async function agentWith(...files: string[]): Promise<string> {
  const agent = await startAgent();
  closing.push(() => agent.stop());
  for (const file of files) await agent.add(at(file));
  return agent.socket;
}

function field(bytes: Buffer | string): Buffer {
  const body = Buffer.from(bytes);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}

/** An agent that answers every request with these bytes. */
async function fakeAgent(answer: Buffer | undefined): Promise<string> {
  const socket = at(`agent-${String(closing.length)}-${String(Math.random())}`);
  const server = createServer((peer) => {
    peer.on('error', () => undefined);
    peer.on('data', () => (answer === undefined ? peer.destroy() : peer.write(answer)));
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  return socket;
}

describe('an agent', () => {
  it('is listed with what only the system ssh can use', async () => {
    const [plain = Buffer.alloc(0)] = await keys('plain');
    const sk = Buffer.concat([field('sk-ssh-ed25519@openssh.com'), field(Buffer.alloc(32)), field('ssh:')]);
    const odd = Buffer.concat([field('ssh-future'), field('x')]);
    const entries = [sk, plain, sk, odd].flatMap((blob) => [field(blob), field('comment')]);
    const count = Buffer.from([12, 0, 0, 0, 4]);
    const { keys: usable, notes } = await agentKeys(
      await fakeAgent(field(Buffer.concat([count, ...entries]))),
    );
    expect(usable.map((key) => key.getPublicSSH().equals(plain))).toEqual([true]);
    expect(notes.join(' ')).toMatch(/2 FIDO keys and 1 key of another kind/);
  });

  it('with a certificate (a real one) says so, and its plain key is used', async () => {
    await keys('certified');
    await signKey(await makeAuthority(at('ca')), at('certified'), 'user', ['root']);
    const { keys: usable, notes } = await agentKeys(await agentWith('certified'));
    expect(usable).toHaveLength(1);
    expect(notes.join(' ')).toContain('1 certificate');
  });

  it.each([
    ['hangs up', undefined],
    ['fails', Buffer.from([0, 0, 0, 1, 5])],
    ['says too little', Buffer.from([0, 0, 0, 5, 12, 0, 0, 0, 9])],
    ['says far too much', Buffer.from([0x7f, 0xff, 0xff, 0xff, 12])],
  ])('that %s is told of, not waited for', async (_what, answer) => {
    const { keys: usable, notes } = await agentKeys(await fakeAgent(answer));
    expect(usable).toEqual([]);
    expect(notes.join(' ')).toContain('does not answer');
  });

  it('that is not there is told of', async () => {
    expect((await agentKeys(at('nowhere'))).notes).toHaveLength(1);
  });
});

describe('what may be offered', () => {
  it('begins with agent keys that have a file; with IdentitiesOnly there are no others', async () => {
    const [, second = Buffer.alloc(0), third = Buffer.alloc(0)] = await keys('one', 'two', 'three');
    const agentSocket = await agentWith('one', 'two', 'three');
    await rename(at('three'), at('gone'));
    const hop = { agentSocket, identityFiles: [at('three'), at('two.pub')] };
    const blobs = async (identitiesOnly: boolean): Promise<string[]> =>
      (await gatherIdentities({ ...hop, identitiesOnly })).agent.map((key) =>
        key.getPublicSSH().toString('base64'),
      );
    expect((await blobs(false)).slice(0, 2).sort()).toEqual(
      [second, third].map((blob) => blob.toString('base64')).sort(),
    );
    expect(await blobs(false)).toHaveLength(3);
    expect(await blobs(true)).toHaveLength(2);
  });

  it('finds the public key of an old-format locked file beside it', async () => {
    await promisify(execFile)('ssh-keygen', [
      '-q',
      '-t',
      'rsa',
      '-m',
      'PEM',
      '-N',
      'secret',
      '-f',
      at('pem'),
    ]);
    await promisify(execFile)('cp', [at('pem'), at('pem-copy')]);
    const agent = await startAgent();
    closing.push(() => agent.stop());
    await promisify(execFile)('ssh-keygen', ['-q', '-p', '-P', 'secret', '-N', '', '-f', at('pem-copy')]);
    await agent.add(at('pem-copy'));
    const found = await gatherIdentities({
      agentSocket: agent.socket,
      identityFiles: [at('pem')],
      identitiesOnly: true,
    });
    expect(found.agent).toHaveLength(1);
    expect(found.files.map(({ identity }) => identity.kind)).toEqual(['locked']);
  });

  it('says what is left out', async () => {
    await keys('alone', 'with');
    await signKey(await makeAuthority(at('ca2')), at('with'), 'user', ['root']);
    const found = await gatherIdentities({ identityFiles: [at('alone.pub'), at('with'), at('missing')] });
    expect(found.notes).toEqual([`${at('alone.pub')}: is a public key, and no agent holds its private key.`]);
    expect(found.certificates).toEqual([`${at('with')}-cert.pub`]);
  });

  it('is refused at once when a certificate is asked for', async () => {
    await writeFile(at('x-cert.pub'), 'ssh-ed25519-cert-v01@openssh.com AAAA');
    const refused = await earlyRefusal(
      { identityFiles: [], certificateFiles: [at('none'), at('x-cert.pub')] },
      'u@h:22',
    );
    expect(refused).toMatchObject({
      code: 'unsupported',
      hint: expect.stringContaining('system ssh') as string,
    });
    expect(
      await earlyRefusal({ identityFiles: [], certificateFiles: [at('none')] }, 'u@h:22'),
    ).toBeUndefined();
  });
});
