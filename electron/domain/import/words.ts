/** What the import itself has to say about a document, in words. Rule ids begin with `import.`. */
import type { Diagnostic } from '../../contract/runbook.ts';

const words = {
  'import.flattened': {
    severity: 'warning',
    message:
      'This is Markdown that has lost its marks: headings, tables and commands were recognised by their look.',
    hint: 'Compare the draft with the document line by line.',
  },
  'import.command': {
    severity: 'error',
    message:
      'The document says neither on which host this runs, nor what must be seen, nor what it can do to the service.',
    hint: 'Name the target, the expectation and the risk. Until then the draft has one target without proof, exit status 0, and the greatest risk.',
  },
  'import.prompt': {
    severity: 'error',
    message: 'This line begins with the prompt of a shell, which would be sent as part of the command.',
    hint: 'Remove the prompt, and the output below it.',
  },
  'import.not-a-command': {
    severity: 'warning',
    message: 'This code block cannot be taken as one shell command; it is kept as a note.',
    hint: 'If commands stand in it, put them into steps of their own.',
  },
  'import.unterminated': {
    severity: 'error',
    message: 'This command ends inside a quote or a here-document; it is kept as a note.',
    hint: 'Close it in the document.',
  },
  'import.too-long': {
    severity: 'error',
    message: 'This is longer than a step can hold; it is kept as a note, in parts.',
    hint: 'Make shorter steps of it.',
  },
  'import.html': {
    severity: 'warning',
    message: 'Raw HTML is kept as the text it is; nothing of it is rendered.',
    hint: 'Write it in Markdown.',
  },
  'import.link': {
    severity: 'error',
    message: 'This link would run something in place of leading somewhere; it is kept as text.',
    hint: 'Remove it from the document.',
  },
  'import.image': {
    severity: 'warning',
    message: 'An image is not loaded; its text is kept.',
    hint: 'Say in words what it shows.',
  },
  'import.metadata': {
    severity: 'warning',
    message: 'The metadata at the top is kept as a note.',
    hint: 'Move what matters into the keys of the runbook.',
  },
  'import.not-imported': {
    severity: 'warning',
    message: 'There are only marks on this line; nothing in the draft stands for it.',
    hint: 'Nothing to do.',
  },
} as const satisfies Record<string, Pick<Diagnostic, 'severity' | 'message' | 'hint'>>;

export type ImportRule = keyof typeof words;

/** A finding of the import itself. */
export function importFinding(rule: ImportRule, file: string, line: number, column = 1): Diagnostic {
  return { ...words[rule], rule, file, line, column };
}
