/** A Markdown document as a runbook to look at: all of its steps are shown. It has findings, so it cannot run in production. */
import type { Diagnostic, Runbook } from '../../contract/runbook.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { parseRunbook } from '../runbook/parse.ts';
import { importDocument } from './importDocument.ts';

export interface MarkdownRunbook {
  readonly runbook: Runbook;
  /** Places are those of the document. */
  readonly findings: readonly Diagnostic[];
  /** What the library shows beside it: the document is not a runbook that was checked. */
  readonly readOnly: true;
}

/**
 * Opens a document as a read-only runbook.
 *
 * @param text the whole document
 * @param file its path as people know it
 */
export function markdownRunbook(text: string, file: string): Result<MarkdownRunbook> {
  const imported = importDocument(text, file);
  if (!imported.ok) return imported;
  const { id, runbook: yaml, findings } = imported.value;
  const { runbook, diagnostics } = parseRunbook(yaml, `${id}.runbook.yaml`);
  if (runbook === null) {
    const why = diagnostics.find((one) => one.severity === 'error')?.message ?? 'the draft cannot be read.';
    return fail('invalid-runbook', `${file} cannot be shown as a runbook: ${why}`, {
      hint: 'Open it as text, or import it in parts.',
    });
  }
  return ok({ runbook, findings, readOnly: true });
}
