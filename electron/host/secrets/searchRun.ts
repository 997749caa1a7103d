/** Looks through every file of an ended run for its secrets, in all their forms. It reads and reports, nothing else. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { TextDecoder } from 'node:util';
import { ok, type Result } from '../../contract/result.ts';
import type { Patterns } from '../../domain/redact/redactor.ts';
import { searchBytes, searchShown } from '../../domain/redact/search.ts';
import { listFiles } from '../evidence/files.ts';
import { storageFailure } from '../files/storageFailure.ts';
import { PART_MARK } from '../terminal/redactions.ts';

export interface SecretFinding {
  readonly file: string;
  /** Name of the secret. */
  readonly rule: string;
  readonly message: string;
}

/** Told by a recording or by the journal, from the moment it happened. */
export const WRITTEN_IN_PART = 'a part of the secret was written before it was recognised';

/** Not of the evidence: the app's own, with no byte of output in them. */
const OWN = new Set(['lock', '.reserve']);

/** Findings by file, in the order of the files. */
export async function searchRun(dir: string, patterns: Patterns): Promise<Result<readonly SecretFinding[]>> {
  const listed = await listFiles(dir);
  if (!listed.ok) return listed;
  const findings: SecretFinding[] = [];
  for (const { path, kind } of listed.value) {
    if (kind !== 'file' || OWN.has(path)) continue;
    try {
      findings.push(...(await searchFile(dir, path, patterns)));
    } catch (error) {
      return { ok: false, error: storageFailure(path, error, 'The run is as it was, and not sealed.') };
    }
  }
  return ok(findings);
}

async function searchFile(dir: string, path: string, patterns: Patterns): Promise<readonly SecretFinding[]> {
  const whole = join(dir, path);
  const inBytes = await secretsInFile(whole, patterns);
  const { shown, inPart } = await secretsShown(whole, path, patterns);
  return [
    ...[...inBytes].map((rule) => ({
      file: path,
      rule,
      message: `${rule} stands in the bytes of this file`,
    })),
    ...[...shown]
      .filter((rule) => !inBytes.has(rule))
      .map((rule) => ({ file: path, rule, message: `a terminal shows ${rule} when this is replayed` })),
    ...[...inPart].map((rule) => ({ file: path, rule, message: WRITTEN_IN_PART })),
  ];
}

/** Names of the secrets that stand in a file. Rejects with the system's error when it cannot be read. */
export async function secretsInFile(path: string, patterns: Patterns): Promise<ReadonlySet<string>> {
  const search = searchBytes(patterns);
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) search.take(chunk);
  return search.end();
}

interface Shown {
  readonly shown: ReadonlySet<string>;
  /** Secrets of which the recording itself says so. */
  readonly inPart: ReadonlySet<string>;
}

async function secretsShown(whole: string, path: string, patterns: Patterns): Promise<Shown> {
  if (path.endsWith('.cast')) return shownByCast(whole, patterns);
  if (!path.endsWith('.out') && !path.endsWith('.err')) return { shown: new Set(), inPart: new Set() };
  const search = searchShown(patterns, { cols: 80, rows: 24 });
  const decoder = new TextDecoder('utf-8');
  for await (const chunk of createReadStream(whole) as AsyncIterable<Buffer>)
    search.write(decoder.decode(chunk, { stream: true }));
  return { shown: search.end(), inPart: new Set() };
}

async function shownByCast(path: string, patterns: Patterns): Promise<Shown> {
  let search: ReturnType<typeof searchShown> | null = null;
  const inPart = new Set<string>();
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    const value = parsed(line);
    if (search === null) search = searchShown(patterns, sizeOf(value));
    else if (Array.isArray(value) && typeof value[2] === 'string') {
      const [cols, rows] = value[2].split('x').map(Number);
      if (value[1] === 'o') search.write(value[2]);
      else if (value[1] === 'r') search.resize(cols ?? 80, rows ?? 24);
      else if (value[2].startsWith(PART_MARK)) inPart.add(value[2].slice(PART_MARK.length));
    }
  }
  return { shown: search?.end() ?? new Set(), inPart };
}

function sizeOf(header: unknown): { readonly cols: number; readonly rows: number } {
  const { width, height } = (header ?? {}) as { readonly width?: unknown; readonly height?: unknown };
  return {
    cols: typeof width === 'number' ? width : 80,
    rows: typeof height === 'number' ? height : 24,
  };
}

/** A line that is no JSON, such as one that a crash cut, is looked at as bytes only. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return null;
  }
}
