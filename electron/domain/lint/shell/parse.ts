/**
 * Reads a shell text into commands, words and comments (POSIX.1-2017, Shell Command Language 2.2 to 2.10, with bash's
 * common additions). It never runs anything, never throws, and reads what it cannot make out as plain words.
 */
import type { Comment, Redirect, ShellScript, SimpleCommand, Word } from './syntax.ts';
import { WordReader } from './words.ts';

const MAX_DEPTH = 40;
const OPERATORS = /\|\||\|&|&&|;;|[|&;()\n]/y;
const REDIRECT = /(\d*)(<<<|<<-|<<|<>|<&|>>|>\||>&|&>>|&>|<|>)/y;
const SKIPPED = new Set(['then', 'do', 'else', '{', '!', 'time', 'function']);
const CONDITIONS = new Set(['if', 'elif', 'while', 'until']);

export interface ReadOptions {
  /** `${name}` is a reference of a runbook and `$${` a literal `${`. Otherwise both are the shell's own. */
  readonly references: boolean;
}

/** The commands of a text. Linear in its length. */
export function readShell(text: string, options: ReadOptions): ShellScript {
  return new ScriptReader(text, options).read(null, 0);
}

interface Pending {
  readonly redirect: { -readonly [K in keyof Redirect]: Redirect[K] };
  readonly word: string;
  readonly indented: boolean;
}

/** One command in the making. */
interface Draft {
  assignments: Word[];
  words: Word[];
  redirects: Redirect[];
  pipedFrom: boolean;
}

interface Level {
  readonly closer: ')' | '`' | null;
  readonly commands: SimpleCommand[];
  readonly comments: Comment[];
  readonly loopNames: string[];
  draft: Draft;
  parentheses: number;
  conditions: number;
  /** Open `case … esac`; `pattern` while a pattern is read. */
  readonly cases: { pattern: boolean }[];
}

export class ScriptReader {
  readonly text: string;
  readonly references: boolean;
  at = 0;
  private readonly heredocs: Pending[] = [];
  private readonly reader: WordReader;

  constructor(text: string, options: ReadOptions) {
    this.text = text;
    this.references = options.references;
    this.reader = new WordReader(this);
  }

  /** Reads up to its closer, and takes the closer. */
  read(closer: Level['closer'], depth: number): ShellScript {
    const level: Level = {
      closer,
      commands: [],
      comments: [],
      loopNames: [],
      draft: draft(false),
      parentheses: 0,
      conditions: 0,
      cases: [],
    };
    if (depth > MAX_DEPTH) this.at = this.text.length;
    while (this.at < this.text.length) {
      const before = this.at;
      if (this.step(level, depth)) break;
      if (this.at === before) this.at++;
    }
    this.finish(level, '', this.at);
    return { commands: level.commands, comments: level.comments, loopNames: level.loopNames };
  }

  /** True when the closer was taken. */
  private step(level: Level, depth: number): boolean {
    const c = this.text.charAt(this.at);
    if (c === ' ' || c === '\t' || c === '\r') {
      this.at++;
      return false;
    }
    if (c === '\\' && this.text[this.at + 1] === '\n') {
      this.at += 2;
      return false;
    }
    if (c === '#') {
      this.readComment(level);
      return false;
    }
    if (c === '`' && level.closer === '`') {
      this.at++;
      return true;
    }
    if (this.readRedirect(level, depth)) return false;
    OPERATORS.lastIndex = this.at;
    const operator = OPERATORS.exec(this.text)?.[0];
    if (operator !== undefined) return this.readOperator(level, operator);
    this.readWord(level, depth);
    return false;
  }

  private readOperator(level: Level, operator: string): boolean {
    const start = this.at;
    this.at += operator.length;
    const inCase = level.cases.at(-1);
    if (inCase?.pattern === true && (operator === '|' || operator === '(' || operator === ')')) {
      if (operator === ')') inCase.pattern = false;
      level.draft = draft(false);
      return false;
    }
    if (operator === '(') {
      level.parentheses++;
      return false;
    }
    if (operator === ')') {
      if (level.parentheses === 0 && level.closer === ')') {
        this.finish(level, ')', start);
        return true;
      }
      level.parentheses = Math.max(0, level.parentheses - 1);
      this.finish(level, ')', start);
      return false;
    }
    this.finish(level, operator, start);
    if (operator === ';;' && inCase !== undefined) inCase.pattern = true;
    if (operator === '\n') this.readHeredocs();
    return false;
  }

