/** Rule helm.version. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { hitAt } from '../shell/invocations.ts';
import { helm } from '../shell/tools.ts';

export const helmVersion: CommandRule = {
  id: 'helm.version',
  scope: 'command',
  severity: 'error',
  title: 'Charts need a version',
  why: 'Without `--version` Helm takes the newest chart there is. What was looked at with `helm diff` and what is installed can be two different charts.',
  remedy: 'Add `--version` with the planned version, or install from a package file (`.tgz`).',
  bad: 'helm upgrade mazevault mazevault/mazevault -n mazevault --wait',
  good: 'helm upgrade mazevault mazevault/mazevault --version 1.0.17 -n mazevault --wait',
  check,
};

function check(command: ShellText): readonly Hit[] {
  return helm(command)
    .filter((sub) => ['upgrade', 'install', 'template', 'diff upgrade'].includes(sub.name))
    .flatMap((sub) => {
      const chart = sub.args[1]?.value ?? '';
      const local = /^(?:\.{0,2}\/|.*\.tgz$|.*@sha256:)/.test(chart);
      return local || sub.options.has('--version', '--help')
        ? []
        : [hitAt(command, sub.call, `helm ${sub.name} takes the newest chart there is.`)];
    });
}
