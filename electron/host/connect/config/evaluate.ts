/**
 * What a configuration says of one host, by the rules of ssh_config(5): blocks in order, the first value of a keyword
 * counts. Pure: reads nothing, and never runs a `Match exec`; those are only listed.
 */
import type { ConfigLine } from './configFiles.ts';
import { ACCUMULATING } from './keywords.ts';
import { matchesList } from '../patterns.ts';

export interface Setting {
  readonly words: readonly string[];
  readonly rest: string;
  readonly file: string;
  readonly line: number;
}

export interface HostQuery {
  /** What was typed. */
  readonly alias: string;
  /** Given with it: win over the configuration. */
  readonly user?: string;
  readonly port?: number;
  readonly localUser: string;
}

export interface MatchExec {
  readonly file: string;
  readonly line: number;
  readonly command: string;
}

export interface Evaluated {
  /** By keyword in lower case, in the order of the files. */
  readonly settings: ReadonlyMap<string, readonly Setting[]>;
}

export type EvaluateResult =
  | { readonly ok: true; readonly value: Evaluated }
  | { readonly ok: false; readonly file: string; readonly line: number; readonly why: string };

/** Evaluates files in order (the person's own, then the system's) for a host. */
export function evaluateConfig(files: readonly (readonly ConfigLine[])[], query: HostQuery): EvaluateResult {
  const state = new Evaluation(query);
  const first = state.pass(files);
  if (first !== null) return first;
  if (state.wantsFinal) {
    const second = state.finalPass(files);
    if (second !== null) return second;
  }
  return { ok: true, value: { settings: state.settings } };
}

/** Every `Match exec` in the files, whichever host they are for, and every Include that only ssh can follow. */
export function matchExecs(files: readonly (readonly ConfigLine[])[]): readonly MatchExec[] {
  const found: MatchExec[] = [];
  const visit = (lines: readonly ConfigLine[]): void => {
    for (const line of lines) {
      const place = { file: line.file, line: line.line };
      for (const included of line.included ?? []) visit(included);
      if (line.unread !== undefined) found.push({ ...place, command: `Include ${line.unread}` });
      if (line.keyword !== 'match') continue;
      for (const command of commandsOf(line.rest)) found.push({ ...place, command });
    }
  };
  for (const lines of files) visit(lines);
  return found;
}

/**
 * What a `Match` line runs. Versions of ssh differ in how they read quotation marks within words, single ones and
 * backslashes: such a line is shown as it stands. Better one question too many.
 */