  private readWord(level: Level, depth: number): void {
    const word = this.reader.read(depth, level.closer === '`');
    const { words, assignments } = level.draft;
    const plain = word.parts.length === 1 && word.parts[0]?.quote === 'none' ? word.value : null;
    if (words.length === 0 && assignments.length === 0 && this.readReserved(level, plain, word, depth))
      return;
    if (
      words.length === 0 &&
      /^[A-Za-z_]\w*(\[[^\]]*\])?\+?=/.test(this.text.slice(word.start, word.start + 80))
    )
      assignments.push(word);
    else words.push(word);
  }

  /** Words of the grammar at the start of a command. */
  private readReserved(level: Level, plain: string | null, word: Word, depth: number): boolean {
    const inCase = level.cases.at(-1);
    if (plain === 'esac' && inCase !== undefined) {
      level.cases.pop();
      level.draft.words.push(word);
      return true;
    }
    if (inCase?.pattern === true) return true;
    if (plain === null) return false;
    if (CONDITIONS.has(plain)) level.conditions++;
    else if (plain === 'then' || plain === 'do') level.conditions = Math.max(0, level.conditions - 1);
    if (CONDITIONS.has(plain) || SKIPPED.has(plain)) return true;
    if (plain === 'for' || plain === 'select' || plain === 'case') {
      this.readHeader(level, plain, depth);
      return true;
    }
    return false;
  }

  /** `for name in words` up to its separator, `case word in` up to `in`. */
  private readHeader(level: Level, kind: string, depth: number): void {
    for (let n = 0; this.at < this.text.length; n++) {
      while (/[ \t\r]/.test(this.text.charAt(this.at))) this.at++;
      if (/[;\n&|()`#]/.test(this.text.charAt(this.at)) || this.at >= this.text.length) break;
      const before = this.at;
      const { value } = this.reader.read(depth, level.closer === '`');
      if (this.at === before) break;
      if (kind === 'case' && value === 'in' && n > 0) {
        level.cases.push({ pattern: true });
        return;
      }
      if (kind !== 'case' && n === 0) level.loopNames.push(value);
    }
  }

  private readRedirect(level: Level, depth: number): boolean {
    REDIRECT.lastIndex = this.at;
    const match = REDIRECT.exec(this.text);
    if (match === null) return false;
    const [all, digits = '', operator = ''] = match;
    // `<(…)` is a word, not a redirection.
    if ((operator === '<' || operator === '>') && this.text[this.at + all.length] === '(') {
      if (digits !== '') return false;
      this.readWord(level, depth);
      return true;
    }
    const start = this.at;
    this.at += all.length;
    while (/[ \t]/.test(this.text.charAt(this.at))) this.at++;
    const ends = this.at >= this.text.length || /[\s;|&()<>]/.test(this.text.charAt(this.at));
    const target = ends ? null : this.reader.read(depth, level.closer === '`');
    const redirect = {
      start,
      end: this.at,
      operator,
      fd: digits === '' ? null : Number(digits),
      target,
      body: null,
    };
    level.draft.redirects.push(redirect);
    if ((operator === '<<' || operator === '<<-') && target !== null)
      this.heredocs.push({ redirect, word: target.value, indented: operator === '<<-' });
    return true;
  }

  private readHeredocs(): void {
    for (let doc = this.heredocs.shift(); doc !== undefined; doc = this.heredocs.shift()) {
      const start = this.at;
      let end = start;
      for (let closed = false; this.at < this.text.length && !closed;) {
        const found = this.text.indexOf('\n', this.at);
        const stop = found === -1 ? this.text.length : found;
        const line = this.text.slice(this.at, stop);
        closed = (doc.indented ? line.replace(/^\t+/, '') : line).trimEnd() === doc.word;
        if (!closed) end = stop;
        this.at = Math.min(this.text.length, stop + 1);
      }
      doc.redirect.body = { start, end, text: this.text.slice(start, end) };
    }
  }

  private readComment(level: Level): void {
    const start = this.at;
    const found = this.text.indexOf('\n', start);
    const end = found === -1 ? this.text.length : found;
    level.comments.push({ start, end, text: this.text.slice(start + 1, end) });
    this.at = end;
  }

  private finish(level: Level, after: string, end: number): void {
    const { words, assignments, redirects, pipedFrom } = level.draft;
    const pipedTo = after === '|' || after === '|&';
    const first = assignments[0] ?? words[0] ?? redirects[0];
    // A line break behind `|` or `&&` ends nothing.
    if (first === undefined) {
      level.draft = draft(pipedFrom || pipedTo);
      return;
    }
    level.commands.push({
      start: Math.min(first.start, redirects[0]?.start ?? first.start),
      end,
      assignments,
      words,
      redirects,
      pipedFrom,
      pipedTo,
      after,
      condition: level.conditions > 0,
    });
    level.draft = draft(pipedTo);
  }
}

function draft(pipedFrom: boolean): Draft {
  return { assignments: [], words: [], redirects: [], pipedFrom };
}
