/** Rule document.bare-task. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { labelledLists, plainText } from '../text/outline.ts';

export const documentBareTask: DocumentRule = {
  id: 'document.bare-task',
  scope: 'document',
  severity: 'warning',
  title: 'Checks need a command, a value and a time',
  why: '“Verified” is ticked at 02:00 by whoever wants to go to bed. Two people do not look at the same thing.',
  remedy: 'Say what is run, what it must show, and within what time.',
  bad: `# After the upgrade

- [ ] Agent heartbeats resuming`,
  good: `# After the upgrade

- [ ] \`agents.sh\` shows at least 95 % within 5 minutes`,
  badLine: 3,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  const tasks = doc.blocks.filter(({ kind }) => kind === 'task');
  const steps = labelledLists(doc)
    .filter(
      ({ label }) =>
        label !== null &&
        /\b(?:procedure|steps|issue|outage|failed|failure|instructions)\b/i.test(label.text),
    )
    .flatMap(({ items }) => items.filter(({ text }) => /^\d+[.)]\s/.test(text)));
  return [...tasks, ...steps].flatMap((block) => {
    const missing = [
      ...(/`[^`]+`|\b(?:kubectl|docker|curl|psql|helm|openssl|systemctl)\b|\.sh\b/.test(block.text)
        ? []
        : ['command']),
      ...(/[<>≥≤=]|\bat (?:least|most)\b|\breturns?\b|\bshows?\b|\bexactly\b|\d\s*%/i.test(block.text)
        ? []
        : ['value to expect']),
      ...(/\b\d+\s*(?:s|sec|seconds?|m|min|minutes?|h|hours?|days?)\b/i.test(block.text)
        ? []
        : ['limit of time']),
    ];
    if (missing.length === 0 || !missing.includes('command')) return [];
    return [
      { at: block.at, message: `“${plainText(block.text).slice(0, 60)}” has no ${missing.join(', no ')}.` },
    ];
  });
}
