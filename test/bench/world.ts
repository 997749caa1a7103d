/** A server, a home with a person's OpenSSH files, and a runbook of one's own: what each measurement starts from. */
import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { JournalRecord } from '../../electron/contract/records.ts';
import { removeHostFolders } from '../fixtures/runs/leftovers.ts';
import { type SshdFixture, startSshd } from '../fixtures/sshd/startSshd.ts';

export const run = promisify(execFile);

export interface World {
  readonly sshd: SshdFixture;
  /** HOLDPOINT_HOME. */
  readonly home: string;
  /** Environment of the app: its own home, its own person. */
  readonly env: NodeJS.ProcessEnv;
  /** Options of `ssh` that reach the server without a question. */
  readonly ssh: readonly string[];
  /** `user@host:port` */
  readonly address: string;
  /** Puts a runbook into the person's library. */
  addRunbook(id: string, yaml: string): Promise<void>;
  /** The records of the only run of this home. */
  journal(): Promise<readonly JournalRecord[]>;
  stop(): Promise<void>;
}

export async function createWorld(): Promise<World> {
  const sshd = await startSshd({ config: ['MaxSessions 200'] });
  const home = await mkdtemp(join(tmpdir(), 'hp-bench-'));
  const dotSsh = join(home, 'person', '.ssh');
  await mkdir(dotSsh, { recursive: true, mode: 0o700 });
  await copyFile(sshd.clientKeyFile, join(dotSsh, 'id_ed25519'));
  await chmod(join(dotSsh, 'id_ed25519'), 0o600);
  await writeFile(join(dotSsh, 'known_hosts'), `${sshd.hostKeyLine}\n`);
  const { SSH_AUTH_SOCK: _agent, ...env } = process.env;
  return {
    sshd,
    home,
    env: { ...env, HOME: join(home, 'person'), HOLDPOINT_HOME: home },
    address: `${sshd.user}@127.0.0.1:${String(sshd.port)}`,
    ssh: [
      ...['-F', 'none', '-i', sshd.clientKeyFile, '-p', String(sshd.port), '-l', sshd.user],
      ...[
        '-o',
        `UserKnownHostsFile=${sshd.knownHostsFile}`,
        '-o',
        'IdentitiesOnly=yes',
        '-o',
        'BatchMode=yes',
      ],
    ],
    addRunbook: async (id, yaml) => {
      const folder = join(home, 'data', 'runbooks');
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, `${id}.runbook.yaml`), yaml);
    },
    journal: () => readJournal(home),
    stop: async () => {
      await sshd.stop();
      await removeHostFolders(home);
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function readJournal(home: string): Promise<readonly JournalRecord[]> {
  const runs = join(home, 'data', 'runs');
  const [runId, second] = (await readdir(runs)).filter((name) => !name.startsWith('.'));
  if (runId === undefined || second !== undefined) throw new Error('one run was expected');
  const text = await readFile(join(runs, runId, 'journal.jsonl'), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JournalRecord);
}

/** A runbook of plain run steps on one target. */
export function runbookOf(
  id: string,
  steps: readonly { readonly id: string; readonly yaml: string }[],
): string {
  return `runbook: 1
id: ${id}
title: Measure
version: 1.0.0
kind: verification
service: Bench
summary: Measured.
targets:
  host: { title: Test host }
phases:
  - id: all
    steps:
${steps.map((step) => `      - id: ${step.id}\n${step.yaml.replace(/^/gm, '        ')}`).join('\n')}
`;
}

export const ANSWERS = `operator: { name: Bench, principal: bench@example.com }
change: { ticket: B-1, reason: Measured }
parameters: {}
variants: {}
steps: {}
`;
