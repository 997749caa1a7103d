/** Rule curl.fail. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { calls, hitAt } from '../shell/invocations.ts';
import { curl } from '../shell/tools.ts';

export const curlFail: CommandRule = {
  id: 'curl.fail',
  scope: 'command',
  severity: 'error',
  title: 'curl needs --fail',
  why: 'Without it curl ends with 0 on 404, 500 and a login page. What comes back is then read as if it were the answer.',
  remedy: "Add `-f` (`--fail`), or expect the status code that `-w '%{http_code}'` prints.",
  bad: 'curl -sS --max-time 10 https://vault.internal/health',
  good: 'curl -fsS --max-time 10 https://vault.internal/health',
  check,
};

function check(command: ShellText): readonly Hit[] {
  return calls(command, 'curl').flatMap((call) => {
    const options = curl(call);
    const tested = options.has('f', '--fail', '--fail-with-body', 'w', '--write-out', 'V', '--version');
    return tested || call.args.length === 0
      ? []
      : [hitAt(command, call, 'curl ends with status 0 when the server answers with an error.')];
  });
}
