/** Rule helm.diff-secrets. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { hitAt } from '../shell/invocations.ts';
import { helm } from '../shell/tools.ts';

export const helmDiffSecrets: CommandRule = {
  id: 'helm.diff-secrets',
  scope: 'command',
  severity: 'warning',
  title: 'helm diff must not show secrets',
  why: 'The difference shows what is in Secrets and values, on the screen and in the record.',
  remedy: 'Add `--suppress-secrets`, and look out for passwords in other values before the output is shared.',
  bad: 'helm diff upgrade mazevault mazevault/mazevault --version 1.0.17 -n mazevault',
  good: 'helm diff upgrade mazevault mazevault/mazevault --version 1.0.17 -n mazevault --suppress-secrets',
  check,
};

function check(command: ShellText): readonly Hit[] {
  return helm(command)
    .filter((sub) => sub.name.startsWith('diff ') && !sub.options.has('--suppress-secrets'))
    .map((sub) => hitAt(command, sub.call, `helm ${sub.name} can print secrets.`));
}
