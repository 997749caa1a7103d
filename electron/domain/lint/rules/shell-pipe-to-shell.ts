/** Rule shell.pipe-to-shell. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { type Invocation, hitAt, readingOf } from '../shell/invocations.ts';
import { pipelinesOf } from '../shell/pipelines.ts';
import type { Part } from '../shell/syntax.ts';

export const shellPipeToShell: CommandRule = {
  id: 'shell.pipe-to-shell',
  scope: 'command',
  severity: 'error',
  title: 'What comes from the network must not be run unseen',
  why: 'Nobody has read it, nobody has checked where it comes from, and half of it is run when the connection breaks.',
  remedy: 'Fetch it to a file, check its checksum against one from elsewhere, read it, then run it.',
  bad: 'curl -fsS --max-time 60 https://get.internal/install.sh | sh',
  good: `curl -fsS --max-time 60 -o install.sh https://get.internal/install.sh
sha256sum -c install.sh.sha256`,
  check,
};

const FETCHERS = new Set(['curl', 'wget']);
const SHELLS = new Set([
  'sh',
  'bash',
  'dash',
  'zsh',
  'ksh',
  'eval',
  'source',
  '.',
  'python',
  'python3',
  'perl',
]);

function check(command: ShellText): readonly Hit[] {
  const piped = pipelinesOf(command).flatMap(({ parts }) => {
    const [first] = parts;
    const shell = parts.slice(1).find((part) => starts(part, command));
    if (first === undefined || shell === undefined || !FETCHERS.has(first.name)) return [];
    return [hitAt(command, first, `What ${first.name} fetches is run at once.`)];
  });
  const given = readingOf(command).invocations.filter(
    (call) => SHELLS.has(call.name) && call.args.some((word) => word.parts.some(fetches)),
  );
  return [...piped, ...given.map((call) => hitAt(command, call, 'What is fetched is run at once.'))];
}

/** The part is a shell, or starts one. */
function starts(part: Invocation, command: ShellText): boolean {
  return readingOf(command).invocations.some(
    (call) => call.command === part.command && SHELLS.has(call.name),
  );
}

function fetches(part: Part): boolean {
  if (part.kind !== 'script') return false;
  return part.script.commands.some((inner) => FETCHERS.has(inner.words[0]?.value ?? ''));
}
