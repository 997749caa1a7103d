/** Rule tls.insecure. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { calls, hitAt, readingOf } from '../shell/invocations.ts';
import { curl } from '../shell/tools.ts';

export const tlsInsecure: CommandRule = {
  id: 'tls.insecure',
  scope: 'command',
  severity: 'error',
  title: 'Certificates must be checked',
  why: 'With `-k` anybody on the way can answer. A check that passes so proves nothing, least of all about certificates.',
  remedy: 'Name the authority: `--cacert ca.pem`.',
  bad: 'curl -fsSk --max-time 10 https://vault.internal/health',
  good: 'curl -fsS --cacert ca.pem --max-time 10 https://vault.internal/health',
  check,
};

function check(command: ShellText): readonly Hit[] {
  return [
    ...calls(command, 'curl').flatMap((call) => {
      const found = curl(call).first('k', '--insecure', '--proxy-insecure');
      return found === null
        ? []
        : [
            hitAt(
              command,
              call,
              `${said(found.word.value)} turns the check of the certificate off.`,
              found.word,
            ),
          ];
    }),
    ...readingOf(command).invocations.flatMap((call) => {
      if (call.name !== 'helm' && call.name !== 'kubectl') return [];
      if (call.via.some((name) => name === call.name)) return [];
      const word = call.args.find(({ value }) => /^--insecure-skip-tls-verify(=true)?$/.test(value));
      return word === undefined
        ? []
        : [hitAt(command, call, `${word.value} turns the check of the certificate off.`, word)];
    }),
  ];
}

function said(option: string): string {
  return option.startsWith('--') ? option : `-k in ${option}`;
}
