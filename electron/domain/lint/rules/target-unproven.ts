/** Rule target.unproven. */
import type { Hit, SequenceRule, ShellText } from '../rule.ts';
import { changesOf } from '../shell/changes.ts';
import { calls, hitAt } from '../shell/invocations.ts';
import { compose, helm, kubectl } from '../shell/tools.ts';

export const targetUnproven: SequenceRule = {
  id: 'target.unproven',
  scope: 'sequence',
  severity: 'error',
  title: 'Prove where you are before you change something',
  why: 'A prompt, a tab title and a current context can all be those of another system. The block runs wherever it is pasted.',
  remedy:
    'Begin with a proof and what it must show: `kubectl config current-context`, the UID of `kube-system`, `hostname -f`, the system identifier of the database.',
  bad: 'systemctl restart mazevault',
  good: `hostname -f
systemctl restart mazevault`,
  examples: 'document',
  check,
};

function check(commands: readonly ShellText[]): readonly Hit[] {
  if (commands.some((command) => command.role !== 'document' || proves(command))) return [];
  return commands
    .flatMap((command) =>
      changesOf(command).map((change) =>
        hitAt(command, change.call, `${change.name} runs wherever this is pasted.`),
      ),
    )
    .slice(0, 1);
}

function proves(command: ShellText): boolean {
  if (calls(command, 'hostname', 'hostnamectl').length > 0) return true;
  if (/pg_control_system|system_identifier/.test(command.text)) return true;
  return (
    kubectl(command).some(
      ({ name, options }) => name === 'config current-context' || options.has('--context'),
    ) ||
    helm(command).some(({ options }) => options.has('--kube-context')) ||
    compose(command).some(({ name }) => name === 'config' || name === 'ls')
  );
}
