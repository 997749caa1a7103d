/**
 * A YAML file read safely, with the place of each value. Core schema, no tags, few aliases; refuses what could exhaust the
 * reader before it builds anything.
 */
import {
  Composer,
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
  type YAMLError,
} from 'yaml';
import type { Diagnostic } from '../../contract/runbook.ts';

export const MAX_BYTES = 1024 * 1024;
const MAX_DEPTH = 32;
const MAX_ALIASES = 20;
const MAX_SYNTAX_ERRORS = 20;

export type Path = readonly (string | number)[];

/** A value that was read, and the way from its parts back to their places. */
export interface Places {
  readonly value: unknown;
  at(severity: 'error' | 'warning', rule: string, path: Path, message: string, more?: Detail): Diagnostic;
  scalarText(path: Path): string | undefined;
}

/** A document that was read, and the way from a value back to its place. */
export class YamlSource implements Places {
  readonly value: unknown;
  private readonly text: string;
  private readonly document: Document.Parsed;
  private readonly lines: LineCounter;
  private readonly file: string;

  constructor(file: string, text: string, document: Document.Parsed, lines: LineCounter, value: unknown) {
    this.file = file;
    this.text = text;
    this.document = document;
    this.lines = lines;
    this.value = value;
  }

  /** A diagnostic at a value; for a value that is not there, at the nearest one around it. */
  at(
    severity: 'error' | 'warning',
    rule: string,
    path: Path,
    message: string,
    more: Detail = {},
  ): Diagnostic {
    const offset = more.key === true ? this.keyOffset(path) : this.offset(path, more.find);
    return place(this.file, this.lines, offset, { severity, rule, message, hint: more.hint });
  }

  /** How a bare number or boolean is written in the file (`1.20` stays `1.20`). */
  scalarText(path: Path): string | undefined {
    const node = this.node(path);
    return isScalar(node) && node.source !== undefined ? node.source : undefined;
  }

  private node(path: Path): unknown {
    let node: unknown = this.document.contents;
    for (const segment of path) {
      node = this.child(node, segment);
      if (node === undefined) return undefined;
    }
    return isAlias(node) ? node.resolve(this.document) : node;
  }

  private child(parent: unknown, segment: string | number): unknown {
    const node = isAlias(parent) ? parent.resolve(this.document) : parent;
    if (isMap(node)) return pairOf(node.items, segment)?.value ?? undefined;
    if (isSeq(node) && typeof segment === 'number') return node.items[segment];
    return undefined;
  }

  private offset(path: Path, find?: Found): number {
    for (let length = path.length; length >= 0; length--) {
      const node = this.node(path.slice(0, length));
      const range = rangeOf(node);
      if (range === undefined) continue;
      const [start, end] = range;
      const text = find === undefined ? -1 : nthIndex(this.text.slice(start, end), find);
      return text === -1 ? start : start + text;
    }
    return 0;
  }

  private keyOffset(path: Path): number {
    const parent = this.node(path.slice(0, -1));
    const last = path.at(-1);
    const pair = isMap(parent) && last !== undefined ? pairOf(parent.items, last) : undefined;
    return rangeOf(pair?.key)?.[0] ?? this.offset(path);
  }
}

/** A text within a scalar, by its n-th occurrence (from 0). */
export interface Found {
  readonly text: string;
  readonly n: number;
}

export interface Detail {
  readonly hint?: string | undefined;
  /** Point at the key instead of the value. */
  readonly key?: boolean;
  /** Point at a text within the value. */
  readonly find?: Found | undefined;
}

export type Loaded =
  | { readonly ok: true; readonly source: YamlSource }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Known before anything is parsed, so that a refusal has its place too. */
function lineStarts(text: string): LineCounter {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
  return lines;
}

/** Reads a YAML file of one document. Never throws. */
export function loadYaml(text: string, file: string): Loaded {
  const lines = lineStarts(text);
  const refuse = (rule: string, message: string, offset = 0, hint?: string): Loaded => ({
    ok: false,
    diagnostics: [place(file, lines, offset, { severity: 'error', rule, message, hint })],
  });
  if (utf8Length(text) > MAX_BYTES) return refuse('yaml.too-large', 'The file is larger than 1 MiB.');
  const binary = text.search(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffd]/);
  if (binary !== -1) return refuse('yaml.binary', 'The file is not plain UTF-8 text.', binary);
  const tooDeepMessage = `The file is nested deeper than ${String(MAX_DEPTH)} levels.`;
  try {
    const read = tokensOf(text);
    if (!read.ok) return refuse('yaml.too-deep', tooDeepMessage, read.deepAt);
    const deep = tooDeep(read.tokens);
    if (deep !== null) return refuse('yaml.too-deep', tooDeepMessage, deep);
    return compose(text, file, lines, read.tokens);
  } catch (e) {
    return refuse(
      'yaml.syntax',
      `The file cannot be read as YAML: ${e instanceof Error ? e.message : 'unknown error'}`,
    );
  }
}

type Tokens = ReturnType<Parser['parse']> extends Generator<infer T> ? T[] : never;

