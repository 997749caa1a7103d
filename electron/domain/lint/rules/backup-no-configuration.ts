/** Rule backup.no-configuration. */
import type { Hit, SequenceRule, ShellText } from '../rule.ts';
import { calls, hitAt } from '../shell/invocations.ts';
import { compose, helm, kubectl } from '../shell/tools.ts';

export const backupNoConfiguration: SequenceRule = {
  id: 'backup.no-configuration',
  scope: 'sequence',
  severity: 'warning',
  title: 'A backup needs the configuration too',
  why: 'A dump cannot be read without the keys and the configuration that go with it: values, Secrets, compose file and `.env`.',
  remedy:
    'Save `helm get values` and the Secrets, or the compose file and `.env`, with their checksums, and say where the master key is kept.',
  bad: `umask 077
pg_dump -Fc -d mazevault >"$(date -u +%Y%m%dT%H%M%SZ).dump"
sha256sum ./*.dump
helm history mazevault
helm upgrade mazevault ./mazevault.tgz --wait`,
  good: `umask 077
pg_dump -Fc -d mazevault >"$(date -u +%Y%m%dT%H%M%SZ).dump"
sha256sum ./*.dump
helm get values mazevault -o yaml >"$(date -u +%Y%m%dT%H%M%SZ).values.yaml"
helm history mazevault
helm upgrade mazevault ./mazevault.tgz --wait`,
  badLine: 2,
  check,
};

function check(commands: readonly ShellText[]): readonly Hit[] {
  const changes = commands.some(
    (command) =>
      helm(command).some(({ name }) => name === 'upgrade') ||
      compose(command).some(({ name }) => name === 'up'),
  );
  const saved = commands.some(
    (command) =>
      helm(command).some(({ name }) => name === 'get values' || name === 'get all') ||
      kubectl(command).some(
        ({ name, args }) => name === 'get' && /secret|configmap/.test(args[0]?.value ?? ''),
      ) ||
      calls(command, 'cp', 'tar', 'install', 'rsync').some(({ args }) =>
        args.some(({ value }) => /\.env|compose|values|config/.test(value)),
      ),
  );
  if (!changes || saved) return [];
  return commands.flatMap((command) =>
    calls(command, 'pg_dump')
      .slice(0, 1)
      .map((call) => hitAt(command, call, 'The dump is saved, the configuration and keys it needs are not.')),
  );
}
