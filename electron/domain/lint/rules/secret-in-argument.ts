/** Rule secret.in-argument. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { type Invocation, hitAt } from '../shell/invocations.ts';
import { outermost } from '../shell/pipelines.ts';
import { EXPANDED, type Word } from '../shell/syntax.ts';

export const secretInArgument: CommandRule = {
  id: 'secret.in-argument',
  scope: 'command',
  severity: 'error',
  title: 'Secrets must not stand on a command line',
  why: 'Arguments are seen by every user of the host (`ps`), and stay in the history, in audit logs and in the record of the run.',
  remedy: 'Hand it over on standard input, in a file that only its owner can read, or let the program ask.',
  bad: 'docker login registry.internal -u robot --password hunter2',
  good: 'docker login registry.internal -u robot --password-stdin <token',
  check,
};

const OPTION =
  /^--?(?:password|passwd|pass|passphrase|token|secret|secret-key|api-?key|access-token)(?:=([\s\S]+))?$/i;
const HEADER =
  /^(?:--header=)?(?:authorization:\s*(?:bearer|basic|token)\s+|x-api-key:\s*|x-vault-token:\s*)(\S[\s\S]*)$/i;
const USER = /^[^:]+:([\s\S]+)$/;

function check(command: ShellText): readonly Hit[] {
  return outermost(command).flatMap((call) => {
    const words = [...call.args, ...call.command.assignments];
    return words.flatMap((word, i) => {
      const found = secretIn(call, word, words[i + 1]);
      return found === null || isReference(command, found)
        ? []
        : [hitAt(command, call, 'A secret stands on the command line.', word)];
    });
  });
}

/** The secret that a word holds or announces; null when it holds none. */
function secretIn(call: Invocation, word: Word, next: Word | undefined): string | null {
  const { value } = word;
  const option = OPTION.exec(value);
  if (option !== null)
    return option[1] ?? (next === undefined || next.value.startsWith('-') ? null : next.value);
  const header = HEADER.exec(value)?.[1];
  if (header !== undefined) return header;
  const set = /^(?:PGPASSWORD|MYSQL_PWD|VAULT_TOKEN|\w*(?:PASSWORD|_TOKEN|_SECRET))=([\s\S]+)$/.exec(
    value,
  )?.[1];
  if (set !== undefined) return set.includes(EXPANDED) ? null : set;
  if (call.name === 'curl' && (value === '-u' || value === '--user'))
    return USER.exec(next?.value ?? '')?.[1] ?? null;
  if (call.name === 'sshpass' && value === '-p') return next?.value ?? null;
  if (/^mysql|^mariadb/.test(call.name)) return /^-p(.+)$/.exec(value)?.[1] ?? null;
  if (call.name === 'helm') return /(?:^|[.,])(?:password|passwd|token)=([^,]+)/i.exec(value)?.[1] ?? null;
  return /:\/\/[^\s/@:]+:([^\s/@]+)@/.exec(value)?.[1] ?? null;
}

/** The reader of runbooks speaks of references to secrets; others are none. */
function isReference(command: ShellText, value: string): boolean {
  return command.role !== 'document' && /^\$\{[a-z]/.test(value);
}
