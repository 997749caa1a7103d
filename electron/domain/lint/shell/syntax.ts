/** What a shell text consists of, as far as rules need it. Offsets are UTF-16 code units in the text that was read. */

export type Quote = 'none' | 'single' | 'double';

interface Span {
  readonly start: number;
  readonly end: number;
}

/** A piece of a word. `reference` is `${name}` of a runbook, which the app quotes itself. */
export type Part = Span & { readonly quote: Quote } & (
    | { readonly kind: 'text' }
    /** `operator` is what follows the name within `${…}`, such as `:?`. */
    | { readonly kind: 'variable'; readonly name: string; readonly operator: string }
    | { readonly kind: 'reference'; readonly name: string }
    | { readonly kind: 'script'; readonly script: ShellScript }
    | { readonly kind: 'arithmetic' }
  );

/** Stands in a value for what only the shell knows: an expansion. */
export const EXPANDED = '\ufffc';

export interface Word extends Span {
  /** Without its quotes; references as they are written, each expansion as one EXPANDED. */
  readonly value: string;
  /** Offset in the text of each unit of the value. */
  readonly offsets: readonly number[];
  readonly parts: readonly Part[];
}

export interface Redirect extends Span {
  /** `<`, `>`, `>>`, `<<`, `<<<`, `>&` … */
  readonly operator: string;
  readonly fd: number | null;
  readonly target: Word | null;
  /** Body of a here-document. */
  readonly body: (Span & { readonly text: string }) | null;
}

export interface SimpleCommand extends Span {
  readonly assignments: readonly Word[];
  readonly words: readonly Word[];
  readonly redirects: readonly Redirect[];
  readonly pipedFrom: boolean;
  readonly pipedTo: boolean;
  /** What stands between this command and the next one: `&&`, `||`, `;`, `&`, a line break, `|`. */
  readonly after: string;
  /** Its exit status only decides an `if` or a loop. */
  readonly condition: boolean;
}

export interface Comment extends Span {
  /** Without its `#`. */
  readonly text: string;
}

export interface ShellScript {
  readonly commands: readonly SimpleCommand[];
  readonly comments: readonly Comment[];
  /** Variables of `for` loops. */
  readonly loopNames: readonly string[];
}
