/**
 * What the person's OpenSSH configuration comes to for one host, as `ssh -G` prints it. Runs ssh without connecting;
 * whoever calls it has had `Match exec` commands confirmed.
 */
import { execFile } from 'node:child_process';
import { fail, ok } from '../../../contract/result.ts';
import type { Result } from '../../../contract/result.ts';
import { cleanLine } from '../serverText.ts';
import { algorithmKinds, kindsOfAlgorithms } from './algorithms.ts';
import type { AlgorithmKind, AlgorithmLists } from './algorithms.ts';

export interface EffectiveConfig {
  readonly algorithms: AlgorithmLists;
  readonly proxyCommand?: string;
}

export interface ConfigQuery {
  readonly ssh: string;
  readonly environment: Record<string, string>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Evaluates the configuration for the arguments of a connection (without the program). */
export async function readEffectiveConfig(
  address: string,
  query: ConfigQuery,
  args: readonly string[],
): Promise<Result<EffectiveConfig>> {
  const ran = await runSsh(query, ['-G', ...args]);
  if (ran.ok) return ok(parseEffectiveConfig(ran.value));
  return fail('bad-request', `The ssh configuration for ${address} cannot be used: ${ran.error}`, {
    hint: 'Put the configuration right (the message names file and line), then connect again.',
  });
}

/** Reads `ssh -G` output: a keyword in lower case, a space, and its value. The first of several counts. */
export function parseEffectiveConfig(text: string): EffectiveConfig {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const at = line.indexOf(' ');
    if (at > 0 && !values.has(line.slice(0, at))) values.set(line.slice(0, at), line.slice(at + 1).trim());
  }
  const algorithms: Partial<Record<AlgorithmKind, readonly string[]>> = {};
  for (const kind of kindsOfAlgorithms) {
    const value =
      values.get(kind) ??
      (kind === 'pubkeyacceptedalgorithms' ? values.get('pubkeyacceptedkeytypes') : undefined);
    if (value !== undefined && value !== '') algorithms[kind] = value.split(',');
  }
  const proxyCommand = values.get('proxycommand');
  return {
    algorithms,
    ...(proxyCommand === undefined || proxyCommand === 'none' ? {} : { proxyCommand }),
  };
}

/** Everything this ssh can do, for a legacy profile. A list that cannot be had is left out. */
export async function readSupported(query: ConfigQuery): Promise<AlgorithmLists> {
  const lists: Partial<Record<AlgorithmKind, readonly string[]>> = {};
  for (const kind of kindsOfAlgorithms) {
    const ran = await runSsh(query, ['-Q', algorithmKinds[kind].query]);
    if (ran.ok) lists[kind] = ran.value.split('\n').filter((name) => name !== '');
  }
  return lists;
}

/** What this ssh uses without any configuration. */
export async function readDefaults(query: ConfigQuery): Promise<AlgorithmLists> {
  const ran = await runSsh(query, ['-G', '-F', 'none', '--', 'localhost']);
  return ran.ok ? parseEffectiveConfig(ran.value).algorithms : {};
}

function runSsh(query: ConfigQuery, args: readonly string[]): Promise<Result<string, string>> {
  return new Promise((resolve) => {
    const child = execFile(
      query.ssh,
      args,
      {
        env: query.environment,
        timeout: query.timeoutMs,
        maxBuffer: 4 * 1024 * 1024,
        ...(query.signal === undefined ? {} : { signal: query.signal }),
      },
      (error, stdout, stderr) => {
        if (error === null) resolve(ok(stdout));
        else {
          const said = stderr
            .split('\n')
            .filter((line) => line.trim() !== '' && !line.startsWith('Pseudo-terminal'));
          resolve({ ok: false, error: cleanLine(said.slice(0, 3).join(' ') || error.message, 300) });
        }
      },
    );
    child.stdin?.end();
  });
}