function compose(text: string, file: string, lines: LineCounter, tokens: Tokens): Loaded {
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    merge: false,
    strict: true,
    stringKeys: true,
    uniqueKeys: true,
    resolveKnownTags: false,
    prettyErrors: false,
  });
  const [first, ...others] = [...composer.compose(tokens, true, text.length)];
  if (first === undefined || first.contents === null) {
    return { ok: false, diagnostics: [place(file, lines, 0, error('yaml.syntax', 'The file is empty.'))] };
  }
  const document = first;
  const problems = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  const diagnostics = problems.slice(0, MAX_SYNTAX_ERRORS).map((e) => fromYaml(e, text, file, lines));
  if (others[0] !== undefined) {
    diagnostics.push(
      place(file, lines, others[0].range[0], error('yaml.syntax', 'One file holds one runbook.')),
    );
  }
  if (diagnostics.length > 0) return { ok: false, diagnostics };
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (e) {
    const why =
      e instanceof Error && e.message.includes('alias')
        ? 'It has too many aliases.'
        : 'Its aliases go in circles.';
    return { ok: false, diagnostics: [place(file, lines, 0, error('yaml.alias', why))] };
  }
  if (isCircular(value)) {
    return {
      ok: false,
      diagnostics: [place(file, lines, 0, error('yaml.alias', 'Its aliases go in circles.'))],
    };
  }
  return { ok: true, source: new YamlSource(file, text, document, lines, value) };
}

function error(rule: string, message: string) {
  return { severity: 'error' as const, rule, message };
}

const words: Readonly<
  Partial<Record<YAMLError['code'], readonly [rule: string, message: string, hint?: string]>>
> = {
  DUPLICATE_KEY: ['yaml.duplicate-key', 'This key stands here twice', 'keep one of them'],
  TAB_AS_INDENT: ['yaml.tab', 'A tab is used to indent', 'indent with spaces'],
  TAG_RESOLVE_FAILED: ['yaml.tag', 'Tags are not allowed', 'remove the word that begins with "!"'],
  MULTIPLE_DOCS: ['yaml.syntax', 'One file holds one runbook'],
  NON_STRING_KEY: ['yaml.syntax', 'A key must be plain text'],
};

function fromYaml(e: YAMLError, text: string, file: string, lines: LineCounter): Diagnostic {
  const [rule, message, hint] = words[e.code] ?? ['yaml.syntax', e.message];
  const name = e.code === 'DUPLICATE_KEY' ? /^[\w-]{1,64}/.exec(text.slice(e.pos[0]))?.[0] : undefined;
  const said = name === undefined ? `${message}.` : `The key "${name}" stands here twice.`;
  return place(file, lines, e.pos[0], { ...error(rule, said.replace(/\.\.$/, '.')), hint });
}

function place(
  file: string,
  lines: LineCounter,
  offset: number,
  what: { severity: 'error' | 'warning'; rule: string; message: string; hint?: string | undefined },
): Diagnostic {
  const { line, col } = lines.linePos(offset);
  const { severity, rule, message, hint } = what;
  const found = { severity, rule, message, file, line: Math.max(1, line), column: Math.max(1, col) };
  return hint === undefined ? found : { ...found, hint };
}

type Read = { readonly ok: true; readonly tokens: Tokens } | { readonly ok: false; readonly deepAt: number };

/** What Parser.parse gives; ends at the bracket that goes below the depth limit, and reads nothing after it. */
function tokensOf(text: string): Read {
  const parser = new Parser();
  const tokens: Tokens = [];
  let depth = 0;
  let offset = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (lexeme === '[' || lexeme === '{') depth++;
    if (lexeme === ']' || lexeme === '}') depth--;
    if (depth > MAX_DEPTH) return { ok: false, deepAt: offset };
    // The lexer's own marks (document, flow end, scalar) are not in the text.
    if (lexeme !== '\u0002' && lexeme !== '\u0018' && lexeme !== '\u001f') offset += lexeme.length;
    tokens.push(...parser.next(lexeme));
  }
  tokens.push(...parser.end());
  return { ok: true, tokens };
}

/** Whether an alias leads back into the value it stands in. `above` is as it was when it returns false. */
function isCircular(value: unknown, above: unknown[] = []): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (above.includes(value)) return true;
  above.push(value);
  const circular = Object.values(value).some((child) => isCircular(child, above));
  above.pop();
  return circular;
}

/** Offset of the first node below the depth limit. Walks the tokens with its own stack, so depth cannot exhaust it. */
function tooDeep(tokens: readonly unknown[]): number | null {
  const todo: { readonly node: unknown; readonly depth: number }[] = tokens.map((node) => ({
    node,
    depth: 0,
  }));
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const { node, depth } = next;
    if (typeof node !== 'object' || node === null) continue;
    const items: unknown = 'items' in node ? node.items : undefined;
    const below = Array.isArray(items) ? depth + 1 : depth;
    if (below > MAX_DEPTH) return 'offset' in node && typeof node.offset === 'number' ? node.offset : 0;
    if (Array.isArray(items)) for (const item of items as unknown[]) todo.push({ node: item, depth: below });
    for (const key of ['value', 'key'] as const) {
      const child: unknown = key in node ? (node as Readonly<Record<string, unknown>>)[key] : undefined;
      if (typeof child === 'object' && child !== null) todo.push({ node: child, depth: below });
    }
  }
  return null;
}

function pairOf(items: readonly unknown[], key: string | number) {
  const name = String(key);
  for (const item of items) {
    if (isPair(item) && isScalar(item.key) && String(item.key.value) === name) return item;
  }
  return undefined;
}

function rangeOf(node: unknown): readonly [number, number] | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range))
    return undefined;
  const [start, end] = node.range as readonly unknown[];
  return typeof start === 'number' && typeof end === 'number' ? [start, end] : undefined;
}

function nthIndex(text: string, { text: wanted, n }: Found): number {
  let at = text.indexOf(wanted);
  for (let i = 0; i < n && at !== -1; i++) at = text.indexOf(wanted, at + 1);
  return at;
}

function utf8Length(text: string): number {
  if (text.length > MAX_BYTES) return text.length;
  let bytes = 0;
  for (const c of text) {
    const point = c.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}
