/** Rule document.unnamed-tool. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { hitsOf } from '../text/outline.ts';

export const documentUnnamedTool: DocumentRule = {
  id: 'document.unnamed-tool',
  scope: 'document',
  severity: 'warning',
  title: 'A call or script is not named',
  why: '“Using scripts” and “API call” leave it open which script, which version, which call.',
  remedy: 'Give the path and version of the script, or the method and URL of the call.',
  bad: `# Rotation

1. Generate new keys using rotation scripts`,
  good: `# Rotation

1. Generate new keys with \`/opt/naksha/bin/rotate-cosign\` 1.4`,
  badLine: 3,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  return [
    ...hitsOf(
      doc,
      /\b(?:using|with|via|by)\s+(?:the\s+)?(?:\w+\s+)?scripts?\b(?![^\n]*(?:\/|\.sh))/i,
      (match) => `“${match[0]}”: which one?`,
    ),
    ...hitsOf(doc, /\bAPI call\b(?![^\n]*(?:https?:|\/api\/))/i, () => 'Which API call?'),
  ];
}
