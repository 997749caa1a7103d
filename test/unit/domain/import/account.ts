/** Holds a draft against its document: every line that is not empty must have gone somewhere, with every word of it. */
import { guardDocument } from '../../../../electron/domain/import/guard.ts';
import { importDocument, type ImportedDocument } from '../../../../electron/domain/import/importDocument.ts';
import { parseRunbook } from '../../../../electron/domain/runbook/parse.ts';
import { constantOf } from '../../../../electron/domain/runbook/template.ts';
import type { Runbook } from '../../../../electron/contract/runbook.ts';
import type { Step } from '../../../../electron/contract/steps.ts';

export interface Imported {
  readonly imported: ImportedDocument;
  readonly runbook: Runbook;
  readonly lines: readonly string[];
}

/** Imports what must be importable, and reads the draft back as a runbook. */
export function imported(text: string, file = 'a-document.md'): Imported {
  const result = importDocument(text, file);
  if (!result.ok) throw new Error(result.error.message);
  const { id, runbook: yaml } = result.value;
  const parsed = parseRunbook(yaml, `${id}.runbook.yaml`);
  if (parsed.runbook === null) {
    const said = parsed.diagnostics.map((one) => `${String(one.line)}: ${one.message}`).join('\n');
    throw new Error(`the draft is not a runbook:\n${said}\n${yaml}`);
  }
  const guarded = guardDocument(text, file);
  if (!guarded.ok) throw new Error(guarded.error.message);
  return { imported: result.value, runbook: parsed.runbook, lines: guarded.value.lines };
}

/** What of the document is nowhere in the draft and not listed as not imported: empty when all is well. */
export function lost({ imported: { citations, notImported }, runbook, lines }: Imported): readonly string[] {
  const steps = new Map<string, string>(
    runbook.phases.flatMap((phase) => phase.steps.map((step) => [step.id, wordsOf(step)] as const)),
  );
  const titles = [runbook.title, ...runbook.phases.map((phase) => phase.title), ...steps.values()].join('\n');
  return lines.flatMap((line, i) => {
    const n = i + 1;
    if (line.trim() === '' || notImported.some((span) => span.from <= n && n <= span.to)) return [];
    const cited = citations.filter((citation) => citation.from <= n && n <= citation.to);
    if (cited.length === 0) return [`line ${String(n)} is cited nowhere: ${line}`];
    const there = cited
      .map((citation) =>
        citation.step === undefined ? titles : (steps.get(citation.step) ?? `no step ${citation.step}`),
      )
      .join('\n');
    const missing = (line.replace(/\[[xX]\]/g, '').match(/[\p{L}\p{N}]+/gu) ?? []).filter(
      (word) => !there.includes(word) && !isFenceWord(line),
    );
    return missing.length === 0 ? [] : [`line ${String(n)} lost ${missing.join(', ')}: ${line}`];
  });
}

function wordsOf(step: Step): string {
  const run = step.kind === 'run' ? (constantOf(step.run) ?? step.run.source) : '';
  const items = step.kind === 'attest' && step.input.kind === 'checklist' ? step.input.items : [];
  return [step.title, step.note ?? '', run, ...items].join('\n');
}

/** The language of a code block names no content. */
function isFenceWord(line: string): boolean {
  return /^(?:[\s>*+-]|\d+[.)]\s)*(?:```|~~~)/.test(line);
}
