/** SQL that a shell text hands to psql. Texts and comments in it are blanked, so that words in them count for nothing. */
import type { Invocation } from './invocations.ts';
import { sqlOf } from './tools.ts';

export interface SqlPart {
  readonly text: string;
  /** As long as the text, with blanks for what stands in quotes and comments. */
  readonly masked: string;
  /** Offset in the whole shell text. */
  at(offset: number): number;
}

export function sqlParts(call: Invocation): readonly SqlPart[] {
  return sqlOf(call).map((part) => ({ ...part, masked: maskSql(part.text) }));
}

/** PostgreSQL, Lexical Structure (4.1): `'…'`, `$tag$…$tag$`, `-- …`, nested comments are read as flat ones. */
export function maskSql(text: string): string {
  return text.replace(/'(?:[^']|'')*'?|\$(\w*)\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g, (all) =>
    all.replace(/[^\n]/g, ' '),
  );
}
