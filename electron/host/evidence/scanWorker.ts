/** A thread of the verifier: the bulk pass over some members of a bundle. The build puts it, as text, into each program. */
import { parentPort, workerData } from 'node:worker_threads';
import type { ScanJob } from '../../domain/verify/ports.ts';
import { scanAll } from '../../domain/verify/scan.ts';
import { digestPlatform, fdSource } from './scanPlatform.ts';

/** What the thread is given. The file stays open in the program; the descriptor is the same in all of its threads. */
export interface ScanTask {
  readonly fd: number;
  readonly size: number;
  readonly jobs: readonly ScanJob[];
}

const { fd, size, jobs } = workerData as ScanTask;
parentPort?.postMessage(await scanAll(digestPlatform, fdSource(fd, size), jobs));
