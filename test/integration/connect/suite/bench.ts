/** What the engine tests share: servers that are ended with the test, and options for them. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { PromptAnswer, PromptQuestion } from '../../../../electron/contract/prompts.ts';
import type {
  Connect,
  Connection,
  ConnectOptions,
  Hop,
} from '../../../../electron/host/connect/connection.ts';
import { startAgent } from '../../../fixtures/sshd/startAgent.ts';
import { startFakeServer } from '../../../fixtures/sshd/startFakeServer.ts';
import type { FakeOptions, FakeServer } from '../../../fixtures/sshd/startFakeServer.ts';
import { startSshd } from '../../../fixtures/sshd/startSshd.ts';
import type { SshdFixture, SshdOptions } from '../../../fixtures/sshd/startSshd.ts';
import { knownOptions, plainOptions, value } from '../options.ts';

/** What an engine can do; everything else is the same for all. */
export interface Traits {
  /** Uses user certificates and checks host certificates. */
  readonly certificates: boolean;
  /** Notices that the connection went while a person is asked; the system's ssh waits for the answer first. */
  readonly noticesLossWhileAsking: boolean;
}

export interface Bench {
  readonly name: string;
  readonly connect: Connect;
  readonly traits: Traits;
  sshd(options?: SshdOptions): Promise<SshdFixture>;
  fake(options: FakeOptions): Promise<FakeServer>;
  agentWith(...files: string[]): Promise<string>;
  /** Connects and is closed with the test. */
  open(options: ConnectOptions): Promise<Connection>;
  options(server: SshdFixture, change?: Partial<ConnectOptions>): ConnectOptions;
  bare(
    server: { host: string; port: number; user: string },
    change?: Partial<ConnectOptions>,
  ): ConnectOptions;
  /** Runs at the end of the test. */
  onEnd(close: () => Promise<unknown>): void;
}

/** Call it inside a `describe`: what it starts ends after each test. */
export function createBench(name: string, connect: Connect, traits: Traits): Bench {
  const closing: (() => Promise<unknown>)[] = [];
  const onEnd = (close: () => Promise<unknown>): void => {
    closing.push(close);
  };
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  const own = { configFile: 'none' };
  return {
    name,
    connect,
    traits,
    onEnd,
    sshd: async (options = {}) => {
      const server = await startSshd(options);
      onEnd(() => server.stop());
      return server;
    },
    fake: async (options) => {
      const server = await startFakeServer(options);
      onEnd(() => server.stop());
      return server;
    },
    agentWith: async (...files) => {
      const agent = await startAgent();
      onEnd(() => agent.stop());
      for (const file of files) await agent.add(file);
      return agent.socket;
    },
    open: async (options) => {
      const connection = value(await connect(options));
      onEnd(() => connection.close());
      return connection;
    },
    options: (server, change = {}) => knownOptions(server, { ...own, ...change }),
    bare: (server, change = {}) => plainOptions(server, { ...own, ...change }),
  };
}

/** A server as a jump host: known, with a key of its own. */
export function hopOf(server: SshdFixture, change: Partial<Hop> = {}): Hop {
  return {
    host: server.host,
    port: server.port,
    user: server.user,
    knownHosts: [server.knownHostsFile],
    identityFiles: [server.clientKeyFile],
    keepAlive: { intervalMs: 0, count: 3 },
    ...change,
  };
}

export function addressOf(server: { host: string; port: number; user: string }): string {
  return `${server.user}@${server.host}:${String(server.port)}`;
}

/** A known_hosts file beside the server's own, with this content. */
export async function knownFile(server: { dir: string }, name: string, text: string): Promise<string> {
  const file = join(server.dir, name);
  await writeFile(file, text, { mode: 0o600 });
  return file;
}

/** Answers each field by its label, whether the questions come together or one by one. */
export function byLabel(
  values: Readonly<Record<string, string>>,
): (question: PromptQuestion) => PromptAnswer {
  return (question) => {
    if (question.kind !== 'keyboard-interactive') return { kind: 'cancel' };
    const valueOf = (label: string): string =>
      Object.entries(values).find(([word]) => label.toLowerCase().includes(word))?.[1] ?? '';
    return { kind: 'text', values: question.fields.map(({ label }) => valueOf(label)) };
  };
}
