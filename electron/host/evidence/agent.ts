/**
 * A small client of ssh-agent (OpenSSH PROTOCOL.agent) that lists keys and signs. ssh2's own client leaves out key
 * types and gives bare signatures, which do not fit an SSHSIG.
 */
import { connect } from 'node:net';
import { fail, ok, type Result } from '../../contract/result.ts';
import { fingerprintOf, padRsa, parsePublicKey, verifySignatureField } from './sshkey.ts';
import type { Signer } from './signer.ts';
import { digestOf, encodeSignature, toBeSigned } from './sshsig.ts';
import { SshFormatError, SshReader, sshString, sshUint32 } from './sshwire.ts';

const REQUEST_IDENTITIES = 11;
const IDENTITIES_ANSWER = 12;
const SIGN_REQUEST = 13;
const SIGN_RESPONSE = 14;
const RSA_SHA2_512 = 4;
const MAX_REPLY_BYTES = 256 * 1024;
const LIST_TIMEOUT_MS = 5_000;
/** A person may have to touch a token or confirm in a window. */
const SIGN_TIMEOUT_MS = 120_000;

export interface AgentKey {
  readonly blob: Buffer;
  readonly comment: string;
  readonly fingerprint: string;
}

/** Keys the agent holds. `network` when there is no agent at this socket. */
export async function listAgentKeys(socket: string): Promise<Result<readonly AgentKey[]>> {
  const reply = await ask(socket, Buffer.of(REQUEST_IDENTITIES), LIST_TIMEOUT_MS);
  if (!reply.ok) return reply;
  return read(reply.value, (reader) => {
    if (reader.byte() !== IDENTITIES_ANSWER) return fail('refused', 'the agent does not list its keys');
    const keys: AgentKey[] = [];
    for (let left = reader.uint32(); left > 0; left -= 1) {
      const blob = Buffer.from(reader.string());
      keys.push({ blob, comment: reader.string().toString('utf8'), fingerprint: fingerprintOf(blob) });
    }
    reader.end();
    return ok(keys);
  });
}

/** Signer from the agent's key with this fingerprint (`SHA256:...`). `not-found` when the agent does not hold it. */
export async function agentSigner(socket: string, fingerprint: string): Promise<Result<Signer>> {
  const keys = await listAgentKeys(socket);
  if (!keys.ok) return keys;
  const held = keys.value.find((key) => key.fingerprint === fingerprint);
  if (held === undefined) {
    return fail('not-found', `the agent does not hold the key ${fingerprint}`, {
      hint: 'Add it with ssh-add.',
    });
  }
  const key = parsePublicKey(held.blob);
  if (!key.ok) return key;
  return ok({
    publicKeyBlob: held.blob,
    keyType: key.value.type,
    fingerprint,
    sign: async (namespace, message) => {
      const signed = toBeSigned(namespace, digestOf(message));
      const flags = key.value.type === 'ssh-rsa' ? RSA_SHA2_512 : 0;
      const request = Buffer.concat([
        Buffer.of(SIGN_REQUEST),
        sshString(held.blob),
        sshString(signed),
        sshUint32(flags),
      ]);
      const reply = await ask(socket, request, SIGN_TIMEOUT_MS);
      if (!reply.ok) return reply;
      const field = read(reply.value, readSignature);
      if (!field.ok) return field;
      const whole = key.value.type === 'ssh-rsa' ? padField(key.value, field.value) : field.value;
      // An agent that returns something else than was asked for is found out here, not by the auditor.
      const good = verifySignatureField(key.value, whole, signed);
      return good.ok ? ok(encodeSignature(held.blob, namespace, whole)) : good;
    },
  });
}

function readSignature(reader: SshReader): Result<Buffer> {
  if (reader.byte() !== SIGN_RESPONSE) {
    return fail('refused', 'the agent refused to sign', {
      hint: 'Confirm the request, touch the token, or add a key without a destination constraint.',
    });
  }
  const field = Buffer.from(reader.string());
  reader.end();
  return ok(field);
}

function padField(key: Parameters<typeof padRsa>[0], field: Buffer): Buffer {
  const parts = read(field, (reader) => ok([reader.string(), reader.string()] as const));
  if (!parts.ok) return field;
  return Buffer.concat([sshString(parts.value[0]), sshString(padRsa(key, parts.value[1]))]);
}

function read<T>(bytes: Buffer, parse: (reader: SshReader) => Result<T>): Result<T> {
  try {
    return parse(new SshReader(bytes));
  } catch (e) {
    if (e instanceof SshFormatError) return fail('corrupt', `the answer of the agent ${e.message}`);
    throw e;
  }
}

/** One request, one reply, one connection. */
function ask(socket: string, request: Buffer, timeoutMs: number): Promise<Result<Buffer>> {
  return new Promise((resolve) => {
    const connection = connect(socket);
    let received = Buffer.alloc(0);
    const done = (result: Result<Buffer>) => {
      connection.destroy();
      resolve(result);
    };
    connection.setTimeout(timeoutMs, () => {
      done(fail('network', 'the agent does not answer', { hint: 'Check ssh-add -l in a terminal.' }));
    });
    connection.on('error', () => {
      done(
        fail('network', `no agent answers at ${socket}`, {
          hint: 'Start ssh-agent or choose a key file in Settings.',
        }),
      );
    });
    connection.on('close', () => {
      done(fail('network', 'the agent closed the connection without an answer'));
    });
    connection.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 4) return;
      const length = received.readUInt32BE();
      if (length > MAX_REPLY_BYTES) done(fail('corrupt', 'the answer of the agent is too large'));
      else if (received.length >= 4 + length) done(ok(received.subarray(4, 4 + length)));
    });
    connection.write(sshString(request));
  });
}
