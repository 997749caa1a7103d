/**
 * What the program begins with before the rest of it is made ready: the first import of main.ts. It must not import
 * anything that takes long itself, and never fails: what it cannot tell is found out later.
 */
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { scanWorkerCode, startThread, WORTH_BYTES } from '../host/evidence/scanThread.ts';

/** A thread for a bundle that is worth one, by the time it is wanted. */
function threadFor(args: readonly string[]): Worker[] {
  const code = scanWorkerCode();
  if (code === undefined || availableParallelism() < 2 || !args.some(isLarge)) return [];
  const worker = startThread(code);
  return worker === null ? [] : [worker];
}

function isLarge(path: string): boolean {
  try {
    return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) >= WORTH_BYTES;
  } catch {
    return false;
  }
}

export const ready = threadFor(process.argv.slice(2));
