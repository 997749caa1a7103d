/**
 * Every rule finds its bad example at its line, and nothing in its good one; every rule has its page. The pages are
 * written anew with HOLDPOINT_WRITE_DOCS=1.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exampleRunbook } from '../../../../electron/domain/lint/example.ts';
import { lintRunbook, rules } from '../../../../electron/domain/lint/lint.ts';
import { pageName, ruleIndex, rulePage } from '../../../../electron/domain/lint/page.ts';
import type { LintRule } from '../../../../electron/domain/lint/rule.ts';
import { lintMarkdown, shellText } from './lintText.ts';

const PAGES = join(import.meta.dirname, '../../../../docs/lint');
const LIBRARY = new Set(['example', 'roll-back']);

interface Found {
  readonly rule: string;
  readonly line: number;
}

/** What is found in an example, in lines of the example. */
function findIn(rule: LintRule, example: string): readonly Found[] {
  if (rule.scope === 'document')
    return lintMarkdown(example).map(({ rule: id, line }) => ({ rule: id, line }));
  if (rule.scope === 'runbook' || rule.scope === 'reader') {
    const { text, lineOf } = exampleRunbook(example);
    return lintRunbook(text, 'example.runbook.yaml', { library: LIBRARY }).map((found) => ({
      rule: found.rule,
      line: found.line - lineOf(0),
    }));
  }
  const text = shellText(example, rule.examples ?? 'run');
  return rules.flatMap((other) => {
    if (other.scope === 'command')
      return other.check(text).map(({ at }) => ({ rule: other.id, line: at.line }));
    // One command is no procedure: what is missing around it is not its fault.
    if (other.scope !== 'sequence' || rule.scope !== 'sequence') return [];
    return other.check([text]).map(({ at }) => ({ rule: other.id, line: at.line }));
  });
}

describe('rules', () => {
  it.each(rules.map((rule) => [rule.id, rule] as const))(
    '%s finds its bad example, at its line',
    (id, rule) => {
      const found = findIn(rule, rule.bad);
      expect(found).toContainEqual({ rule: id, line: rule.badLine ?? 1 });
      expect(found.filter((other) => other.rule !== id)).toEqual([]);
    },
  );

  it.each(rules.map((rule) => [rule.id, rule] as const))(
    '%s finds nothing in its good example',
    (_id, rule) => {
      expect(findIn(rule, rule.good)).toEqual([]);
    },
  );

  it('have different ids, in the order of their files', () => {
    const ids = rules.map(({ id }) => `${id.replace('.', '-')}.ts`);
    expect(ids).toEqual([...new Set(ids)].sort());
  });
});

describe('pages', () => {
  it('are those of the rules', async () => {
    const pages = new Map([
      ...rules.map((rule) => [pageName(rule), rulePage(rule)] as const),
      ['README.md', ruleIndex(rules)] as const,
    ]);
    if (process.env['HOLDPOINT_WRITE_DOCS'] === '1') await writePages(pages);
    const written = (await readdir(PAGES)).sort();
    expect(written).toEqual([...pages.keys()].sort());
    for (const [name, text] of pages) expect(await readFile(join(PAGES, name), 'utf8'), name).toBe(text);
  });
});

async function writePages(pages: ReadonlyMap<string, string>): Promise<void> {
  await mkdir(PAGES, { recursive: true });
  for (const name of await readdir(PAGES)) if (!pages.has(name)) await rm(join(PAGES, name));
  for (const [name, text] of pages) await writeFile(join(PAGES, name), text);
}
