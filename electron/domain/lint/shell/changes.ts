/** Programs that change something, by the words they are called with. A list of what runbooks use; it knows no others. */
import type { ShellText } from '../rule.ts';
import { calls, type Invocation } from './invocations.ts';
import { sqlParts } from './sql.ts';
import { compose, docker, helm, kubectl, type Sub } from './tools.ts';
import type { Word } from './syntax.ts';

export interface Change {
  readonly call: Invocation;
  readonly word: Word;
  /** As people say it: `helm upgrade`. */
  readonly name: string;
  /** It removes something for good. */
  readonly destructive: boolean;
}

const HELM = new Set(['upgrade', 'install', 'rollback', 'uninstall', 'delete']);
const KUBECTL = new Set(
  'apply create delete replace patch scale drain cordon uncordon label annotate taint|rollout restart|rollout undo|set image|set env'
    .split('|')
    .flatMap((group, i) => (i === 0 ? group.split(' ') : [group])),
);
const COMPOSE = new Set(['up', 'down', 'stop', 'start', 'restart', 'rm', 'kill', 'pull']);
const DOCKER = new Set([
  'load',
  'rm',
  'rmi',
  'stop',
  'start',
  'restart',
  'kill',
  'system prune',
  'volume rm',
  'volume prune',
]);
const SYSTEMCTL = new Set(['start', 'stop', 'restart', 'reload', 'disable', 'enable', 'mask']);
const SQL_CHANGE =
  /\b(?:reindex|vacuum|cluster|alter|drop|truncate|delete\s+from|update\s+\S+\s+set|insert\s+into|create)\b/i;
const SQL_DESTRUCTIVE =
  /\b(?:drop\s+(?:database|table|schema|role|user|tablespace)|truncate\b|delete\s+from\s+\S+\s*(?:;|$))/i;

/** In the order of the text. */
export function changesOf(command: ShellText): readonly Change[] {
  const found: Change[] = [
    ...subs('helm', helm(command), HELM, (sub) => sub.name === 'uninstall' || sub.name === 'delete'),
    ...subs('kubectl', kubectl(command), KUBECTL, (sub) => sub.name === 'delete').filter(
      ({ call }) => !call.args.some((word) => word.value.startsWith('--dry-run')),
    ),
    ...subs(
      'docker compose',
      compose(command),
      COMPOSE,
      (sub) => sub.name === 'down' && sub.options.has('v', '--volumes'),
    ),
    ...subs('docker', docker(command), DOCKER, (sub) => /prune|volume rm|rmi/.test(sub.name)),
    ...sql(command),
    ...programs(command),
  ];
  return found.sort((a, b) => a.call.at(a.word.start) - b.call.at(b.word.start));
}

function subs(
  tool: string,
  all: readonly Sub[],
  names: ReadonlySet<string>,
  destructive: (sub: Sub) => boolean,
): readonly Change[] {
  return all
    .filter((sub) => names.has(sub.name) && !sub.options.has('--dry-run', '--help'))
    .map((sub) => ({
      call: sub.call,
      word: sub.call.word,
      name: `${tool} ${sub.name}`,
      destructive: destructive(sub),
    }));
}

function sql(command: ShellText): readonly Change[] {
  return calls(command, 'psql').flatMap((call) => {
    const text = sqlParts(call)
      .map((part) => part.masked)
      .join(';\n');
    if (!SQL_CHANGE.test(text)) return [];
    const name = SQL_CHANGE.exec(text)?.[0].toUpperCase().replace(/\s+/g, ' ') ?? 'SQL';
    return [{ call, word: call.word, name, destructive: SQL_DESTRUCTIVE.test(text) }];
  });
}

function programs(command: ShellText): readonly Change[] {
  const change = (call: Invocation, name: string, destructive: boolean): Change => ({
    call,
    word: call.word,
    name,
    destructive,
  });
  return [
    ...calls(command, 'rm')
      .filter(({ args }) => args.some((word) => /^(-[a-zA-Z]*[rR]|--recursive)/.test(word.value)))
      .map((call) => change(call, 'rm -r', true)),
    ...calls(command, 'dropdb', 'dropuser', 'mkfs', 'wipefs', 'shred', 'lvremove', 'zfs-destroy').map(
      (call) => change(call, call.name, true),
    ),
    ...calls(command, 'systemctl')
      .filter(({ args }) => args.some((word) => SYSTEMCTL.has(word.value)))
      .map((call) =>
        change(call, `systemctl ${call.args.find((word) => SYSTEMCTL.has(word.value))?.value ?? ''}`, false),
      ),
    ...calls(command, 'reboot', 'shutdown', 'poweroff', 'halt').map((call) => change(call, call.name, false)),
    ...calls(command, 'terraform')
      .filter(({ args }) => args.some((word) => word.value === 'apply' || word.value === 'destroy'))
      .map((call) =>
        change(
          call,
          'terraform',
          call.args.some((word) => word.value === 'destroy'),
        ),
      ),
  ];
}
