/**
 * What a report quotes of the files of a run: the commands, and of each output its beginning and end. Bounded, whatever
 * the files hold; it only reads names that the journal gives and the bundle grammar allows.
 */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalRecord } from '../../contract/records.ts';
import { kindOf, pathProblem } from '../../domain/evidence/names.ts';
import type { OutputPreview } from '../../domain/report/model.ts';

/** Where the files of a run are read from: its folder, or an open bundle. */
export interface EvidenceFiles {
  /** Null when there is no such file. */
  size(path: string): Promise<number | null>;
  read(path: string, offset: number, length: number): Promise<Uint8Array>;
}

/** The folder of a run of this desk. */
export function folderFiles(dir: string): EvidenceFiles {
  const inside = (path: string) => (pathProblem(path) === null ? join(dir, path) : null);
  async function withFile<T>(
    path: string,
    none: T,
    use: (file: Awaited<ReturnType<typeof open>>) => Promise<T>,
  ) {
    const place = inside(path);
    const handle = place === null ? null : await open(place, 'r').catch(() => null);
    if (handle === null) return none;
    try {
      return await use(handle);
    } finally {
      await handle.close();
    }
  }
  return {
    size: (path) =>
      withFile<number | null>(path, null, async (handle) => {
        const seen = await handle.stat();
        return seen.isFile() ? seen.size : null;
      }),
    read: (path, offset, length) =>
      withFile<Uint8Array>(path, new Uint8Array(), async (handle) => {
        const buffer = Buffer.alloc(length);
        const { bytesRead } = await handle.read(buffer, 0, length, offset);
        return buffer.subarray(0, bytesRead);
      }),
  };
}

/** Longest command that is shown whole. */
const COMMAND_BYTES = 64 * 1024;
/** Of one output, and of all outputs together. */
const OUTPUT_BYTES = 64 * 1024;
const ALL_OUTPUT_BYTES = 4 * 1024 * 1024;
const LEAST_BYTES = 2 * 1024;

export interface Quoted {
  readonly commands: ReadonlyMap<string, string>;
  readonly outputs: ReadonlyMap<string, OutputPreview>;
}

export async function quote(files: EvidenceFiles, records: readonly JournalRecord[]): Promise<Quoted> {
  const paths = namedFiles(records);
  const commands = new Map<string, string>();
  for (const path of paths.commands) {
    const size = await files.size(path);
    if (size === null) continue;
    const text = decode(await files.read(path, 0, Math.min(size, COMMAND_BYTES)));
    commands.set(path, size > COMMAND_BYTES ? `${text}\n… cut here: the whole command is in ${path}` : text);
  }
  const each = Math.max(
    LEAST_BYTES,
    Math.min(OUTPUT_BYTES, Math.floor(ALL_OUTPUT_BYTES / Math.max(1, paths.outputs.length))),
  );
  const outputs = new Map<string, OutputPreview>();
  for (const path of paths.outputs) {
    const bytes = await files.size(path);
    if (bytes !== null) outputs.set(path, await previewOf(files, path, bytes, each));
  }
  return { commands, outputs };
}

async function previewOf(
  files: EvidenceFiles,
  path: string,
  bytes: number,
  limit: number,
): Promise<OutputPreview> {
  if (bytes <= limit) return { path, bytes, head: decode(await files.read(path, 0, bytes)) };
  const tailBytes = Math.floor(limit / 4);
  const head = decode(await files.read(path, 0, limit - tailBytes));
  const tail = decode(await files.read(path, bytes - tailBytes, tailBytes));
  return { path, bytes, head, tail };
}

function namedFiles(records: readonly JournalRecord[]): {
  readonly commands: readonly string[];
  readonly outputs: readonly string[];
} {
  const commands = new Set<string>();
  const outputs = new Set<string>();
  for (const record of records) {
    if (record.type === 'step.start') {
      commands.add(record.d.command.file);
      outputs.add(record.d.output);
    }
    if (record.type === 'step.end') {
      for (const ref of [record.d.stdout, record.d.stderr]) if (ref !== undefined) outputs.add(ref.file);
    }
  }
  const isOutput = (path: string) => kindOf(path) === 'output';
  return { commands: [...commands].filter(isOutput), outputs: [...outputs].filter(isOutput) };
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8').decode(bytes);
}
