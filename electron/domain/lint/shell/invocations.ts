/**
 * Which programs a shell text starts: also those within substitutions, `sh -c '…'`, sudo, kubectl exec and the like.
 * A shell text is read once, however many rules look at it.
 */
import type { Hit, Place, ShellText } from '../rule.ts';
import { readShell } from './parse.ts';
import type { Comment, ShellScript, SimpleCommand, Word } from './syntax.ts';
import { unwrap } from './wrappers.ts';

export interface Invocation {
  /** Name of the program, without its folder. */
  readonly name: string;
  readonly word: Word;
  readonly args: readonly Word[];
  /** The command it stands in; that of a wrapper is the wrapper's. */
  readonly command: SimpleCommand;
  /** Commands beside it, in their order. */
  readonly script: ShellScript;
  /** Programs that start it, outermost first: `sudo`, `kubectl exec`. */
  readonly via: readonly string[];
  /** It runs in a shell of its own: a substitution or `sh -c`. */
  readonly nested: boolean;
  /** Offset in the whole text of an offset in its own script. */
  at(offset: number): number;
}

export interface ShellReading {
  readonly script: ShellScript;
  readonly invocations: readonly Invocation[];
  readonly comments: readonly Comment[];
  /** Names that the text itself gives a value. */
  readonly assigned: ReadonlySet<string>;
  /** Only the beginning was taken up. */
  readonly tooLong: boolean;
}

/** So many programs of one text are looked at. */
const MOST = 2000;
const cache = new WeakMap<ShellText, ShellReading>();

/** What a shell text does. */
export function readingOf(command: ShellText): ShellReading {
  const known = cache.get(command);
  if (known !== undefined) return known;
  const references = command.role !== 'document';
  const script = readShell(command.text, { references });
  const invocations: Invocation[] = [];
  collect(script, { references, via: [], nested: false, at: (offset) => offset, depth: 0 }, invocations);
  const reading = {
    script,
    invocations: invocations.slice(0, MOST),
    comments: script.comments.slice(0, MOST),
    assigned: assignedIn(script, invocations),
    tooLong: invocations.length > MOST || script.comments.length > MOST,
  };
  cache.set(command, reading);
  return reading;
}

/** The invocations of these programs. */
export function calls(command: ShellText, ...names: readonly string[]): readonly Invocation[] {
  return readingOf(command).invocations.filter((call) => names.includes(call.name));
}

/** Something found at a word of an invocation, at its name when no word is given. */
export function hitAt(text: ShellText, call: Invocation, message: string, word: Word = call.word): Hit {
  return { at: placeOf(text, call.at(word.start)), message };
}

export function placeOf(text: ShellText, offset: number): Place {
  return text.place(Math.max(0, Math.min(offset, text.text.length)));
}

interface Around {
  readonly references: boolean;
  readonly via: readonly string[];
  readonly nested: boolean;
  readonly depth: number;
  readonly at: (offset: number) => number;
}

const MAX_DEPTH = 20;

function collect(script: ShellScript, around: Around, out: Invocation[]): void {
  for (const command of script.commands) {
    for (const word of [...command.assignments, ...command.words]) substitutions(word, around, out);
    for (const redirect of command.redirects) {
      if (redirect.target !== null) substitutions(redirect.target, around, out);
    }
    start(command.words, command, script, around, out);
  }
}

function substitutions(word: Word, around: Around, out: Invocation[]): void {
  for (const part of word.parts) {
    if (part.kind === 'script') collect(part.script, { ...around, nested: true }, out);
  }
}

function start(
  words: readonly Word[],
  command: SimpleCommand,
  script: ShellScript,
  around: Around,
  out: Invocation[],
): void {
  const [word, ...args] = words;
  if (word === undefined || around.depth > MAX_DEPTH) return;
  const name = word.value.split('/').at(-1) ?? word.value;
  const { via, nested, at } = around;
  out.push({ name, word, args, command, script, via, nested, at });
  const inner = unwrap(name, args);
  if (inner === null) return;
  const below = { ...around, via: [...via, inner.via], depth: around.depth + 1 };
  if (inner.kind === 'words') {
    start(inner.words, command, script, below, out);
    return;
  }
  const { value, offsets } = inner.word;
  const shift = (offset: number) => at(offsets[offset] ?? inner.word.end);
  collect(readShell(value, around), { ...below, nested: true, at: shift }, out);
}

const READERS = new Set([
  'read',
  'export',
  'local',
  'declare',
  'readonly',
  'typeset',
  'mapfile',
  'readarray',
]);

function assignedIn(script: ShellScript, invocations: readonly Invocation[]): ReadonlySet<string> {
  const names = new Set<string>(script.loopNames);
  for (const command of script.commands) {
    // `NAME=value command` gives the name to the command only.
    if (command.words.length === 0) for (const word of command.assignments) names.add(nameOf(word));
  }
  for (const call of invocations) {
    if (!READERS.has(call.name)) continue;
    for (const word of call.args) if (!word.value.startsWith('-')) names.add(nameOf(word));
  }
  return names;
}

function nameOf(word: Word): string {
  return /^\w+/.exec(word.value)?.[0] ?? '';
}
