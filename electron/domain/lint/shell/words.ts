/** Reads one word of a shell text: its quotes, expansions and references. Part of the reader in parse.ts. */
import type { ScriptReader } from './parse.ts';
import { EXPANDED, type Part, type Quote, type Word } from './syntax.ts';

const END = /[\s;|&()<>]/;
const REFERENCE = /\$\{(?:raw:)?([a-z][a-z0-9_]*)\}/y;
const NAME = /\$(?:([A-Za-z_]\w*)|([0-9?#@*!$_-]))/y;
const BRACED = /[#!]?([A-Za-z_]\w*|[0-9?#@*!$-])?/y;

/** A word in the making. */
interface Draft {
  value: string;
  readonly offsets: number[];
  readonly parts: Part[];
}

export class WordReader {
  private readonly script: ScriptReader;
  private depth = 0;
  private inBacktick = false;

  constructor(script: ScriptReader) {
    this.script = script;
  }

  /** The word that begins here. It may be empty when nothing does. */
  read(depth: number, inBacktick: boolean): Word {
    const kept = [this.depth, this.inBacktick] as const;
    [this.depth, this.inBacktick] = [depth, inBacktick];
    const start = this.script.at;
    const word: Draft = { value: '', offsets: [], parts: [] };
    if (/^[<>]\(/.test(this.script.text.slice(start, start + 2))) {
      this.script.at += 2;
      this.nested(word, start, 'none', ')');
    }
    while (this.script.at < this.script.text.length && !this.ended()) this.step(word);
    [this.depth, this.inBacktick] = kept;
    return { start, end: this.script.at, ...word };
  }

  private ended(): boolean {
    const c = this.script.text.charAt(this.script.at);
    return END.test(c) || (c === '`' && this.inBacktick);
  }

  private step(word: Draft): void {
    const { text, at } = this.script;
    const c = text.charAt(at);
    if (c === '\\') {
      if (text[at + 1] !== '\n') this.literal(word, 'none', at, at + 2, text.slice(at + 1, at + 2), at + 1);
      this.script.at = Math.min(text.length, at + 2);
    } else if (c === "'") this.single(word, at + 1, false);
    else if (c === '"') this.double(word, at + 1);
    else if (text.startsWith("$'", at)) this.single(word, at + 2, true);
    else if (text.startsWith('$"', at)) this.double(word, at + 2);
    else if ((c === '$' || c === '`') && this.expansion(word, 'none')) return;
    else {
      let end = at + 1;
      while (end < text.length && !/[\s;|&()<>\\'"`$]/.test(text.charAt(end))) end++;
      this.literal(word, 'none', at, end, text.slice(at, end), at);
      this.script.at = end;
    }
  }

  /** `'…'`, or `$'…'` where a backslash escapes. */
  private single(word: Draft, from: number, ansi: boolean): void {
    const { text } = this.script;
    let at = from;
    let start = from;
    const flush = (end: number) => {
      if (end > start) this.literal(word, 'single', start, end, text.slice(start, end), start);
    };
    while (at < text.length && text[at] !== "'") {
      const reference = this.script.references && text[at] === '$' ? this.referenceAt(at) : null;
      if (reference !== null) {
        flush(at);
        this.reference(word, 'single', at, reference);
        at += reference.length;
        start = at;
      } else at += ansi && text[at] === '\\' ? 2 : 1;
    }
    at = Math.min(at, text.length);
    flush(at);
    if (from === at) this.literal(word, 'single', at, at, '', at);
    this.script.at = Math.min(text.length, at + 1);
  }

  private double(word: Draft, from: number): void {
    const { text } = this.script;
    this.script.at = from;
    if (text[from] === '"') this.literal(word, 'double', from, from, '', from);
    while (this.script.at < text.length) {
      const at = this.script.at;
      const c = text.charAt(at);
      if (c === '"') {
        this.script.at++;
        return;
      }
      if (c === '`' && this.inBacktick) return;
      if (c === '\\') {
        const next = text.slice(at + 1, at + 2);
        const value = /[$`"\\\n]/.test(next) ? next.replace('\n', '') : `\\${next}`;
        this.literal(word, 'double', at, at + 2, value, value.length > 1 ? at : at + 1);
        this.script.at = Math.min(text.length, at + 2);
      } else if ((c === '$' || c === '`') && this.expansion(word, 'double')) continue;
      else {
        let end = at + 1;
        while (end < text.length && !/["\\`$]/.test(text.charAt(end))) end++;
        this.literal(word, 'double', at, end, text.slice(at, end), at);
        this.script.at = end;
      }
    }
  }

  /** False when the character stands for itself. */
  private expansion(word: Draft, quote: Quote): boolean {
    const { text, at } = this.script;
    if (text[at] === '`') {
      this.script.at++;
      this.nested(word, at, quote, '`');
      return true;
    }
    if (this.script.references) {
      const reference = this.referenceAt(at);
      if (reference !== null) {
        this.reference(word, quote, at, reference);
        this.script.at += reference.length;
        return true;
      }
      if (text.startsWith('$${', at)) {
        this.braced(word, quote, at, at + 3);
        return true;
      }
    }
    if (text.startsWith('$((', at)) {
      this.arithmetic(word, quote, at);
      return true;
    }
    if (text.startsWith('$(', at)) {
      this.script.at += 2;
      this.nested(word, at, quote, ')');
      return true;
    }
    if (text.startsWith('${', at)) {
      this.braced(word, quote, at, at + 2);
      return true;
    }
    NAME.lastIndex = at;
    const match = NAME.exec(text);
    if (match === null) return false;
    this.script.at += match[0].length;
    this.expanded(word, at, {
      kind: 'variable',
      name: match[1] ?? match[2] ?? '',
      operator: '',
      quote,
      start: at,
      end: this.script.at,
    });
    return true;
  }

  private nested(word: Draft, start: number, quote: Quote, closer: ')' | '`'): void {
    const kept = [this.depth, this.inBacktick] as const;
    const script = this.script.read(closer, this.depth + 1);
    [this.depth, this.inBacktick] = kept;
    this.expanded(word, start, { kind: 'script', script, quote, start, end: this.script.at });
  }

  private braced(word: Draft, quote: Quote, start: number, from: number): void {
    const { text } = this.script;
    BRACED.lastIndex = from;
    const head = BRACED.exec(text);
    let depth = 1;
    let at = from;
    for (; at < text.length && depth > 0; at++) {
      if (text[at] === '\\') at++;
      else if (text[at] === '{') depth++;
      else if (text[at] === '}') depth--;
    }
    this.script.at = Math.min(at, text.length);
    const operator = text.slice(from + (head?.[0].length ?? 0), Math.max(from, this.script.at - 1));
    const name = head?.[1] ?? '';
    this.expanded(word, start, { kind: 'variable', name, operator, quote, start, end: this.script.at });
  }

  private arithmetic(word: Draft, quote: Quote, start: number): void {
    const { text } = this.script;
    let depth = 2;
    let at = start + 3;
    for (; at < text.length && depth > 0; at++) {
      if (text[at] === '(') depth++;
      else if (text[at] === ')') depth--;
    }
    this.script.at = at;
    this.expanded(word, start, { kind: 'arithmetic', quote, start, end: at });
  }

  private referenceAt(at: number): string | null {
    REFERENCE.lastIndex = at;
    return REFERENCE.exec(this.script.text)?.[0] ?? null;
  }

  private reference(word: Draft, quote: Quote, start: number, source: string): void {
    const name = source.replace(/^\$\{(?:raw:)?|\}$/g, '');
    const end = start + source.length;
    word.parts.push({ kind: 'reference', name, quote, start, end });
    for (let i = 0; i < source.length; i++) word.offsets.push(start + i);
    word.value += source;
  }

  private expanded(word: Draft, start: number, part: Part): void {
    word.parts.push(part);
    word.value += EXPANDED;
    word.offsets.push(start);
  }

  private literal(word: Draft, quote: Quote, start: number, end: number, value: string, first: number): void {
    word.parts.push({ kind: 'text', quote, start, end: Math.min(end, this.script.text.length) });
    for (let i = 0; i < value.length; i++) word.offsets.push(first + i);
    word.value += value;
  }
}
