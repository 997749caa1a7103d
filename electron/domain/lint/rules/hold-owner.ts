/** Rule hold.owner. */
import type { Hit, RunbookRule, RunbookUnderLint } from '../rule.ts';
import { fieldsOf, hitIn, listOf, stepsOf, textOf } from '../steps.ts';

export const holdOwner: RunbookRule = {
  id: 'hold.owner',
  scope: 'runbook',
  severity: 'error',
  title: 'A hold needs somebody other than who does the work',
  why: 'A go that the operator gives to themselves stops nobody.',
  remedy: 'A `go` is signed by the owner; `verify` and `point-of-no-return` by the verifier or the owner.',
  bad: `- id: go
  title: Give the GO
  hold: { kind: go, signers: [operator] }
  planned: 1m`,
  good: `- id: go
  title: Give the GO
  hold: { kind: go, signers: [owner] }
  planned: 1m`,
  badLine: 3,
  check,
};

function check(book: RunbookUnderLint): readonly Hit[] {
  return stepsOf(book).flatMap(({ path, fields, id }) => {
    const hold = fieldsOf(fields['hold']);
    const signers = listOf(hold['signers']).map((signer) => textOf(signer) ?? '');
    const kind = textOf(hold['kind']) ?? '';
    if (signers.length === 0 || !['go', 'verify', 'point-of-no-return'].includes(kind)) return [];
    const fit = kind === 'go' ? signers.includes('owner') : signers.some((signer) => signer !== 'operator');
    return fit
      ? []
      : [
          hitIn(
            book,
            [...path, 'hold', 'signers'],
            `Hold "${id}" has no ${kind === 'go' ? 'owner' : 'second person'}.`,
          ),
        ];
  });
}
