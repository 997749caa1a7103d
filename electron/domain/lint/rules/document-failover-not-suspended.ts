/** Rule document.failover-not-suspended. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { allText, hitsOf } from '../text/outline.ts';

export const documentFailoverNotSuspended: DocumentRule = {
  id: 'document.failover-not-suspended',
  scope: 'document',
  severity: 'error',
  title: 'A failover may start during the outage',
  why: 'Something starts it by itself when heartbeats are missed, and a planned outage misses them. Nothing says that it is suspended.',
  remedy: 'Suspend it before the outage, and let the last step enable it again.',
  bad: `# Jobs

- Gateway monitor: triggers DR failover after 3 missed heartbeats

# Application upgrade

\`\`\`sh
hostname -f
systemctl restart mazevault
\`\`\``,
  good: `# Jobs

- Gateway monitor: triggers DR failover after 3 missed heartbeats. Suspend it before an upgrade.`,
  badLine: 3,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  if (
    /\b(?:suspend|pause|disable)\w*\b/.test(allText(doc)) ||
    !/\b(?:upgrade|maintenance)\b/.test(allText(doc))
  )
    return [];
  return hitsOf(
    doc,
    /\b(?:triggers?|starts?)\b[^.\n]*\bfail ?over\b/i,
    () => 'A planned outage can start this, and nothing says that it is suspended.',
  );
}
