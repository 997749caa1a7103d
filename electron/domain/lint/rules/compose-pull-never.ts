/** Rule compose.pull-never. */
import type { Hit, SequenceRule, ShellText } from '../rule.ts';
import { hitAt } from '../shell/invocations.ts';
import { compose, docker } from '../shell/tools.ts';

export const composePullNever: SequenceRule = {
  id: 'compose.pull-never',
  scope: 'sequence',
  severity: 'error',
  title: 'Offline images need --pull never',
  why: '`up` tries the registry for an image that it does not find under its tag. Without a network that hangs; with one it fetches something else than the medium holds.',
  remedy: 'Add `--pull never`.',
  bad: `sha256sum -c SHA256SUMS
docker load <backend.tar
docker compose up -d --wait backend`,
  good: `sha256sum -c SHA256SUMS
docker load <backend.tar
docker compose up -d --wait --pull never backend`,
  badLine: 3,
  check,
};

function check(commands: readonly ShellText[]): readonly Hit[] {
  const offline = commands.some((command) => docker(command).some(({ name }) => name === 'load'));
  if (!offline) return [];
  return commands.flatMap((command) =>
    compose(command)
      .filter(({ name, options }) => name === 'up' && options.first('--pull')?.value !== 'never')
      .map(({ call }) =>
        hitAt(command, call, 'Images were loaded from a medium, and this may ask a registry.'),
      ),
  );
}
