/** A plain ssh2 client of a rehearsal host that lives as long as one test. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ssh2, { type Client, type ClientChannel, type PseudoTtyOptions } from 'ssh2';
import { onTestFinished } from 'vitest';
import {
  startRehearsalHost,
  type RehearsalHost,
  type RehearsalOptions,
} from '../../../electron/host/rehearsal/rehearsalHost.ts';

export const assets = fileURLToPath(new URL('../../../assets/rehearsal', import.meta.url));

/** Starts a host in a folder of its own; both are gone when the test ends. */
export async function startHost(
  shared: Pick<RehearsalOptions, 'prepared'> = {},
): Promise<{ readonly host: RehearsalHost; readonly dir: string }> {
  const dir = await mkdtemp(join(tmpdir(), 'holdpoint-rehearsal-test-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const started = await startRehearsalHost({ dir, assets, ...shared });
  if (!started.ok) throw new Error(started.error.message);
  // Called before the removal above: hooks run in reverse order.
  onTestFinished(() => started.value.close());
  return { host: started.value, dir };
}

/** Connects as the one user. The connection is ended when the test is. */
export async function connect(host: RehearsalHost): Promise<Client> {
  const client = new ssh2.Client();
  const privateKey = await readFile(host.identityFile);
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve).once('error', reject);
    client.connect({ host: host.host, port: host.port, username: host.user, privateKey });
  });
  client.on('error', () => undefined);
  onTestFinished(() => {
    client.end();
  });
  return client;
}

export interface Ended {
  readonly stdout: Buffer;
  readonly stderr: string;
  /** Null when there was no exit status. */
  readonly code: number | null;
  readonly signal: string | null;
}

export interface Command {
  readonly pty?: PseudoTtyOptions;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string | Buffer;
  /** Called with the channel as soon as it is open. */
  readonly opened?: (channel: ClientChannel) => void;
}

/** Runs one command and collects everything up to the close of its channel. */
export function exec(client: Client, command: string, more: Command = {}): Promise<Ended> {
  const options = { ...(more.pty ? { pty: more.pty } : {}), ...(more.env ? { env: more.env } : {}) };
  return new Promise((resolve, reject) => {
    client.exec(command, options, (error, channel) => {
      if (error) reject(error);
      else {
        resolve(collect(channel));
        if (more.input !== undefined) channel.end(more.input);
        more.opened?.(channel);
      }
    });
  });
}

/** Everything a channel gives until it closes. */
export function collect(channel: ClientChannel): Promise<Ended> {
  const out: Buffer[] = [];
  const errors: Buffer[] = [];
  let code: number | null = null;
  let signal: string | null = null;
  channel.on('data', (part: Buffer) => out.push(part));
  channel.stderr.on('data', (part: Buffer) => errors.push(part));
  channel.on('exit', (status: number | null, name?: string) => {
    code = status;
    signal = name ?? null;
  });
  return new Promise((resolve) => {
    channel.once('close', () => {
      resolve({ stdout: Buffer.concat(out), stderr: Buffer.concat(errors).toString(), code, signal });
    });
  });
}

/** Resolves when the text has appeared in the channel's output. */
export function seen(channel: ClientChannel, text: string): Promise<string> {
  let all = '';
  return new Promise((resolve, reject) => {
    channel.on('data', (part: Buffer) => {
      all += part.toString();
      if (all.includes(text)) resolve(all);
    });
    channel.once('close', () => {
      reject(new Error(`closed before “${text}”: ${all}`));
    });
  });
}

/** Whether a process is there. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Waits until something holds. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 15_000; Date.now() < end;) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`did not come true: ${what}`);
}
