/** Rule curl.silent. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { calls, hitAt } from '../shell/invocations.ts';
import { curl } from '../shell/tools.ts';

export const curlSilent: CommandRule = {
  id: 'curl.silent',
  scope: 'command',
  severity: 'warning',
  title: 'Silent curl hides why it failed',
  why: '`-s` takes away the progress bar and the error as well. At 02:00 nobody can tell a wrong name from an expired certificate.',
  remedy: 'Write `-sS` (`--silent --show-error`).',
  bad: 'curl -fs --max-time 10 https://vault.internal/health',
  good: 'curl -fsS --max-time 10 https://vault.internal/health',
  check,
};

function check(command: ShellText): readonly Hit[] {
  return calls(command, 'curl').flatMap((call) => {
    const options = curl(call);
    const silent = options.has('s', '--silent') && !options.has('S', '--show-error');
    return silent ? [hitAt(command, call, 'curl says nothing when it fails.')] : [];
  });
}
