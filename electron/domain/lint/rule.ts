/** What a lint rule is. A rule says what bites and how to mend it; it never changes a file. */
import type { Diagnostic, Runbook } from '../../contract/runbook.ts';
import type { YamlSource } from '../runbook/yamlSource.ts';

/** Counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** One thing found. `hint` overrides the remedy of the rule where the place allows a better one. */
export interface Hit {
  readonly at: Place;
  readonly message: string;
  readonly hint?: string;
}

/**
 * A shell command as it stands in a file, a runbook or a Markdown document. A `document` one is a whole block of
 * commands with its comments, because order, comments and alternatives ("# OR") are looked at too.
 */
export interface ShellText {
  readonly text: string;
  /** Place in the file of the character at `offset` of `text`. */
  readonly place: (offset: number) => Place;
  /** `identity` and `probe` commands are read-only by contract; `document` ones come from a code block of a document. */
  readonly role: 'run' | 'observe' | 'probe' | 'identity' | 'dry-run' | 'rollback' | 'document';
  /** It is typed into a shell that stays. Always so in a document. */
  readonly interactive?: boolean;
  /** Something is expected of what it prints, not only of its exit status. Never so in a document. */
  readonly asserted?: boolean;
}

/** A runbook as it was read: the file with its places, and what it means (null when it has errors). */
export interface RunbookUnderLint {
  readonly source: YamlSource;
  readonly runbook: Runbook | null;
  /** Ids of the runbooks that calls and rollbacks may name. Null when it is not known which there are. */
  readonly library: ReadonlySet<string> | null;
}

/** A line of prose, a heading, a table row or a list item of an imported document. */
export interface DocumentBlock {
  readonly kind: 'heading' | 'paragraph' | 'item' | 'task' | 'row' | 'code';
  readonly text: string;
  readonly at: Place;
  /** Headings above it, outermost first. */
  readonly under: readonly string[];
}

export interface DocumentUnderLint {
  readonly blocks: readonly DocumentBlock[];
  readonly lines: readonly string[];
}

/** Id, words and examples of a rule. `bad` and `good` are its test and its page in docs/lint. */
interface RuleFacts {
  /** `group.name`, such as `shell.pipefail`. */
  readonly id: string;
  readonly severity: Diagnostic['severity'];
  readonly title: string;
  /** Why it bites, in a sentence or two. */
  readonly why: string;
  /** How to mend it. */
  readonly remedy: string;
  /** Shell for `command` and `sequence`, parts of a runbook for `runbook` and `reader`, Markdown for `document`. */
  readonly bad: string;
  readonly good: string;
  /** Line of `bad` that is found; 1 when it is left out. */
  readonly badLine?: number;
  /** The examples of shell are a block of a document; without it they are the command of a step. */
  readonly examples?: 'document';
}

export type CommandRule = RuleFacts & {
  readonly scope: 'command';
  check(command: ShellText): readonly Hit[];
};
/** Looks at all commands of a runbook, or of a section of a document, in their order. */
export type SequenceRule = RuleFacts & {
  readonly scope: 'sequence';
  check(commands: readonly ShellText[]): readonly Hit[];
};
export type RunbookRule = RuleFacts & {
  readonly scope: 'runbook';
  check(book: RunbookUnderLint): readonly Hit[];
};
export type DocumentRule = RuleFacts & {
  readonly scope: 'document';
  check(document: DocumentUnderLint): readonly Hit[];
};
/** Found while the runbook is read (domain/runbook); here it has its page and its examples. */
export type ReaderRule = RuleFacts & { readonly scope: 'reader' };
export type LintRule = CommandRule | SequenceRule | RunbookRule | DocumentRule | ReaderRule;
