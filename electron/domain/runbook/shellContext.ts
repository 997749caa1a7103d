/**
 * Finds where in a shell command each reference stands: as a bare word, inside quotes, in a here-document… A small lexer
 * of POSIX sh with bash's `$'…'`; it never runs anything, and when in doubt it says "quoted".
 */
import type { Template } from '../../contract/runbook.ts';

export type ShellContext =
  | 'unquoted'
  | 'single'
  | 'double'
  | 'heredoc'
  | 'comment'
  | 'backtick'
  | 'expansion'
  | 'arithmetic'
  | 'escaped';

export interface ShellScan {
  /** One context for each reference, in order. */
  readonly refs: readonly ShellContext[];
  /** What is still open at the end: a quote, a substitution, a here-document. */
  readonly open: string | null;
}

type Frame =
  | { readonly kind: 'command'; depth: number; cases: number }
  | { readonly kind: 'single' }
  | { readonly kind: 'ansi' }
  | { readonly kind: 'double' }
  | { readonly kind: 'backtick' }
  | { readonly kind: 'expansion' }
  | { readonly kind: 'arithmetic'; depth: number };

/** Stands for a reference in the text that is scanned; U+FFFF is never a character. */
const MARK = '\uffff';
const WORD_START = /[\s;|&()<>]/;

/** The context of each reference of a command. Linear in its length. */
export function shellContexts(template: Template): ShellScan {
  const text = template.parts
    .map((part) => (part.kind === 'text' ? part.text.replaceAll(MARK, ' ') : MARK))
    .join('');
  return new Lexer(text).scan();
}

class Lexer {
  private readonly text: string;
  private readonly stack: Frame[] = [{ kind: 'command', depth: 0, cases: 0 }];
  private readonly refs: ShellContext[] = [];
  private readonly heredocs: { readonly word: string; readonly indented: boolean }[] = [];
  private at = 0;
  private unended: string | null = null;

  constructor(text: string) {
    this.text = text;
  }

  scan(): ShellScan {
    while (this.at < this.text.length) this.step();
    const top = this.stack.at(-1);
    const open = this.stack.length > 1 && top !== undefined ? names[top.kind] : this.unended;
    return { refs: this.refs, open: open ?? (this.heredocs.length > 0 ? 'a here-document' : null) };
  }

  private step(): void {
    const frame = this.stack.at(-1);
    const c = this.text.charAt(this.at);
    switch (frame?.kind) {
      case 'single':
        if (c === "'") this.stack.pop();
        {
          this.advance(c, 'single');
          return;
        }
      case 'ansi':
        if (c === '\\') {
          this.escape('single');
          return;
        }
        if (c === "'") this.stack.pop();
        {
          this.advance(c, 'single');
          return;
        }
      case 'double':
        if (c === '\\') {
          this.escape('double');
          return;
        }
        if (c === '"') this.stack.pop();
        else if (this.openSubstitution(c)) return;
        {
          this.advance(c, 'double');
          return;
        }
      case 'backtick':
        if (c === '\\') {
          this.escape('backtick');
          return;
        }
        if (c === '`') this.stack.pop();
        {
          this.advance(c, 'backtick');
          return;
        }
      case 'expansion': {
        this.stepExpansion(c);
        return;
      }
      case 'arithmetic': {
        this.stepArithmetic(frame, c);
        return;
      }
      case 'command': {
        this.stepCommand(frame, c);
        return;
      }
      case undefined:
        this.stack.push({ kind: 'command', depth: 0, cases: 0 });
    }
  }

  private stepCommand(frame: Extract<Frame, { kind: 'command' }>, c: string): void {
    if (c === '\\') {
      this.escape('unquoted');
      return;
    }
    if (c === '\n' && this.heredocs.length > 0) {
      this.readHeredocs();
      return;
    }
    if (c === '#' && this.atWordStart()) {
      this.readComment();
      return;
    }
    if (c === "'") this.stack.push({ kind: 'single' });
    else if (c === '"') this.stack.push({ kind: 'double' });
    else if (c === '$' && this.text[this.at + 1] === "'") {
      this.stack.push({ kind: 'ansi' });
      this.at += 2;
      return;
    } else if (this.openSubstitution(c)) return;
    else if (this.text.startsWith('<<', this.at) && this.readHeredocStart()) return;
    else if (c === '(') frame.depth++;
    else if (c === ')') this.closeParenthesis(frame);
    else if (/[a-z]/.test(c) && this.atWordStart()) this.countCase(frame);
    this.advance(c, 'unquoted');
  }

