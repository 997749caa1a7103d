/**
 * Keys that an SSH agent holds, one at a time: the server's answer to each must be seen, because a key can be one of
 * several proofs that the server wants.
 */
import ssh2 from 'ssh2';
import type { BaseAgent, ParsedKey, SignCallback, SigningRequestOptions } from 'ssh2';

type AnyKey = ParsedKey | Buffer | string;

export interface AgentKeys {
  readonly keys: readonly ParsedKey[];
  readonly notes: readonly string[];
}

/** The keys that can be used, and what to tell when there are none. Never rejects. */
export async function agentKeys(socket: string): Promise<AgentKeys> {
  const listed = await new Promise<ParsedKey[] | Error>((resolve) => {
    ssh2.createAgent(socket).getIdentities((error, keys) => {
      resolve(error instanceof Error ? error : (keys ?? []).filter(isParsedKey));
    });
  });
  if (listed instanceof Error) return { keys: [], notes: [`The agent at ${socket} does not answer.`] };
  if (listed.length > 0) return { keys: listed, notes: [] };
  const note =
    'The agent holds no key that the built-in client can use (FIDO keys and certificates need the system ssh).';
  return { keys: [], notes: [note] };
}

/** An agent that shows one key of the agent at `socket`. */
export function singleKeyAgent(socket: string, key: ParsedKey): BaseAgent {
  return new SingleKeyAgent(ssh2.createAgent(socket), key);
}

function isParsedKey(key: unknown): key is ParsedKey {
  return typeof key === 'object' && key !== null && 'type' in key && 'getPublicSSH' in key;
}

class SingleKeyAgent extends ssh2.BaseAgent {
  readonly #agent: BaseAgent;
  readonly #key: ParsedKey;

  constructor(agent: BaseAgent, key: ParsedKey) {
    super();
    this.#agent = agent;
    this.#key = key;
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
    if (typeof options === 'function') this.#agent.sign(key, data, options);
    else this.#agent.sign(key, data, options, done);
  }
}
