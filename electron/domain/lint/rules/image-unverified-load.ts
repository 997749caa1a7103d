/** Rule image.unverified-load. */
import type { Hit, SequenceRule, ShellText } from '../rule.ts';
import { calls, hitAt } from '../shell/invocations.ts';
import { docker } from '../shell/tools.ts';

export const imageUnverifiedLoad: SequenceRule = {
  id: 'image.unverified-load',
  scope: 'sequence',
  severity: 'error',
  title: 'Media must be checked before images are loaded',
  why: 'Nothing shows that the file is whole, or that it comes from whom it should. What is loaded runs with the rights of the service.',
  remedy: 'Check a signed list of checksums first: verify the signature, then `sha256sum -c`.',
  bad: 'docker load <backend.tar',
  good: `sha256sum -c SHA256SUMS
docker load <backend.tar`,
  check,
};

function check(commands: readonly ShellText[]): readonly Hit[] {
  if (commands.some(verifies)) return [];
  return commands.flatMap((command) =>
    docker(command)
      .filter(({ name }) => name === 'load')
      .map(({ call }) =>
        hitAt(command, call, 'The file is loaded without a check of its checksum and signature.'),
      ),
  );
}

function verifies(command: ShellText): boolean {
  const sums = calls(command, 'sha256sum', 'shasum', 'sha512sum').some(({ args }) =>
    args.some(({ value }) => /^(?:-\w*c\w*|--check)$/.test(value)),
  );
  if (sums) return true;
  return calls(command, 'cosign', 'gpg', 'gpgv', 'minisign', 'ssh-keygen').some(
    ({ args, name }) => name === 'gpgv' || args.some(({ value }) => /verify|^-Y$|^-V/.test(value)),
  );
}
