/** Rule shell.pipefail. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { hitAt, type Invocation, readingOf } from '../shell/invocations.ts';
import { pipelinesOf } from '../shell/pipelines.ts';

export const shellPipefail: CommandRule = {
  id: 'shell.pipefail',
  scope: 'command',
  severity: 'error',
  title: 'Pipelines need pipefail',
  why: 'A shell takes the status of the last part for that of the whole pipeline. `pg_dump` that fails into `gzip` ends with 0 and leaves an archive that even passes `gzip -t`.',
  remedy: 'Begin with `set -o pipefail`.',
  bad: 'kubectl get nodes -o name | sort -u',
  good: `set -o pipefail
kubectl get nodes -o name | sort -u`,
  check,
};

function check(command: ShellText): readonly Hit[] {
  return pipelinesOf(command).flatMap(({ parts, strict }) => {
    const failing = parts.slice(0, -1).filter((part) => !HARMLESS.has(part.name));
    const [first] = parts;
    const [named] = failing;
    if (strict || first === undefined || named === undefined || FETCHERS.has(first.name)) return [];
    return [
      hitAt(
        command,
        innermost(command, named),
        `When ${innermost(command, named).name} fails, this pipeline still ends with status 0.`,
      ),
    ];
  });
}

/** These do not fail. */
const HARMLESS = new Set(['echo', 'printf', 'true', ':', 'yes']);
/** Rules curl.masked and shell.pipe-to-shell speak of these. */
const FETCHERS = new Set(['curl', 'wget']);

/** What a wrapper such as kubectl exec starts in the end: that is what fails. */
function innermost(command: ShellText, call: Invocation): Invocation {
  return (
    readingOf(command)
      .invocations.filter((other) => other.command === call.command)
      .at(-1) ?? call
  );
}