  private stepExpansion(c: string): void {
    if (c === '\\') {
      this.escape('expansion');
      return;
    }
    if (c === '}') this.stack.pop();
    else if (c === "'") this.stack.push({ kind: 'single' });
    else if (c === '"') this.stack.push({ kind: 'double' });
    else if (this.openSubstitution(c)) return;
    this.advance(c, 'expansion');
  }

  private stepArithmetic(frame: Extract<Frame, { kind: 'arithmetic' }>, c: string): void {
    if (this.openSubstitution(c)) return;
    if (c === '(') frame.depth++;
    if (c === ')' && frame.depth-- === 0) {
      this.stack.pop();
      if (this.text[this.at + 1] === ')') this.at++;
    }
    this.advance(c, 'arithmetic');
  }

  /** `$(…)`, `$((…))`, `${…}` or a backtick: these open in bare words and in double quotes alike. */
  private openSubstitution(c: string): boolean {
    const open = (frame: Frame, length: number) => {
      this.stack.push(frame);
      this.at += length;
      return true;
    };
    if (c === '`') return open({ kind: 'backtick' }, 1);
    if (c !== '$') return false;
    if (this.text.startsWith('$((', this.at)) return open({ kind: 'arithmetic', depth: 0 }, 3);
    if (this.text.startsWith('$(', this.at)) return open({ kind: 'command', depth: 0, cases: 0 }, 2);
    if (this.text.startsWith('${', this.at)) return open({ kind: 'expansion' }, 2);
    return false;
  }

  /** The `)` of a pattern in `case … in a) …` closes nothing. */
  private closeParenthesis(frame: Extract<Frame, { kind: 'command' }>): void {
    if (frame.depth > 0) frame.depth--;
    else if (frame.cases === 0 && this.stack.length > 1) this.stack.pop();
  }

  private countCase(frame: Extract<Frame, { kind: 'command' }>): void {
    const word = /[a-z]*/y;
    word.lastIndex = this.at;
    const found = word.exec(this.text)?.[0];
    if (found === 'case') frame.cases++;
    if (found === 'esac' && frame.cases > 0) frame.cases--;
  }

  private advance(c: string, context: ShellContext): void {
    if (c === MARK) this.refs.push(context);
    this.at++;
  }

  /** A backslash and what it escapes. A reference right behind one could be cut open by it. */
  private escape(context: ShellContext): void {
    if (this.text[this.at + 1] === MARK) this.refs.push(context === 'unquoted' ? 'escaped' : context);
    this.at += 2;
  }

  private atWordStart(): boolean {
    return this.at === 0 || WORD_START.test(this.text.charAt(this.at - 1));
  }

  private readComment(): void {
    while (this.at < this.text.length && this.text[this.at] !== '\n')
      this.advance(this.text.charAt(this.at), 'comment');
  }

  private readHeredocStart(): boolean {
    const start = /<<(<)|<<(-?)[ \t]*((?:'[^'\n]*'|"[^"\n]*"|\\.|[^\s;|&()<>'"\\])+)/y;
    start.lastIndex = this.at;
    const match = start.exec(this.text);
    if (match === null) return false;
    if (match[1] === undefined) {
      for (const c of match[3] ?? '') if (c === MARK) this.refs.push('heredoc');
      this.heredocs.push({ word: (match[3] ?? '').replace(/\\(.)|['"]/g, '$1'), indented: match[2] === '-' });
    }
    this.at += match[0].length;
    return true;
  }

  private readHeredocs(): void {
    this.at++;
    for (let doc = this.heredocs.shift(); doc !== undefined; doc = this.heredocs.shift()) {
      let closed = false;
      while (this.at < this.text.length && !closed) {
        const end = this.text.indexOf('\n', this.at);
        const line = this.text.slice(this.at, end === -1 ? undefined : end);
        closed = (doc.indented ? line.replace(/^\t+/, '') : line) === doc.word;
        if (!closed) for (const c of line) if (c === MARK) this.refs.push('heredoc');
        this.at = end === -1 ? this.text.length : end + 1;
      }
      if (!closed) this.unended = 'a here-document';
    }
  }
}

const names: Readonly<Record<Frame['kind'], string>> = {
  command: '$( … )',
  single: 'a single quote',
  ansi: "a $' quote",
  double: 'a double quote',
  backtick: 'a backtick',
  expansion: '${ … }',
  arithmetic: '$(( … ))',
};
