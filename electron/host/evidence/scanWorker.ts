/**
 * A thread of the verifier: takes members of a bundle one after the other until none is left. The build puts it, as text,
 * into each program. It has nothing else to do, so it waits for its reads: that saves the way to another thread and back.
 */
// eslint-disable-next-line no-restricted-syntax -- nothing waits for this thread but the verifier
import { readSync } from 'node:fs';
import { type MessagePort, parentPort, receiveMessageOnPort } from 'node:worker_threads';
import type { Scan, ScanJob } from '../../domain/verify/ports.ts';
import { memberScanner } from '../../domain/verify/scan.ts';
import { digestPlatform } from './scanPlatform.ts';

/** What a thread is given, as its first message. The file stays open in the program; the descriptor is the same in all of its threads. */
export interface ScanTask {
  readonly fd: number;
  readonly jobs: readonly ScanJob[];
  /** Numbers of jobs in the order in which they are to be taken. */
  readonly order: readonly number[];
  /** One number that all threads share: how many of `order` are taken. Beyond its end nothing is left to take. */
  readonly taken: SharedArrayBuffer;
}

/** What a thread says of each job; null when nothing is left to take. */
export type ScanDone = { readonly index: number; readonly scan: Scan } | null;

/** What a thread may be told meanwhile: marks by job, for those that are not taken yet. */
export type MarksByJob = ReadonlyMap<number, readonly number[]>;

function work(port: MessagePort, { fd, jobs, order, taken }: ScanTask): void {
  const turn = new Int32Array(taken);
  const scan = memberScanner(digestPlatform, (offset, into) => readSync(fd, into, 0, into.length, offset));
  let marks: MarksByJob = new Map();
  for (;;) {
    const index = order[Atomics.add(turn, 0, 1)];
    const job = index === undefined ? undefined : jobs[index];
    if (index === undefined || job === undefined) break;
    const told = receiveMessageOnPort(port)?.message as MarksByJob | undefined;
    marks = told ?? marks;
    const done: ScanDone = {
      index,
      scan: scan({ ...job, marks: [...job.marks, ...(marks.get(index) ?? [])] }),
    };
    port.postMessage(done);
  }
  const end: ScanDone = null;
  port.postMessage(end);
}

parentPort?.once('message', (task: ScanTask) => {
  if (parentPort !== null) work(parentPort, task);
});
