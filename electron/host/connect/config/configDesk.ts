/**
 * What the OpenSSH configuration says of a host, by the system's ssh where there is one, else by this app's own reader.
 * Commands of `Match exec` only run after a person (or the settings) allowed these very commands.
 */
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import type { Settings } from '../../../contract/settings.ts';
import type { PromptAnswer, PromptQuestion } from '../../../contract/prompts.ts';
import { fail, ok, type Result } from '../../../contract/result.ts';
import { type ConfigLine, type ConfigSource, ownConfig, readConfig, systemConfig } from './configFiles.ts';
import { evaluateConfig, type HostQuery, type MatchExec, matchExecs } from './evaluate.ts';
import {
  type ConfigNote,
  type Here,
  type HostConfig,
  hostConfigFrom,
  ignoredOf,
  plainHost,
} from './hostConfig.ts';
import { evaluateWithSsh, readSshOutput } from './sshEvaluation.ts';

export interface ConfigDeskOptions {
  /** OpenSSH's folder of this person. */
  readonly ssh: string;
  readonly settings: () => Pick<Settings, 'sshConfig' | 'matchExec'>;
  /** Path of the system's ssh, or null where there is none. */
  readonly program: () => Promise<string | null>;
  /** In place of the usual files: a file, or `none`. */
  readonly configFile?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Puts the question to a person. */
export type AskMatchExec = (
  question: Extract<PromptQuestion, { kind: 'match-exec' }>,
) => Promise<PromptAnswer>;

export interface Evaluation {
  readonly config: HostConfig;
  /** What to tell of how it was evaluated. */
  readonly notes: readonly ConfigNote[];
  /** What the system's ssh has to be called with to see the same: a file, `none`, or its own choice when absent. */
  readonly configFile?: string;
}

export interface ConfigDesk {
  /** Everything about one host. Asks when evaluating it would run commands. */
  evaluate(query: Omit<HostQuery, 'localUser'>, ask: AskMatchExec): Promise<Result<Evaluation>>;
}

/** Commands that a person can be asked about. More are never allowed by an answer: not all of them would be seen. */
const MAX_ASKED = 50;
/** At most so many ssh processes at a time: a group may have 500 members. */
const MAX_AT_ONCE = 8;

export function createConfigDesk(options: ConfigDeskOptions): ConfigDesk {
  const env = options.env ?? process.env;
  const account = accountHere();
  const home = dirname(options.ssh);
  const here: Here = { home, localUser: account.name, env };
  const consent = createConsent(() => options.settings().matchExec);
  const gate = createGate(MAX_AT_ONCE);

  /** Named file, or the folder's own where the folder is not the account's: ssh would not find that by itself. */
  function namedFile(): string | undefined {
    if (options.configFile !== undefined) return options.configFile;
    return home === account.home ? undefined : join(options.ssh, 'config');
  }

  async function readFiles(file: string | undefined): Promise<Result<readonly ConfigLine[][]>> {
    // ssh looks for `~` and for relative names in the account's own folder, whatever file it was given.
    const sources: ConfigSource[] = [ownConfig(join(account.home, '.ssh'), file)];
    if (file === undefined && process.platform !== 'win32') sources.push(systemConfig());
    const read: ConfigLine[][] = [];
    for (const source of sources) {
      const lines = await readConfig(source, account.home, env);
      if (!lines.ok) return lines;
      read.push(lines.value);
    }
    return ok(read);
  }

  return {
    async evaluate(asked, ask) {
      const query: HostQuery = { ...asked, localUser: here.localUser };
      const file = namedFile();
      if (options.settings().sshConfig === 'ignore' || file === 'none') {
        return ok({ config: plainHost(query, here), notes: [], configFile: 'none' });
      }
      const files = await readFiles(file);
      if (!files.ok) return files;
      const execs = matchExecs(files.value);
      const own = evaluateConfig(files.value, query);
      const program = await options.program();
      const allowed = program !== null && (execs.length === 0 || (await consent(execs, ask)));
      if (program === null || !allowed) {
        if (!own.ok) return unreadable(own.file, own.line, own.why);
        const config = hostConfigFrom(own.value, query, here, {
          by: 'app',
          ignored: ignoredOf(own.value, null),
        });
        if (!config.ok) return config;
        return ok({ config: config.value, notes: execs.map(notRun), configFile: 'none' });
      }
      const exists = file === undefined || files.value.some((lines) => lines.length > 0);
      const configFile = exists ? file : 'none';
      const named = configFile === undefined ? {} : { configFile };
      const printed = await gate(() => evaluateWithSsh({ path: program, ...named }, query));
      if (!printed.ok) return printed;
      const mine = own.ok ? own.value : null;
      const seen = readSshOutput(printed.value, mine, account.home);
      const config = hostConfigFrom(seen, query, here, { by: 'ssh', ignored: ignoredOf(mine, seen) });
      if (!config.ok) return config;
      return ok({ config: config.value, notes: execs.map(ran), ...named });
    },
  };
}

function ran({ command, file, line }: MatchExec): ConfigNote {
  return {
    text: `The configuration runs this command when it is evaluated (Match exec): ${command}`,
    file,
    line,
  };
}

function notRun({ command, file, line }: MatchExec): ConfigNote {
  return {
    text: `Match exec was not allowed, so what it guards is left out; this app read the configuration itself: ${command}`,
    file,
    line,
  };
}

function unreadable(file: string, line: number, why: string): Result<never> {
  return fail('bad-request', `The OpenSSH configuration cannot be used: ${file}:${String(line)}: ${why}.`, {
    kept: 'Nothing was sent to any host.',
    hint: 'Mend the file, or switch its use off in Settings.',
  });
}

/** Whether commands may run. One question for the same commands at a time, whoever needs the answer. */
function createConsent(
  policy: () => Settings['matchExec'],
): (execs: readonly MatchExec[], ask: AskMatchExec) => Promise<boolean> {
  const remembered = new Set<string>();
  const asking = new Map<string, Promise<boolean>>();
  return (execs, ask) => {
    const rule = policy();
    if (rule !== 'ask') return Promise.resolve(rule === 'allow');
    if (execs.length > MAX_ASKED) return Promise.resolve(false);
    // Another command, or one in another place, is another question.
    const key = JSON.stringify(execs);
    if (remembered.has(key)) return Promise.resolve(true);
    const open = asking.get(key);
    if (open !== undefined) return open;
    const answer = ask({ kind: 'match-exec', commands: execs })
      .then((given) => {
        if (given.kind === 'trust' && given.remember) remembered.add(key);
        return given.kind === 'trust';
      })
      .finally(() => asking.delete(key));
    asking.set(key, answer);
    return answer;
  };
}

function createGate(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
}

function accountHere(): { readonly name: string; readonly home: string } {
  try {
    const { username, homedir } = userInfo();
    return { name: username, home: homedir };
  } catch {
    // A user id without an entry in the user database, as containers have.
    return { name: process.env['USER'] ?? 'operator', home: process.env['HOME'] ?? '/' };
  }
}
