/** Applies the rules to a runbook or an imported document. Reports; never changes anything, never throws. */
import type { Diagnostic } from '../../contract/runbook.ts';
import { sharedMemo } from '../runbook/link/memo.ts';
import { buildRunbook, type ParsedRunbook, type ReadInput, readInput } from '../runbook/parse.ts';
import { loadYaml } from '../runbook/yamlSource.ts';
import { runbookCommands } from './runbookCommands.ts';
import { rules } from './rules.ts';
import type { DocumentUnderLint, Hit, LintRule, Place, RunbookUnderLint, ShellText } from './rule.ts';

export { rules } from './rules.ts';

/**
 * Everything that is found in a runbook file: what the reader says and what the rules say, in the order of the file.
 *
 * @param file its path as people know it; the last part must be `<id>.runbook.yaml`
 * @param options.library ids that calls and rollbacks may name; without it they are not looked up
 * @param options.read what the reader says of it together with the runbooks that it calls; without it the file alone is read
 */
export function lintRunbook(
  text: string,
  file: string,
  options: { readonly library?: ReadonlySet<string>; readonly read?: ParsedRunbook } = {},
): readonly Diagnostic[] {
  // Whoever has read it together with those that it calls has read its own text just before.
  const known = options.read === undefined ? readInput(text, file) : sharedMemo.input(text, file);
  const parsed = options.read ?? meaning(known, file);
  const loaded = known.ok ? known : loadYaml(text, file);
  if (!loaded.ok) return parsed.diagnostics;
  const book: RunbookUnderLint = {
    source: loaded.source,
    runbook: parsed.runbook,
    library: options.library ?? null,
  };
  const commands = runbookCommands(book);
  const found = rules.flatMap((rule) => {
    if (rule.scope === 'runbook') return diagnostics(rule, rule.check(book), file);
    return commandFindings(rule, [commands], file);
  });
  return sorted([...parsed.diagnostics, ...found]);
}

function meaning(known: ReadInput, file: string): ParsedRunbook {
  return known.ok
    ? buildRunbook(known.input, known.source, file)
    : { runbook: null, diagnostics: known.diagnostics };
}

/**
 * Everything that is found in a document as it stands.
 *
 * @param commands its blocks of shell commands, in their order
 */
export function lintDocument(
  doc: DocumentUnderLint,
  commands: readonly ShellText[],
  file: string,
): readonly Diagnostic[] {
  const sections = bySection(doc, commands);
  const found = rules.flatMap((rule) => {
    if (rule.scope === 'document') return diagnostics(rule, rule.check(doc), file);
    return commandFindings(rule, sections, file);
  });
  return sorted(found);
}

function commandFindings(
  rule: LintRule,
  sections: readonly (readonly ShellText[])[],
  file: string,
): readonly Diagnostic[] {
  if (rule.scope === 'command') {
    return sections.flatMap((section) =>
      section.flatMap((command) => diagnostics(rule, rule.check(command), file)),
    );
  }
  if (rule.scope !== 'sequence') return [];
  return sections.flatMap((section) => diagnostics(rule, rule.check(section), file));
}

/** Commands under one heading belong together. */
function bySection(
  doc: DocumentUnderLint,
  commands: readonly ShellText[],
): readonly (readonly ShellText[])[] {
  const starts = doc.blocks.filter((block) => block.kind === 'heading').map((block) => block.at.line);
  const sections = new Map<number, ShellText[]>();
  for (const command of commands) {
    const { line } = command.place(0);
    const start = starts.filter((at) => at <= line).at(-1) ?? 0;
    sections.set(start, [...(sections.get(start) ?? []), command]);
  }
  return [...sections.values()];
}

function diagnostics(rule: LintRule, hits: readonly Hit[], file: string): readonly Diagnostic[] {
  return hits.map((hit) => ({
    severity: rule.severity,
    rule: rule.id,
    message: hit.message,
    file,
    ...atLeastOne(hit.at),
    hint: hit.hint ?? rule.remedy,
  }));
}

function atLeastOne({ line, column }: Place): Place {
  return { line: Math.max(1, line), column: Math.max(1, column) };
}

function sorted(found: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...found].sort(
    (a, b) => a.line - b.line || a.column - b.column || (a.rule < b.rule ? -1 : Number(a.rule > b.rule)),
  );
}
