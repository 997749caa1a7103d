/** A real server, connections to it and a prepared host, for tests of what lives on hosts. */
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { onTestFinished } from 'vitest';
import type { Result } from '../../../electron/contract/result.ts';
import type { Connect, Connection } from '../../../electron/host/connect/connection.ts';
import { connectSsh2 } from '../../../electron/host/connect/ssh2/ssh2Connection.ts';
import {
  type DetachedChannel,
  type DetachedEnd,
  type DetachedLive,
  detachedJob,
  followDetached,
} from '../../../electron/host/remote/detached.ts';
import { prepareHost } from '../../../electron/host/remote/hostSession.ts';
import { processesWith, sendSignal } from '../../fixtures/sshd/processes.ts';
import { startSshd, type SshdFixture, type SshdOptions } from '../../fixtures/sshd/startSshd.ts';
import { knownOptions } from '../connect/options.ts';

export function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

export interface Host {
  readonly server: SshdFixture;
  readonly runId: string;
  readonly connect: () => Promise<Connection>;
  /** A new connection, prepared like that of a run. */
  readonly live: () => Promise<DetachedLive>;
  /** Folder of a job; the jobs of this host are removed when the test is over. */
  readonly folder: (id: string) => string;
  readonly job: (step: string, attempt?: number) => string;
}

/** One server for a test file. `stop` ends everything that it started, jobs included. */
export async function startHost(
  options: SshdOptions = {},
  engine: Connect = connectSsh2,
): Promise<Host & { stop(): Promise<void> }> {
  const server = await startSshd(options);
  const runId = `T${randomBytes(8).toString('hex')}`;
  const jobs = new Set<string>();
  const open = new Set<Connection>();
  const connect = async (): Promise<Connection> => {
    const connection = must(await engine(knownOptions(server, { configFile: 'none' })));
    open.add(connection);
    return connection;
  };
  const folder = (id: string): string => `/var/tmp/holdpoint-${id}`;
  return {
    server,
    runId,
    connect,
    folder,
    live: async () => {
      const connection = await connect();
      return { connection, prepared: must(await prepareHost(connection, { runId })) };
    },
    job: (step, attempt = 1) => {
      const id = detachedJob(runId, step, attempt);
      jobs.add(id);
      return id;
    },
    stop: async () => {
      for (const connection of open) await connection.close();
      await server.stop();
      for (const pid of await processesWith(`SSHD_FIXTURE=${server.dir}`)) sendSignal(pid, 'SIGKILL');
      for (const id of jobs) await rm(folder(id), { recursive: true, force: true });
      await rm(`/dev/shm/holdpoint-${runId}`, { recursive: true, force: true });
    },
  };
}

export interface Followed {
  readonly channel: DetachedChannel;
  readonly bytes: () => Buffer;
  /** Waits until the output holds these words. */
  readonly until: (words: string) => Promise<void>;
  readonly ended: Promise<DetachedEnd>;
}

/** Follows a job and keeps what it gets. */
export async function follow(
  live: Pick<DetachedLive, 'connection'>,
  id: string,
  fromByte = 0,
): Promise<Followed> {
  const chunks: Buffer[] = [];
  let whole = Buffer.alloc(0);
  const waiting = new Set<() => void>();
  const channel = must(
    await followDetached(live, { id }, fromByte, {
      onData: (bytes) => {
        chunks.push(Buffer.from(Uint8Array.from(bytes)));
        for (const look of waiting) look();
      },
    }),
  );
  const bytes = (): Buffer => {
    whole = Buffer.concat([whole, ...chunks.splice(0)]);
    return whole;
  };
  return {
    channel,
    bytes,
    until: (words) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!bytes().includes(words)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        void channel.ended.then((end) => {
          look();
          reject(
            new Error(
              `ended before ${words}: ${JSON.stringify(end)} ${bytes().toString('utf8').slice(-300)}`,
            ),
          );
        });
        look();
      }),
    ended: channel.ended,
  };
}

/** Waits for a fact, looking 20 times a second; the test's own time limit ends it. */
export async function eventually(holds: () => Promise<boolean> | boolean): Promise<void> {
  const state = { over: false };
  onTestFinished(() => {
    state.over = true;
  });
  while (!state.over && !(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
}
