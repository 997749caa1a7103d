/** Rule document.air-gapped-network. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { allText, hitsOf } from '../text/outline.ts';

export const documentAirGappedNetwork: DocumentRule = {
  id: 'document.air-gapped-network',
  scope: 'document',
  severity: 'error',
  title: 'An air-gapped site has no network',
  why: 'The document is for sites without a network too, and this needs one.',
  remedy: 'Make a variant of the runbook, and say what takes its place offline.',
  bad: `# Connected and air-gapped sites

1. Heartbeat to the license server`,
  good: `# Connected sites

1. Heartbeat to the license server`,
  badLine: 3,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  if (!/air-?gapped|offline (?:package|site)/.test(allText(doc))) return [];
  const found = [
    ...hitsOf(
      doc,
      /\blicense server\b|\bcontainer registry\b/i,
      (match) => `What takes the place of the ${match[0].toLowerCase()} at an air-gapped site?`,
    ),
    ...doc.blocks
      .filter(({ kind }) => kind === 'code')
      .flatMap(({ at, text }) =>
        text
          .split('\n')
          .flatMap((line, i) =>
            /^\s*helm repo (?:update|add)\b/.test(line)
              ? [{ at: { line: at.line + i, column: 1 }, message: 'This needs the network.' }]
              : [],
          ),
      ),
  ];
  return found;
}
