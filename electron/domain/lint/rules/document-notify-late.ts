/** Rule document.notify-late. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { emergencyLists } from '../text/outline.ts';

export const documentNotifyLate: DocumentRule = {
  id: 'document.notify-late',
  scope: 'document',
  severity: 'error',
  title: 'People are told before the action, not after',
  why: 'Who should decide, or keep the evidence, hears of it when the traces are gone.',
  remedy: 'Tell them first, or at the same time, and let them decide.',
  bad: `# Critical issue

1. Deploy the patch with \`helm upgrade\` within 10 minutes, forensic evidence is saved
2. Security team notification by \`page\` within 1 minute`,
  good: `# Critical issue

1. Security team notification by \`page\` within 1 minute
2. Deploy the patch with \`helm upgrade\` within 10 minutes, forensic evidence is saved`,
  badLine: 4,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  return emergencyLists(doc).flatMap(({ items }) => {
    const act = items.findIndex(({ text }) =>
      /\b(?:patch|deploy(?:ment)?|isolat\w*|restart|rollback|fail ?over|shut)\b/i.test(text),
    );
    const notify = items.findIndex(({ text }) =>
      /\b(?:notif(?:y|ication)|inform|alert|escalat\w*)\b/i.test(text),
    );
    const block = items[notify];
    return act === -1 || block === undefined || notify < act
      ? []
      : [{ at: block.at, message: 'They are told after it was done.' }];
  });
}
