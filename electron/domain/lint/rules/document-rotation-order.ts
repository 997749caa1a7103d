/** Rule document.rotation-order. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { labelledLists } from '../text/outline.ts';

export const documentRotationOrder: DocumentRule = {
  id: 'document.rotation-order',
  scope: 'document',
  severity: 'error',
  title: 'Images are signed before the new key is required',
  why: 'Once the policy knows only the new key, pods with images of the old signature do not start.',
  remedy:
    'Trust both keys, sign all digests in use again, check with the new key only, then drop the old one.',
  bad: `# Rollout of keys

1. Update secrets \`kubectl apply\` within 5 minutes
2. Re-sign images with \`cosign sign\` within 30 minutes`,
  good: `# Rollout of keys

1. Re-sign images with \`cosign sign\` within 30 minutes
2. Update secrets \`kubectl apply\` within 5 minutes`,
  badLine: 4,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  return labelledLists(doc).flatMap(({ items }) => {
    const update = items.findIndex(({ text }) => /\bupdate\b.*\b(?:secrets?|polic(?:y|ies))\b/i.test(text));
    const sign = items.findIndex(({ text }) => /\bre-?sign\b/i.test(text));
    const block = items[sign];
    return update === -1 || block === undefined || sign < update
      ? []
      : [{ at: block.at, message: 'Images are signed again after secrets and policy already changed.' }];
  });
}
