/** Rule document.window-over-budget. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { monthlyWindows } from '../text/dates.ts';
import { hitsOf } from '../text/outline.ts';

export const documentWindowOverBudget: DocumentRule = {
  id: 'document.window-over-budget',
  scope: 'document',
  severity: 'error',
  title: 'The window is longer than the downtime that is allowed',
  why: 'A window that is used to its end breaks the target, before anything has gone wrong.',
  remedy: 'Make the window shorter, allow more, or count only what users notice, and say so.',
  bad: `# Windows

Schedule: First Saturday of each month, 02:00-06:00 UTC, no freeze

# Indicators

- Planned Downtime: <4 hours/month`,
  good: `# Windows

Schedule: First Saturday of each month, 02:00-05:00 UTC, no freeze

# Indicators

- Planned Downtime: <4 hours/month`,
  badLine: 7,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  const hours = Math.max(0, ...monthlyWindows(doc).map((window) => window.hours ?? 0));
  return hitsOf(doc, /\bplanned downtime\W*<\s*(\d+)\s*h(?:ours?)?\s*(?:\/|per |a )\s*month/i, (match) =>
    hours < Number(match[1])
      ? null
      : `One window of ${String(hours)} hours a month is not below ${match[1] ?? ''} hours.`,
  );
}
