/** What turns a report page into PDF. The desktop shell has its own; elsewhere a Chromium of the system does it. */
import type { Result } from '../../contract/result.ts';
import { fail } from '../../contract/result.ts';

export interface PdfPrinter {
  /** PDF bytes of a self-contained page. Runs no script and asks no network, whatever the page holds. */
  print(html: string): Promise<Result<Uint8Array>>;
}

/** The one refusal of every printer, so that a person always learns the way round. */
export function cannotPrint(why: string): ReturnType<typeof fail> {
  return fail('unsupported', `The report cannot be made as PDF: ${why}.`, {
    kept: 'The evidence was not touched.',
    hint: 'Make the report as HTML, open it in any browser and print it from there.',
  });
}

/** Whether these are the bytes of a whole PDF. */
export function isPdf(bytes: Uint8Array): boolean {
  const text = new TextDecoder('latin1');
  return (
    text.decode(bytes.subarray(0, 5)) === '%PDF-' && text.decode(bytes.subarray(-1024)).includes('%%EOF')
  );
}
