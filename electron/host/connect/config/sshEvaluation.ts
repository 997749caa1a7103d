/**
 * Has the system's ssh evaluate its configuration for a host (`ssh -G`, ssh(1)). It runs the `Match exec` commands of
 * the configuration: must only be called when a person allowed that, or when there are none.
 */
import { execFile } from 'node:child_process';
import { fail, ok, type Result } from '../../../contract/result.ts';
import { localEnvironment } from '../local/localEnvironment.ts';
import { cleanLine } from '../serverText.ts';
import type { Evaluated, HostQuery, Setting } from './evaluate.ts';
import { expandTilde } from './tokens.ts';

const TIMEOUT_MS = 20_000;
const MAX_BYTES = 1024 * 1024;

export interface SshProgram {
  /** Path of ssh. */
  readonly path: string;
  /** In place of the usual files; `none` for none. */
  readonly configFile?: string;
}

/** What ssh prints for this host, for `readSshOutput`. What it could not read comes back in its own words. */
export async function evaluateWithSsh(program: SshProgram, query: HostQuery): Promise<Result<string>> {
  const { alias, user, port } = query;
  // `--` ends the options; still, no name that looks like one is ever handed to a program.
  if (alias.startsWith('-') || user?.startsWith('-') === true) {
    return fail('bad-request', 'A host or user name must not begin with a hyphen.');
  }
  const args = [
    '-G',
    ...(program.configFile === undefined ? [] : ['-F', program.configFile]),
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    '--',
    alias,
  ];
  return new Promise((resolve) => {
    const options = {
      env: localEnvironment(process.env),
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL' as const,
      maxBuffer: MAX_BYTES,
    };
    const child = execFile(program.path, args, options, (error, stdout, stderr) => {
      if (error === null) {
        resolve(ok(stdout));
        return;
      }
      const said = cleanLine(stderr.trim().split(/\r?\n/).slice(0, 4).join(' '), 400);
      const why =
        error.killed === true
          ? `ssh needed more than ${String(TIMEOUT_MS / 1000)} s to evaluate it`
          : said === ''
            ? `ssh could not evaluate it (${String(error.code ?? 'no reason given')})`
            : said;
      resolve(
        fail('bad-request', `The OpenSSH configuration cannot be used for ${alias}: ${why}`, {
          kept: 'Nothing was sent to any host.',
          hint: 'Try "ssh -G" with this host in a terminal. Mend the file, or switch its use off in Settings.',
        }),
      );
    });
    child.stdin?.end();
  });
}

/** Keywords whose line holds several words. ssh does not quote them: a path with a space cannot be told apart. */
const LISTS: ReadonlySet<string> = new Set(['userknownhostsfile', 'globalknownhostsfile']);
/** What ssh fills in itself and prints as a name, so that a `%` in it is no token any more. */
const FINAL: ReadonlySet<string> = new Set(['hostname', 'proxyjump']);
/** ssh prints what it would use where nothing is set; these values say nothing. */
const UNSET: Readonly<Record<string, string>> = {
  serveraliveinterval: '0',
  serveralivecountmax: '3',
  controlmaster: 'false',
};
const USUAL_KEY = /^~\/\.ssh\/id_(?:rsa|dsa|xmss|ecdsa|ed25519|ecdsa_sk|ed25519_sk)$/;

/**
 * Lines of `keyword value`. `own` is this app's reading of the same files: it tells what is set from what is usual, and
 * where it is set.
 */
export function readSshOutput(text: string, own: Evaluated | null, home: string): Evaluated {
  const settings = new Map<string, Setting[]>();
  for (const line of text.split('\n')) {
    const at = line.indexOf(' ');
    if (at < 1) continue;
    const keyword = line.slice(0, at).toLowerCase();
    const rest = line.slice(at + 1);
    const known = own?.settings.get(keyword);
    if (known === undefined && rest === UNSET[keyword]) continue;
    const place = known?.[0] ?? { file: 'ssh -G', line: 0 };
    const words = LISTS.has(keyword)
      ? rest.split(' ')
      : [FINAL.has(keyword) ? rest.replaceAll('%', '%%') : rest];
    const setting: Setting = { words, rest, file: place.file, line: place.line };
    const held = settings.get(keyword);
    if (held === undefined) settings.set(keyword, [setting]);
    else held.push(setting);
  }
  const keys = settings.get('identityfile') ?? [];
  if (keys.length > 3 && keys.every((key) => USUAL_KEY.test(key.rest))) settings.delete('identityfile');
  for (const keyword of LISTS) {
    const known = own?.settings.get(keyword);
    if (known === undefined && isUsualList(settings.get(keyword)?.[0])) settings.delete(keyword);
    else if (known?.[0] !== undefined && isSameList(known[0], settings.get(keyword)?.[0], home)) {
      settings.set(keyword, [known[0]]);
    }
  }
  return { settings };
}

/** The same files, but read with their quotes: so that a space in a path does not make two of it. */
function isSameList(own: Setting, seen: Setting | undefined, home: string): boolean {
  return own.words.map((word) => expandTilde(word, home)).join(' ') === seen?.rest;
}

function isUsualList(setting: Setting | undefined): boolean {
  return /^\S*\/(?:ssh_)?known_hosts \S*\/(?:ssh_)?known_hosts2$/.test(setting?.rest ?? '');
}
