/** The documentation of the rules, written from the rules themselves: a page for each and the index. Markdown. */
import type { LintRule } from './rule.ts';

const SCOPES: Readonly<Record<LintRule['scope'], string>> = {
  command: 'each command, of a runbook or of a document',
  sequence: 'the commands of a runbook, or of a section of a document, in their order',
  runbook: 'a runbook',
  document: 'an imported document',
  reader: 'a runbook, while it is read',
};

/** File name of a rule's page. */
export function pageName(rule: LintRule): string {
  return `${rule.id}.md`;
}

/** The page of a rule. */
export function rulePage(rule: LintRule): string {
  const language = languageOf(rule);
  return [
    `# ${rule.id}`,
    '',
    `**${rule.title}.** ${severityText(rule)} Looks at ${SCOPES[rule.scope]}.`,
    '',
    '## Why',
    '',
    rule.why,
    '',
    '## How to mend it',
    '',
    rule.remedy,
    '',
    '## Found',
    '',
    `At line ${String(rule.badLine ?? 1)}:`,
    '',
    ...fenced(language, shown(rule.bad)),
    '',
    '## Not found',
    '',
    ...fenced(language, rule.good),
    '',
  ].join('\n');
}

/** The list of all rules. */
export function ruleIndex(rules: readonly LintRule[]): string {
  const groups = [...new Set(rules.map((rule) => groupOf(rule)))].sort();
  return [
    '# Rules of `holdpoint lint`',
    '',
    'An error keeps a runbook from starting in production; a warning is shown. `holdpoint lint --explain <rule>` prints a',
    'page. Both are written from the rules (`electron/domain/lint/rules`), whose examples are their tests.',
    ...groups.flatMap((group) => [
      '',
      `## ${group}`,
      '',
      '| Rule | | What it wants |',
      '|---|---|---|',
      ...rules
        .filter((rule) => groupOf(rule) === group)
        .map((rule) => `| [${rule.id}](${pageName(rule)}) | ${rule.severity} | ${rule.title} |`),
    ]),
    '',
  ].join('\n');
}

function groupOf(rule: LintRule): string {
  return rule.id.split('.')[0] ?? rule.id;
}

function severityText(rule: LintRule): string {
  return rule.severity === 'error' ? 'An error.' : 'A warning.';
}

function languageOf(rule: LintRule): string {
  if (rule.scope === 'document') return 'markdown';
  return rule.scope === 'command' || rule.scope === 'sequence' ? 'sh' : 'yaml';
}

/** Longer than any fence within. */
function fenced(language: string, text: string): readonly string[] {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, text, fence];
}

/** An example that is bad by its length is shown by its beginning. */
function shown(example: string): string {
  return example.length <= 4000 ? example : `${example.slice(0, 70)} …`;
}