function commandsOf(rest: string): readonly string[] {
  const all = criteria(rest);
  const unquoted = rest.replace(/(?<=[ \t=])"[^"\\]*"(?=[ \t]|$)/g, '');
  if (all !== null && !/["'\\\r]/.test(unquoted)) {
    return all.filter(({ name }) => name === 'exec').map(({ value }) => value);
  }
  return /exec/i.test(rest.replace(/["'\\]/g, '')) ? [rest] : [];
}

type Problem = Extract<EvaluateResult, { ok: false }>;

class Evaluation {
  readonly settings = new Map<string, Setting[]>();
  wantsFinal = false;
  readonly #query: HostQuery;
  #final = false;
  #host: string;

  constructor(query: HostQuery) {
    this.#query = query;
    this.#host = query.alias;
  }

  pass(files: readonly (readonly ConfigLine[])[]): Problem | null {
    for (const lines of files) {
      const problem = this.#walk(lines, true);
      if (problem !== null) return problem;
    }
    return null;
  }

  /** Once more, with `Match final` blocks and the name found so far; what is set already stays. */
  finalPass(files: readonly (readonly ConfigLine[])[]): Problem | null {
    this.#final = true;
    this.#host = this.#hostname();
    // The name is settled by then: a HostName in a `Match final` block has no effect.
    if (!this.settings.has('hostname')) {
      const name = this.#host.replaceAll('%', '%%');
      this.settings.set('hostname', [{ words: [name], rest: name, file: '', line: 0 }]);
    }
    return this.pass(files);
  }

  #walk(lines: readonly ConfigLine[], active: boolean): Problem | null {
    let on = active;
    for (const line of lines) {
      switch (line.keyword) {
        case 'host':
          if (line.words.length === 0) return problemAt(line, 'Host names no pattern');
          on = active && matchesList(line.words, this.#host);
          break;
        case 'match': {
          const matched = this.#matches(line);
          if (typeof matched === 'string') return problemAt(line, matched);
          on = active && matched;
          break;
        }
        case 'include':
          for (const included of line.included ?? []) {
            const problem = this.#walk(included, on);
            if (problem !== null) return problem;
          }
          break;
        default:
          if (line.words.length === 0) return problemAt(line, `${line.keyword} has no value`);
          if (on) this.#set(line);
      }
    }
    return null;
  }

  #set(line: ConfigLine): void {
    // Whichever of the two comes first counts; ProxyJump none leaves the command its turn.
    const jump = this.#first('proxyjump')?.toLowerCase() ?? 'none';
    if (line.keyword === 'proxycommand' && jump !== 'none') return;
    if (line.keyword === 'proxyjump' && this.settings.has('proxycommand')) return;
    const held = this.settings.get(line.keyword);
    const { words, rest, file, line: number } = line;
    if (held === undefined) this.settings.set(line.keyword, [{ words, rest, file, line: number }]);
    else if (
      ACCUMULATING.has(line.keyword) &&
      !held.some((one) => one.file === file && one.line === number)
    ) {
      held.push({ words, rest, file, line: number });
    }
  }

  /** A string says what is wrong with the line. */
  #matches(line: ConfigLine): boolean | string {
    const all = criteria(line.rest);
    if (all === null || all.length === 0) return 'Match cannot be read';
    let matched = true;
    for (const { name, negated, value } of all) {
      const one = this.#criterion(name, value);
      if (one === null) return `Match does not know ${name}`;
      if (one === negated) matched = false;
    }
    return matched;
  }

  #criterion(name: string, value: string): boolean | null {
    const list = value.split(',');
    switch (name) {
      case 'all':
        return true;
      case 'host':
        return matchesList(list, this.#hostname());
      case 'originalhost':
        return matchesList(list, this.#query.alias);
      case 'user':
        return matchesList(list, this.#query.user ?? this.#first('user') ?? this.#query.localUser);
      case 'localuser':
        return matchesList(list, this.#query.localUser);
      case 'final':
        this.wantsFinal = true;
        return this.#final;
      // Never run and never known here: what they guard is left out, and said.
      case 'exec':
      case 'canonical':
      case 'localnetwork':
      case 'tagged':
      case 'version':
      case 'sessiontype':
      case 'command':
        return false;
      default:
        return null;
    }
  }

  #hostname(): string {
    const name = this.#first('hostname');
    return name === undefined ? this.#host : name.replaceAll('%h', this.#query.alias).replaceAll('%%', '%');
  }

  #first(keyword: string): string | undefined {
    return this.settings.get(keyword)?.[0]?.words[0];
  }
}

function problemAt(line: ConfigLine, why: string): Problem {
  return { ok: false, file: line.file, line: line.line, why };
}

interface Criterion {
  readonly name: string;
  readonly negated: boolean;
  readonly value: string;
}

const ALONE: ReadonlySet<string> = new Set(['all', 'canonical', 'final']);

/** `host a,b !user c exec "command"`; null when it cannot be read. */
function criteria(text: string): readonly Criterion[] | null {
  const found: Criterion[] = [];
  let rest = text.trim();
  while (rest !== '' && !rest.startsWith('#')) {
    const head = /^(!?)([A-Za-z]+)(?:[ \t]*=[ \t]*|[ \t]+|$)/.exec(rest);
    if (head === null) return null;
    rest = rest.slice(head[0].length);
    const name = (head[2] ?? '').toLowerCase();
    const negated = head[1] === '!';
    if (ALONE.has(name)) {
      found.push({ name, negated, value: '' });
      continue;
    }
    const value = /^(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s"']\S*))[ \t]*/.exec(rest);
    if (value === null) return null;
    rest = rest.slice(value[0].length);
    found.push({ name, negated, value: value[1] ?? value[2] ?? value[3] ?? '' });
  }
  return found;
}
