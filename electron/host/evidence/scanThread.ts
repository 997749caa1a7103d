/**
 * Starts threads for the bulk pass of the verifier. A program may start one before it has read the rest of itself; it
 * waits for its task, and keeps nothing alive until it has one.
 */
import { Worker } from 'node:worker_threads';

/** The text of scanWorker.ts, put in by the build. Not there when the sources run as they are. */
declare const __HOLDPOINT_SCAN_WORKER__: string | undefined;

/** Below this a thread costs more than it saves. */
export const WORTH_BYTES = 64 * 1024 * 1024;

/** Undefined where there is none: all is done in the thread that asks. */
export function scanWorkerCode(): string | undefined {
  return typeof __HOLDPOINT_SCAN_WORKER__ === 'string' ? __HOLDPOINT_SCAN_WORKER__ : undefined;
}

/** Null where the system gives no thread. */
export function startThread(code: string): Worker | null {
  try {
    const worker = new Worker(code, { eval: true, stdout: true, stderr: true });
    worker.on('error', () => undefined); // What it leaves undone is done by others.
    worker.unref();
    return worker;
  } catch {
    return null;
  }
}

/** Whether it can still be given a task. */
export function isAlive(worker: Worker): boolean {
  return worker.threadId !== -1;
}
