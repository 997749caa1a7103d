/** Rule curl.masked. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { hitAt } from '../shell/invocations.ts';
import { pipelinesOf } from '../shell/pipelines.ts';

export const curlMasked: CommandRule = {
  id: 'curl.masked',
  scope: 'command',
  severity: 'error',
  title: 'A failed request must not hide in a pipeline',
  why: 'Without pipefail the status is that of the last program. `curl -f … | jq .` ends with 0 when the connection is refused, and `jq -e` of older versions does so on empty input as well.',
  remedy:
    'Begin with `set -o pipefail`, or let curl write to a file, test that it is not empty and read that.',
  bad: 'curl -fsS --max-time 10 https://vault.internal/health | jq -e \'.status == "healthy"\'',
  good: `set -o pipefail
curl -fsS --max-time 10 https://vault.internal/health | jq -e '.status == "healthy"'`,
  check,
};

function check(command: ShellText): readonly Hit[] {
  return pipelinesOf(command).flatMap(({ parts, strict }) => {
    const [first, second] = parts;
    if (first === undefined || second === undefined || strict) return [];
    if ((first.name !== 'curl' && first.name !== 'wget') || SHELLS.has(second.name)) return [];
    const last = parts.at(-1)?.name ?? '';
    return [hitAt(command, first, `When ${first.name} fails, only the status of ${last} is seen.`)];
  });
}

/** Rule shell.pipe-to-shell speaks of these. */
const SHELLS = new Set(['sh', 'bash', 'dash', 'zsh', 'sudo', 'python', 'python3', 'perl']);
