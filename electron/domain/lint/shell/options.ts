/** Options of a program, as getopt reads them: `-abc`, `-o value`, `--long`, `--long=value`. */
import type { Word } from './syntax.ts';

export interface OptionShape {
  /** Letters of short options that take a value. */
  readonly short: string;
  /** Long options that take their value as the next word. */
  readonly long: readonly string[];
  /** Options end at the first argument that is none. */
  readonly stop?: boolean;
}

export interface Option {
  readonly word: Word;
  readonly value: string | null;
  /** The word of the value. */
  readonly valueWord: Word | null;
}

export interface Options {
  /** By name: `k`, `--insecure`. */
  readonly named: ReadonlyMap<string, readonly Option[]>;
  /** What is no option. */
  readonly rest: readonly Word[];
  has(...names: readonly string[]): boolean;
  /** The first of these that stands there. */
  first(...names: readonly string[]): Option | null;
}

export function optionsOf(args: readonly Word[], shape: OptionShape): Options {
  const named = new Map<string, Option[]>();
  const rest: Word[] = [];
  const add = (name: string, option: Option) => named.set(name, [...(named.get(name) ?? []), option]);
  for (let i = 0; i < args.length; i++) {
    const word = args[i];
    if (word === undefined) break;
    const { value } = word;
    if (value === '--') {
      rest.push(...args.slice(i + 1));
      break;
    }
    if (value.startsWith('--')) {
      const [name = value, ...inline] = value.split('=');
      const next = inline.length === 0 && shape.long.includes(name) ? (args[++i] ?? null) : null;
      const given = inline.length > 0 ? inline.join('=') : (next?.value ?? null);
      add(name, { word, value: given, valueWord: inline.length > 0 ? word : next });
    } else if (/^-./.test(value)) {
      i += cluster(args, i, shape, add);
    } else if (shape.stop === true) {
      rest.push(...args.slice(i));
      break;
    } else rest.push(word);
  }
  const has = (...names: readonly string[]) => names.some((name) => named.has(name));
  const first = (...names: readonly string[]) =>
    names.map((name) => named.get(name)?.[0]).find((option) => option !== undefined) ?? null;
  return { named, rest, has, first };
}

/** `-abc value`; gives how many more words were taken. */
function cluster(
  args: readonly Word[],
  i: number,
  shape: OptionShape,
  add: (name: string, option: Option) => void,
): number {
  const word = args[i];
  if (word === undefined) return 0;
  const letters = word.value.slice(1);
  for (let n = 0; n < letters.length; n++) {
    const letter = letters.charAt(n);
    if (!shape.short.includes(letter)) {
      add(letter, { word, value: null, valueWord: null });
      continue;
    }
    const inline = letters.slice(n + 1);
    const next = inline === '' ? (args[i + 1] ?? null) : null;
    add(letter, {
      word,
      value: inline === '' ? (next?.value ?? null) : inline,
      valueWord: inline === '' ? next : word,
    });
    return inline === '' ? 1 : 0;
  }
  return 0;
}
