/** Rule check.listing. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { hitAt } from '../shell/invocations.ts';
import { compose, docker, helm, kubectl } from '../shell/tools.ts';

export const checkListing: CommandRule = {
  id: 'check.listing',
  scope: 'command',
  severity: 'error',
  title: 'A list is not a check',
  why: 'The command ends with 0 whatever is in the list: pods that crash all the time, containers that are gone.',
  remedy:
    'Expect something of the output, or use a command that fails: `kubectl wait`, `kubectl rollout status`.',
  bad: 'kubectl get pods -n mazevault',
  good: 'kubectl wait --for=condition=Ready pods --all -n mazevault --timeout=60s',
  check,
};

function check(command: ShellText): readonly Hit[] {
  if (command.asserted === true || command.role === 'dry-run' || command.role === 'rollback') return [];
  const subs = [
    ...kubectl(command).filter(({ name, options }) => name === 'get' && !options.has('o', '--output')),
    ...compose(command).filter(({ name }) => name === 'ps'),
    ...docker(command).filter(({ name }) => name === 'ps'),
    ...helm(command).filter(({ name }) => name === 'list' || name === 'ls'),
  ];
  return subs
    .filter(({ call }) => !call.command.pipedTo && !call.command.condition && !call.nested)
    .filter(({ call }) => !call.command.redirects.some(({ operator }) => operator.startsWith('>')))
    .map((sub) =>
      hitAt(
        command,
        sub.call,
        `${sub.call.args[0]?.value === 'compose' ? 'docker compose' : sub.call.name} ${sub.name} ends with 0 whatever it lists.`,
      ),
    );
}
