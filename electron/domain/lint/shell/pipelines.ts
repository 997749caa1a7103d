/** Pipelines of a shell text, and whether the failure of one of their parts is seen. */
import type { ShellText } from '../rule.ts';
import { type Invocation, readingOf } from './invocations.ts';

export interface Pipeline {
  /** The first program of each part, two at least. */
  readonly parts: readonly Invocation[];
  /** A failure of any part fails the whole. */
  readonly strict: boolean;
}

const SHELLS = new Set(['sh', 'bash', 'dash', 'ash', 'zsh', 'ksh', 'ssh']);

/** Every pipeline whose exit status counts; those that only decide an `if` or a loop are left out. */
export function pipelinesOf(command: ShellText): readonly Pipeline[] {
  const outer = outermost(command);
  const found: Pipeline[] = [];
  let parts: Invocation[] = [];
  for (const call of outer) {
    const last = parts.at(-1);
    if (call.command.pipedFrom && last?.script === call.script && last.command.pipedTo) parts.push(call);
    else parts = [call];
    if (!call.command.pipedTo && parts.length > 1 && !call.command.condition)
      found.push({ parts, strict: isStrict(command, call) });
  }
  return found;
}

/** The program that each simple command begins with, without what it starts in turn. */
export function outermost(command: ShellText): readonly Invocation[] {
  const calls = readingOf(command).invocations.filter((call) => call.command.words[0] === call.word);
  const scripts = [...new Set(calls.map((call) => call.script))];
  return scripts.flatMap((script) => calls.filter((call) => call.script === script));
}

/** The last part of the pipeline a program stands in, itself when there is none. */
export function endOfPipeline(call: Invocation): Invocation['command'] {
  const { commands } = call.script;
  let at = commands.indexOf(call.command);
  while (commands[at]?.pipedTo === true && commands[at + 1]?.pipedFrom === true) at++;
  return commands[at] ?? call.command;
}

function isStrict(command: ShellText, end: Invocation): boolean {
  if (command.text.includes('PIPESTATUS')) return true;
  const shell = ownShell(end);
  return readingOf(command).invocations.some((call) => {
    const said = call.args.some((word) => word.value === 'pipefail');
    if (!said) return false;
    if (call.name === 'set') return ownShell(call) === shell;
    return SHELLS.has(call.name) && end.via.includes(call.name);
  });
}

/** Which shell a program runs in: a `sh -c` does not take over options of the one around it. */
function ownShell(call: Invocation): string {
  return call.via.filter((name) => SHELLS.has(name)).join(' ');
}
