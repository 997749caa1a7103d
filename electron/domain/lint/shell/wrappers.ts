/** Programs that start another one, and where in their arguments it stands. */
import { optionsOf } from './options.ts';
import type { Word } from './syntax.ts';

export type Inner =
  | { readonly kind: 'words'; readonly via: string; readonly words: readonly Word[] }
  /** One word that is a shell text of its own. */
  | { readonly kind: 'text'; readonly via: string; readonly word: Word };

/** Programs that run their arguments on another machine or in a container. */
export const REMOTE = ['kubectl exec', 'docker exec', 'docker compose exec', 'ssh'] as const;

const SHELLS = new Set(['sh', 'bash', 'dash', 'ash', 'zsh', 'ksh']);

/** Short options with a value, of wrappers that only have their own options before the program. */
const PLAIN: Readonly<Record<string, string>> = {
  sudo: 'ugCDhpRrTtU',
  doas: 'uC',
  exec: 'a',
  command: '',
  builtin: '',
  nohup: '',
  setsid: '',
  nice: 'n',
  ionice: 'cnp',
  stdbuf: 'ioe',
  xargs: 'aEdIiLlnPs',
  watch: 'n',
  env: 'uCS',
  'systemd-run': 'puHMEt',
};

/** What a program starts; null when it starts nothing. */
export function unwrap(name: string, args: readonly Word[]): Inner | null {
  if (SHELLS.has(name)) return shellText(name, args);
  const valued = PLAIN[name];
  if (valued !== undefined) {
    const rest = optionsOf(args, { short: valued, long: [], stop: true }).rest;
    const from = name === 'env' ? rest.findIndex((word) => !/^\w+=/.test(word.value)) : 0;
    return words(name, from === -1 ? [] : rest.slice(from));
  }
  if (name === 'timeout')
    return words(name, optionsOf(args, { short: 'ks', long: [], stop: true }).rest.slice(1));
  if (name === 'kubectl' || name === 'oc') return kubectl(args);
  if (name === 'docker' || name === 'podman') return docker(args);
  if (name === 'docker-compose') return compose(args);
  if (name === 'ssh') return ssh(args);
  return null;
}

function words(via: string, inner: readonly Word[]): Inner | null {
  return inner.length === 0 ? null : { kind: 'words', via, words: inner };
}

function shellText(via: string, args: readonly Word[]): Inner | null {
  const at = args.findIndex((word) => /^-[a-z]*c[a-z]*$/.test(word.value));
  const word = args[at + 1];
  return at === -1 || word === undefined ? null : { kind: 'text', via, word };
}

function kubectl(args: readonly Word[]): Inner | null {
  const dashes = args.findIndex((word) => word.value === '--');
  const exec = args.slice(0, dashes === -1 ? args.length : dashes).some((word) => word.value === 'exec');
  return exec && dashes !== -1 ? words('kubectl exec', args.slice(dashes + 1)) : null;
}

function docker(args: readonly Word[]): Inner | null {
  const rest = optionsOf(args, { short: 'cHl', long: ['--context', '--host'], stop: true }).rest;
  if (rest[0]?.value === 'compose') return compose(rest.slice(1));
  return rest[0]?.value === 'exec' ? afterSubject('docker exec', rest.slice(1)) : null;
}

function compose(args: readonly Word[]): Inner | null {
  const long = ['--file', '--project-name', '--profile', '--env-file', '--project-directory'];
  const rest = optionsOf(args, { short: 'fp', long, stop: true }).rest;
  return rest[0]?.value === 'exec' ? afterSubject('docker compose exec', rest.slice(1)) : null;
}

/** Behind the options comes the container, then the program. */
function afterSubject(via: string, args: readonly Word[]): Inner | null {
  const long = ['--env', '--env-file', '--user', '--workdir', '--index'];
  return words(via, optionsOf(args, { short: 'euw', long, stop: true }).rest.slice(1));
}

function ssh(args: readonly Word[]): Inner | null {
  const [, first, ...more] = optionsOf(args, { short: 'BbcDEeFIiJLlmOopQRSWw', long: [], stop: true }).rest;
  if (first === undefined) return null;
  if (more.length === 0) return { kind: 'text', via: 'ssh', word: first };
  return { kind: 'words', via: 'ssh', words: [first, ...more] };
}
