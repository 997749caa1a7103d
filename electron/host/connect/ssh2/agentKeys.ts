/**
 * Keys that an SSH agent holds, one at a time: the server's answer to each must be seen, because a key can be one of
 * several proofs that the server wants. Must never pass over a key in silence that only the system ssh could use.
 */
import { connect } from 'node:net';
import ssh2 from 'ssh2';
import type { BaseAgent, ParsedKey, SignCallback, SigningRequestOptions } from 'ssh2';
import { keyTypeOf } from '../trust/knownHosts.ts';

type AnyKey = ParsedKey | Buffer | string;

export interface AgentKeys {
  readonly keys: readonly ParsedKey[];
  /** Why the agent, or some of its keys, cannot be used. */
  readonly notes: readonly string[];
}

const requestIdentities = 11;
const identitiesAnswer = 12;
const longestAnswer = 1 << 20;
const listTimeoutMs = 10_000;

/** The keys that can be used, and what to tell of the others. Never rejects. */
export async function agentKeys(socket: string): Promise<AgentKeys> {
  const blobs = await listBlobs(socket);
  if (blobs === undefined) return { keys: [], notes: [`The agent at ${socket} does not answer.`] };
  const keys: ParsedKey[] = [];
  const unusable = { fido: 0, certificate: 0, other: 0 };
  for (const blob of blobs) {
    const type = keyTypeOf(blob);
    if (type.includes('-cert-v01@')) unusable.certificate += 1;
    else if (type.startsWith('sk-')) unusable.fido += 1;
    else {
      const key = parsePublic(type, blob);
      if (key === undefined) unusable.other += 1;
      else keys.push(key);
    }
  }
  const told = [
    counted(unusable.fido, 'FIDO key'),
    counted(unusable.certificate, 'certificate'),
    counted(unusable.other, 'key of another kind'),
  ].filter((words) => words !== '');
  const notes =
    told.length === 0
      ? []
      : [`The agent holds ${told.join(' and ')} that the built-in client cannot use; the system ssh can.`];
  return { keys, notes };
}

/**
 * An agent that shows one key of the agent at `socket`. `outside` runs the signing with the network clock stopped: the
 * agent may ask its owner first.
 */
export function singleKeyAgent(
  socket: string,
  key: ParsedKey,
  outside: <T>(work: () => Promise<T>) => Promise<T>,
): BaseAgent {
  return new SingleKeyAgent(ssh2.createAgent(socket), key, outside);
}

function counted(count: number, noun: string): string {
  if (count === 0) return '';
  return count === 1
    ? `1 ${noun}`
    : `${String(count)} ${noun.replace(/^key/, 'keys').replace(/([^s])$/, '$1s')}`;
}

function parsePublic(type: string, blob: Buffer): ParsedKey | undefined {
  const parsed: unknown = ssh2.utils.parseKey(`${type} ${blob.toString('base64')}`);
  const key: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  return isParsedKey(key) && key.type !== 'ssh-dss' ? key : undefined;
}

function isParsedKey(key: unknown): key is ParsedKey {
  return typeof key === 'object' && key !== null && 'type' in key && 'getPublicSSH' in key;
}

/** Public key blobs in the agent's order (draft-miller-ssh-agent section 3.5), or undefined when it does not answer. */
function listBlobs(socket: string): Promise<readonly Buffer[] | undefined> {
  if (socket === 'pageant') return listThroughSsh2(socket);
  return new Promise((resolve) => {
    const stream = connect(socket);
    let held = Buffer.alloc(0);
    const done = (blobs: readonly Buffer[] | undefined): void => {
      clearTimeout(timer);
      stream.destroy();
      resolve(blobs);
    };
    const timer = setTimeout(() => {
      done(undefined);
    }, listTimeoutMs);
    stream.on('error', () => {
      done(undefined);
    });
    stream.on('close', () => {
      done(undefined);
    });
    stream.on('data', (bytes) => {
      held = Buffer.concat([held, bytes]);
      if (held.length < 4) return;
      const length = held.readUInt32BE(0);
      if (length > longestAnswer) done(undefined);
      else if (held.length >= 4 + length) done(blobsOf(held.subarray(4, 4 + length)));
    });
    stream.write(Uint8Array.of(0, 0, 0, 1, requestIdentities));
  });
}

function blobsOf(answer: Buffer): readonly Buffer[] | undefined {
  if (answer.length < 5 || answer[0] !== identitiesAnswer) return undefined;
  const blobs: Buffer[] = [];
  let at = 5;
  const next = (): Buffer | undefined => {
    if (at + 4 > answer.length) return undefined;
    const length = answer.readUInt32BE(at);
    if (at + 4 + length > answer.length) return undefined;
    at += 4 + length;
    return Buffer.from(answer.subarray(at - length, at));
  };
  for (let left = answer.readUInt32BE(1); left > 0; left -= 1) {
    const blob = next();
    const comment = next();
    if (blob === undefined || comment === undefined) return undefined;
    blobs.push(blob);
  }
  return blobs;
}

/** PuTTY's agent is reached through ssh2, which lists only what it can use. */
function listThroughSsh2(socket: string): Promise<readonly Buffer[] | undefined> {
  return new Promise((resolve) => {
    ssh2.createAgent(socket).getIdentities((error, keys) => {
      if (error instanceof Error) resolve(undefined);
      else resolve((keys ?? []).filter(isParsedKey).map((key) => key.getPublicSSH()));
    });
  });
}

class SingleKeyAgent extends ssh2.BaseAgent {
  readonly #agent: BaseAgent;
  readonly #key: ParsedKey;
  readonly #outside: <T>(work: () => Promise<T>) => Promise<T>;

  constructor(agent: BaseAgent, key: ParsedKey, outside: <T>(work: () => Promise<T>) => Promise<T>) {
    super();
    this.#agent = agent;
    this.#key = key;
    this.#outside = outside;
  }

  override getIdentities(callback: (error?: Error | null, keys?: AnyKey[]) => void): void {
    callback(null, [this.#key]);
  }

  override sign(
    key: AnyKey,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    done?: SignCallback,
  ): void {
    const settings = typeof options === 'function' ? {} : options;
    const answer = typeof options === 'function' ? options : done;
    void this.#outside(
      () =>
        new Promise<void>((resolve) => {
          this.#agent.sign(key, data, settings, (error, signature) => {
            resolve();
            answer?.(error, signature);
          });
        }),
    );
  }
}
