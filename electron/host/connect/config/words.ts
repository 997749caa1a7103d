/** One line of an OpenSSH configuration as its keyword and words, by the quoting rules of ssh_config(5). */

export interface ConfigWords {
  /** Lower case. */
  readonly keyword: string;
  readonly words: readonly string[];
  /** Everything behind the keyword, for the keywords that take a command line. */
  readonly rest: string;
}

/** Null for an empty line or a comment; a string says what is wrong. */
export function splitLine(line: string): ConfigWords | string | null {
  const text = line.replace(/[ \t\r\n\f]+$/, '').replace(/^[ \t\f]+/, '');
  if (text === '' || text.startsWith('#')) return null;
  const head = /^(?:"([^"]*)"|([^\s="]+))[ \t]*=?[ \t]*/.exec(text);
  if (head === null) return 'the keyword cannot be read';
  // ssh takes the quotation mark out of `Ma"tch"`: a keyword that two programs read differently is not guessed at.
  if (head[2] !== undefined && text[head[2].length] === '"') return 'the keyword cannot be read';
  const rest = text.slice(head[0].length);
  const keyword = (head[1] ?? head[2] ?? '').toLowerCase();
  if (!/^[a-z0-9]+$/.test(keyword)) return 'the keyword cannot be read';
  const words = splitWords(rest);
  // A command line is taken as it stands: its quotes are for the shell.
  if (words === null && !COMMANDS.has(keyword)) return 'a quotation mark is not closed';
  return { keyword, words: words ?? [rest], rest };
}

const COMMANDS: ReadonlySet<string> = new Set([
  'proxycommand',
  'remotecommand',
  'localcommand',
  'knownhostscommand',
]);

/** Words, with `'` and `"` as quotes, `\` before a quote, a space or itself, and `#` as the beginning of a comment. */
export function splitWords(text: string): readonly string[] | null {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (text[at] === ' ' || text[at] === '\t') at += 1;
    if (at >= text.length || text[at] === '#') return words;
    let word = '';
    let quote = '';
    for (; at < text.length; at += 1) {
      const char = text[at] ?? '';
      const next = text[at + 1] ?? '';
      if (
        char === '\\' &&
        (next === '"' || next === "'" || next === '\\' || (quote === '' && next === ' '))
      ) {
        word += next;
        at += 1;
      } else if (quote !== '') {
        if (char === quote) quote = '';
        else word += char;
      } else if (char === '"' || char === "'") quote = char;
      else if (char === ' ' || char === '\t') break;
      else word += char;
    }
    if (quote !== '') return null;
    words.push(word);
  }
}
