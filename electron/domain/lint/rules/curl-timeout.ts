/** Rule curl.timeout. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { calls, hitAt } from '../shell/invocations.ts';
import { curl } from '../shell/tools.ts';

export const curlTimeout: CommandRule = {
  id: 'curl.timeout',
  scope: 'command',
  severity: 'warning',
  title: 'curl needs a time limit',
  why: 'curl waits for ever for a server that accepts and does not answer. The step hangs, and the window goes by.',
  remedy: 'Add `--max-time 10`.',
  bad: 'curl -fsS https://vault.internal/health',
  good: 'curl -fsS --max-time 10 https://vault.internal/health',
  check,
};

function check(command: ShellText): readonly Hit[] {
  return calls(command, 'curl').flatMap((call) => {
    const options = curl(call);
    return options.has('m', '--max-time', 'V', '--version') || call.args.length === 0
      ? []
      : [hitAt(command, call, 'curl has no limit of time.')];
  });
}
