/** Spreads the bulk pass of the verifier over the cores. Only worth it for large bundles; the findings are the same. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Scan, ScanJob } from '../../domain/verify/ports.ts';
import { scanAll } from '../../domain/verify/scan.ts';
import { digestPlatform, type FdSource } from './scanPlatform.ts';
import type { ScanTask } from './scanWorker.ts';

/** The text of scanWorker.ts, put in by the build. Not there when the sources run as they are. */
declare const __HOLDPOINT_SCAN_WORKER__: string | undefined;

/** Below this a thread costs more than it saves. */
const WORTH_BYTES = 64 * 1024 * 1024;
const MOST_THREADS = 4;

export interface Threading {
  /** The text of scanWorker.ts; undefined where there is none: all is done in this thread. */
  readonly code: string | undefined;
  readonly threads: number;
  /** Total bytes from which on threads are used. */
  readonly worthBytes: number;
}

function usualThreading(): Threading {
  return {
    code: typeof __HOLDPOINT_SCAN_WORKER__ === 'string' ? __HOLDPOINT_SCAN_WORKER__ : undefined,
    threads: Math.min(availableParallelism(), MOST_THREADS),
    worthBytes: WORTH_BYTES,
  };
}

/** The scans of all jobs, in their order. Rejects when the file cannot be read. */
export async function scanInThreads(
  source: FdSource,
  jobs: readonly ScanJob[],
  { code, threads, worthBytes }: Threading = usualThreading(),
): Promise<readonly Scan[]> {
  const total = jobs.reduce((sum, job) => sum + job.bytes, 0);
  if (code === undefined || total < worthBytes || threads < 2) return scanAll(digestPlatform, source, jobs);
  const [own = [], ...others] = shares(jobs, threads);
  const pick = (share: readonly number[]) => share.flatMap((index) => jobs[index] ?? []);
  const running = others.map((share) =>
    scanElsewhere(code, { fd: source.fd, size: source.size, jobs: pick(share) }),
  );
  const done = await Promise.all([scanAll(digestPlatform, source, pick(own)), ...running]);
  const scans: Scan[] = [];
  for (const [at, share] of [own, ...others].entries()) {
    for (const [n, index] of share.entries()) {
      const scan = done[at]?.[n];
      if (scan !== undefined) scans[index] = scan;
    }
  }
  return scans;
}

/** Numbers of jobs, so that each share has about as much to do: the largest go first, each to whoever has least. */
function shares(jobs: readonly ScanJob[], count: number): readonly (readonly number[])[] {
  const made = Array.from({ length: count }, () => ({ load: 0, jobs: [] as number[] }));
  const load = ({ bytes, cast }: ScanJob) => bytes * (cast ? 2 : 1);
  const order = [...jobs.entries()].sort(([, a], [, b]) => load(b) - load(a));
  for (const [index, job] of order) {
    const least = made.reduce((best, one) => (one.load < best.load ? one : best));
    least.load += load(job) + 4096;
    least.jobs.push(index);
  }
  return made.map((share) => share.jobs);
}

function scanElsewhere(code: string, task: ScanTask): Promise<readonly Scan[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), {
      workerData: task,
    });
    worker.once('message', (scans: readonly Scan[]) => {
      resolve(scans);
    });
    worker.once('error', reject);
    worker.once('exit', (exit) => {
      reject(new Error(`a thread of the verifier ended with ${String(exit)}`));
    });
  });
}
