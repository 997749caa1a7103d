/**
 * Reads OpenSSH configuration files with everything they include. Bounded in size, number and depth; must never run
 * anything. Files that others may write are refused, as ssh itself refuses them.
 */
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { fail, ok, type Result } from '../../../contract/result.ts';
import { matchesPattern } from '../patterns.ts';
import { expandEnvironment, expandTilde } from './tokens.ts';
import { splitLine } from './words.ts';

const MAX_BYTES = 1024 * 1024;
const MAX_FILES = 256;
const MAX_LINES = 50_000;
/** As OpenSSH has it. */
const MAX_DEPTH = 16;

export interface ConfigLine {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly keyword: string;
  readonly words: readonly string[];
  readonly rest: string;
  /** With `include`: what it brought in. */
  readonly included?: readonly ConfigLine[][];
  /** With `include`: a pattern whose files only ssh finds. What they hold is not known here. */
  readonly unread?: string;
}

export interface ConfigSource {
  readonly file: string;
  /** Where a relative Include is looked for. */
  readonly folder: string;
  /** The person's own file: `~` counts, and nobody else may be able to write it. */
  readonly own: boolean;
}

interface Reading {
  readonly source: ConfigSource;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly count: { files: number; lines: number };
}

/** The lines of one configuration; no lines when the file does not exist. */
export async function readConfig(
  source: ConfigSource,
  home: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Result<ConfigLine[]>> {
  return readOne(source.file, { source, home, env, count: { files: 0, lines: 0 } }, []);
}

async function readOne(
  file: string,
  reading: Reading,
  chain: readonly string[],
): Promise<Result<ConfigLine[]>> {
  const text = await readText(file, reading.source.own);
  if (!text.ok || text.value === null) return text.ok ? ok([]) : text;
  const real = await realpath(file).catch(() => file);
  if (chain.includes(real)) return refuse(`${file} includes itself.`);
  if (chain.length >= MAX_DEPTH)
    return refuse(`${file} is included over more than ${String(MAX_DEPTH)} levels.`);
  reading.count.files += 1;
  if (reading.count.files > MAX_FILES) {
    return refuse(`${reading.source.file} brings in more than ${String(MAX_FILES)} files.`);
  }
  const lines: ConfigLine[] = [];
  for (const [index, raw] of text.value.split('\n').entries()) {
    const split = splitLine(raw);
    if (split === null) continue;
    const place = { file, line: index + 1 };
    if (typeof split === 'string') return refuse(`${file}:${String(place.line)}: ${split}.`);
    reading.count.lines += 1;
    if (reading.count.lines > MAX_LINES) {
      return refuse(`${reading.source.file} has more than ${String(MAX_LINES)} lines with what it includes.`);
    }
    if (split.keyword !== 'include') {
      lines.push({ ...place, ...split });
      continue;
    }
    const included = await readIncluded(split.words, place, reading, [...chain, real]);
    if (!included.ok) return included;
    lines.push({ ...place, ...split, ...included.value });
  }
  return ok(lines);
}

async function readIncluded(
  patterns: readonly string[],
  place: { readonly file: string; readonly line: number },
  reading: Reading,
  chain: readonly string[],
): Promise<Result<Required<Pick<ConfigLine, 'included'>> & Pick<ConfigLine, 'unread'>>> {
  const { source, home, env } = reading;
  const found: ConfigLine[][] = [];
  const unread: string[] = [];
  if (patterns.length === 0) return refuse(`${place.file}:${String(place.line)}: Include names no file.`);
  for (const pattern of patterns) {
    const expanded = expandEnvironment(pattern, env);
    if (!expanded.ok) return refuse(`${place.file}:${String(place.line)}: ${expanded.why}.`);
    const tilde = source.own ? expandTilde(expanded.text, home) : expanded.text;
    const files = isFollowed(tilde)
      ? await glob(isAbsolute(tilde) ? tilde : join(source.folder, tilde))
      : null;
    if (files === null) {
      unread.push(pattern);
      continue;
    }
    for (const file of files) {
      const lines = await readOne(file, reading, chain);
      if (!lines.ok) return lines;
      found.push(lines.value);
    }
  }
  return ok({ included: found, ...(unread.length === 0 ? {} : { unread: unread.join(' ') }) });
}

/**
 * Whether a pattern means the same files here as it does to ssh (glob(3)): other people's homes, tokens, backslashes
 * and sets beyond plain characters do not.
 */
function isFollowed(pattern: string): boolean {
  const plain = pattern.replace(/\[!?[A-Za-z0-9_.,-]+\]/g, '');
  return !plain.startsWith('~') && !/[\\%[\]]/.test(plain);
}

/** Null when there is no such file. */
async function readText(file: string, own: boolean): Promise<Result<string | null>> {
  try {
    const { mode, uid, size } = await stat(file);
    if (size > MAX_BYTES) return refuse(`${file} is larger than ${String(MAX_BYTES / 1024)} KiB.`);
    const mine = uid === 0 || uid === process.getuid?.();
    if (own && process.platform !== 'win32' && (!mine || (mode & 0o022) !== 0)) {
      return refuse(
        `${file} belongs to or can be written by others.`,
        `Find out who could have changed it. If nobody did: chmod 600 ${file}`,
      );
    }
    const text = await readFile(file, 'utf8');
    return text.includes('\0') ? refuse(`${file} is not a text file.`) : ok(text);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    if (code === 'ENOENT' || code === 'ENOTDIR') return ok(null);
    return refuse(`${file} cannot be read (${code}).`);
  }
}

/**
 * glob(3) with `*`, `?` and `[…]`; names that begin with a dot are only found by a pattern that does. Null: too many.
 */
async function glob(pattern: string): Promise<readonly string[] | null> {
  if (!/[*?[]/.test(pattern)) return [pattern];
  const parts = pattern.split('/').filter((part) => part !== '');
  let folders = ['/'];
  for (const part of parts) {
    if (!/[*?[]/.test(part)) {
      folders = folders.map((folder) => join(folder, part));
      continue;
    }
    const next: string[] = [];
    for (const folder of folders) {
      const names = await readdir(folder).catch(() => []);
      for (const name of names.sort()) {
        if (name.startsWith('.') && !part.startsWith('.')) continue;
        if (matchesName(part, name)) next.push(join(folder, name));
      }
      if (next.length > MAX_FILES) return null;
    }
    folders = next;
  }
  return folders;
}

function matchesName(pattern: string, name: string): boolean {
  if (!pattern.includes('[')) return matchesPattern(pattern, name);
  const source = pattern.replace(
    /\[(!?)([^\]]+)\]|[\s\S]/g,
    (char, not: string | undefined, set?: string) => {
      if (set !== undefined) return `[${not === '!' ? '^' : ''}${set.replace(/[\\^]/g, '\\$&')}]`;
      if (char === '*') return '[^/]*';
      return char === '?' ? '[^/]' : char.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    },
  );
  try {
    return new RegExp(`^${source}$`).test(name);
  } catch {
    return false;
  }
}

/** The system's file, read after the person's own. */
export function systemConfig(): ConfigSource {
  return { file: '/etc/ssh/ssh_config', folder: '/etc/ssh', own: false };
}

/** The person's own file in their OpenSSH folder, or another one in its place. */
export function ownConfig(sshFolder: string, file?: string): ConfigSource {
  return { file: file ?? join(sshFolder, 'config'), folder: sshFolder, own: true };
}

function refuse(message: string, hint = 'Mend the file, or switch its use off in Settings.'): Result<never> {
  return fail('bad-request', `The OpenSSH configuration cannot be used: ${message}`, {
    kept: 'Nothing was sent to any host.',
    hint,
  });
}
