/** Connect options and answers for tests. */
import type { PromptAnswer, PromptQuestion } from '../../../electron/contract/prompts.ts';
import type { Result } from '../../../electron/contract/result.ts';
import type {
  Ask,
  ChannelEnd,
  CommandChannel,
  Connection,
  ConnectOptions,
  ExecRequest,
} from '../../../electron/host/connect/connection.ts';
import { connectSsh2 } from '../../../electron/host/connect/ssh2/ssh2Connection.ts';

/** Answers by kind of question, and keeps what was asked. A question without an answer is cancelled. */
export function answers(
  by: Partial<Record<PromptQuestion['kind'], (question: PromptQuestion, n: number) => PromptAnswer>> = {},
): {
  readonly ask: Ask;
  readonly asked: PromptQuestion[];
} {
  const asked: PromptQuestion[] = [];
  return {
    asked,
    ask: (_address, question) => {
      const n = asked.filter((one) => one.kind === question.kind).length;
      asked.push(question);
      return Promise.resolve(by[question.kind]?.(question, n) ?? { kind: 'cancel' });
    },
  };
}

export function text(...values: string[]): PromptAnswer {
  return { kind: 'text', values };
}

type Server = { readonly host: string; readonly port: number; readonly user: string };
type KeyServer = Server & { readonly knownHostsFile: string; readonly clientKeyFile: string };

/** Options for a server whose key is known and whose client key is at hand. */
export function knownOptions(server: KeyServer, change: Partial<ConnectOptions> = {}): ConnectOptions {
  return {
    ...plainOptions(server),
    knownHosts: [server.knownHostsFile],
    identityFiles: [server.clientKeyFile],
    ...change,
  };
}

export function plainOptions(server: Server, change: Partial<ConnectOptions> = {}): ConnectOptions {
  return {
    host: server.host,
    port: server.port,
    user: server.user,
    knownHosts: [],
    identityFiles: [],
    ask: answers().ask,
    timeoutMs: 60_000,
    keepAlive: { intervalMs: 0, count: 3 },
    ...change,
  };
}

export function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

export function failure<T>(result: Result<T>): { code: string; message: string; hint: string } {
  if (result.ok) throw new Error('expected a failure');
  const { code, message, hint = '' } = result.error;
  return { code, message, hint };
}

export async function connectTo(options: ConnectOptions): Promise<Connection> {
  return value(await connectSsh2(options));
}

export interface Ran {
  readonly end: ChannelEnd;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** Starts a command; the outputs fill as it runs. */
export async function start(
  connection: Connection,
  command: string,
  change: Partial<ExecRequest> = {},
): Promise<{
  channel: CommandChannel;
  stdout: () => Buffer;
  stderr: () => Buffer;
  until: (words: string) => Promise<void>;
  done: Promise<Ran>;
}> {
  const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const waiting = new Set<() => void>();
  const channel = value(
    await connection.exec({
      command,
      onData: (stream, bytes) => {
        chunks[stream].push(Buffer.from(bytes));
        for (const look of waiting) look();
      },
      ...change,
    }),
  );
  const stdout = (): Buffer => Buffer.concat(chunks.stdout);
  const stderr = (): Buffer => Buffer.concat(chunks.stderr);
  return {
    channel,
    stdout,
    stderr,
    until: (words) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!stdout().includes(words) && !stderr().includes(words)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    done: channel.ended.then((end) => ({ end, stdout: stdout(), stderr: stderr() })),
  };
}

/** Runs a command to its end, its standard input closed at once. */
export async function run(
  connection: Connection,
  command: string,
  change: Partial<ExecRequest> = {},
): Promise<Ran> {
  const started = await start(connection, command, change);
  if (change.pty === undefined) started.channel.endInput();
  return started.done;
}
