/** The lines an auditor types with stock tools, filled in for one bundle. Trust files come by another channel. */
import type { EvidenceView } from '../../../electron/contract/views.ts';

const namespace = 'evidence-v1@holdpoint';

/** Words that are safe on a shell line as they are; anything else is quoted. */
function word(text: string): string {
  return /^[A-Za-z0-9@%_+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The commands, one a line, in the order they are run. */
export function auditorCommands(evidence: EvidenceView): readonly string[] {
  const zip = word(evidence.bundle.name);
  // Only these two are under the manifest; approvals, holds and reviews are under statements of their own.
  const signatures = evidence.signatures
    .filter((each) => each.role === 'seal' || each.role === 'operator')
    .map(
      (each) =>
        `ssh-keygen -Y verify -f ~/t/allowed_signers -I ${word(each.principal)} -n ${each.role}.${namespace} -s attest/${each.role}.sig < MANIFEST.sha256`,
    );
  return [
    `sha256sum ${zip}   # ${evidence.bundle.sha256}`,
    `mkdir x && unzip -q ${zip} -d x && cd x/ev-*`,
    ...signatures,
    `LC_ALL=C grep -nEv '^[0-9a-f]{64}  [A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*$' MANIFEST.sha256`,
    'sha256sum -c --strict --quiet MANIFEST.sha256 && echo FILES-OK',
    `diff <(cut -c67- MANIFEST.sha256) <(find . -type f ! -path './attest/*' ! -name MANIFEST.sha256 | sed 's|^\\./||' | LC_ALL=C sort) && echo SET-OK`,
    `perl -MDigest::SHA=sha256_hex -ne 'BEGIN{$p="0"x64} die "BREAK at line $.\\n" if index($_,"{\\"_prev\\":\\"$p\\",\\"_seq\\":".($.-1).","); $p=sha256_hex($_); END{print "$. records, head $p\\n"}' journal.jsonl`,
  ];
}
