/** An OpenSSH folder of its own, and a desk that reads it. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { PromptAnswer, PromptQuestion } from '../../../../electron/contract/prompts.ts';
import type { Result } from '../../../../electron/contract/result.ts';
import {
  type ConfigDesk,
  type ConfigDeskOptions,
  createConfigDesk,
} from '../../../../electron/host/connect/config/configDesk.ts';
import { findOpenssh } from '../../../../electron/host/connect/openssh/findOpenssh.ts';

export interface SshHome {
  readonly home: string;
  readonly ssh: string;
  /** Writes a file of the folder, mode 0600. */
  write(name: string, text: string): Promise<string>;
  desk(change?: Partial<ConfigDeskOptions>): ConfigDesk;
}

export async function sshHome(config?: string): Promise<SshHome> {
  const home = await mkdtemp(join(tmpdir(), 'holdpoint-config-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const ssh = join(home, '.ssh');
  await mkdir(ssh, { mode: 0o700 });
  const write = async (name: string, text: string): Promise<string> => {
    const file = join(ssh, name);
    await writeFile(file, text, { mode: 0o600 });
    return file;
  };
  if (config !== undefined) await write('config', config);
  return {
    home,
    ssh,
    write,
    desk: (change = {}) =>
      createConfigDesk({
        ssh,
        settings: () => ({ sshConfig: 'use', matchExec: 'ask' }),
        program: async () => (await findOpenssh()).path ?? null,
        env: { SSH_AUTH_SOCK: '/run/agent' },
        ...change,
      }),
  };
}

/** Without the system's ssh: this app reads the configuration itself. */
export const WITHOUT_SSH: Partial<ConfigDeskOptions> = { program: () => Promise.resolve(null) };

/** Fails when anything is asked. */
export function nobody(): Promise<PromptAnswer> {
  return Promise.reject(new Error('nobody should have been asked'));
}

export function person(answer: PromptAnswer): {
  readonly asked: PromptQuestion[];
  readonly ask: (question: PromptQuestion) => Promise<PromptAnswer>;
} {
  const asked: PromptQuestion[] = [];
  return {
    asked,
    ask: (question) => {
      asked.push(question);
      return Promise.resolve(answer);
    },
  };
}

export function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}
