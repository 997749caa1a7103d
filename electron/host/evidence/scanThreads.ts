/**
 * Spreads the bulk pass of the verifier over the cores, while this thread reads the journal. Only worth it for large
 * bundles; what is found is the same. A thread that cannot start or fails costs time and nothing else: what is left
 * undone is done here.
 */
// eslint-disable-next-line no-restricted-syntax -- only where the caller says that nothing waits for this thread
import { readSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import type { Scan, ScanJob, Scanning } from '../../domain/verify/ports.ts';
import { memberScanner, scanAll } from '../../domain/verify/scan.ts';
import { digestPlatform, type FdSource } from './scanPlatform.ts';
import { isAlive, scanWorkerCode, startThread, WORTH_BYTES } from './scanThread.ts';
import type { MarksByJob, ScanDone, ScanTask } from './scanWorker.ts';

const MOST_THREADS = 4;

export interface Threading {
  /** The text of scanWorker.ts; undefined where there is none: all is done in this thread. */
  readonly code: string | undefined;
  readonly threads: number;
  /** Total bytes from which on threads are used. */
  readonly worthBytes: number;
  /** This thread has nothing else to do: it may wait for its reads, which costs less. Never in the app. */
  readonly waits: boolean;
  /** Threads that were started beforehand. Those that are used are taken out. */
  readonly ready?: Worker[];
}

export function usualThreading(): Threading {
  return {
    code: scanWorkerCode(),
    threads: Math.min(availableParallelism(), MOST_THREADS),
    worthBytes: WORTH_BYTES,
    waits: false,
  };
}

/** Begins the scans of all jobs in other threads; null where that is not possible or not worth it. */
export function scanInThreads(
  source: FdSource,
  jobs: readonly ScanJob[],
  { code, threads, worthBytes, waits, ready = [] }: Threading = usualThreading(),
): Scanning | null {
  const total = jobs.reduce((sum, job) => sum + job.bytes, 0);
  if (code === undefined || total < worthBytes || threads < 2) return null;
  const workers = Array.from({ length: threads - 1 }, () => nextThread(code, ready));
  const crew = new Crew(source, jobs, workers, waits ? scanNow : scanAside);
  return {
    async finish(marks) {
      const asked = jobs.map((job, index) => ({ ...job, marks: [...job.marks, ...(marks[index] ?? [])] }));
      const scans = await crew.finish(asked);
      // Where a thread failed, or took a member before its marks were known: read here, and no earlier scan counts.
      const left = [...asked.entries()].filter(([index, job]) => lacks(job, scans[index]));
      const own = await scanAside(
        source,
        left.map(([, job]) => job),
      );
      for (const [at, [index]] of left.entries()) scans[index] = own[at];
      return scans.filter((scan) => scan !== undefined);
    },
    close: () => crew.close(),
  };
}

/** Whether there is no scan of a job, or one that was made without its marks. */
function lacks(job: ScanJob, scan: Scan | undefined): boolean {
  return scan === undefined || job.marks.some((mark) => mark < scan.bytes && !scan.prefixes.has(mark));
}

type ScanOwn = (source: FdSource, jobs: Iterable<ScanJob>) => Promise<readonly Scan[]>;

function scanAside(source: FdSource, jobs: Iterable<ScanJob>): Promise<readonly Scan[]> {
  return scanAll(digestPlatform, source, jobs);
}

/** The same without ever letting others have their turn. */
function scanNow({ fd }: FdSource, jobs: Iterable<ScanJob>): Promise<readonly Scan[]> {
  const scan = memberScanner(digestPlatform, (offset, into) => readSync(fd, into, 0, into.length, offset));
  return Promise.resolve().then(() => Array.from(jobs, scan));
}

/** Some threads and, at the end, this one: each takes jobs from one list until none is left. */
class Crew {
  readonly #source: FdSource;
  readonly #scan: ScanOwn;
  readonly #taken = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  readonly #order: readonly number[];
  readonly #workers: readonly Worker[];
  readonly #scans = new Map<number, Scan>();
  /** Resolves when the others have done all that they took, or have failed. Never rejects. */
  readonly #ended: Promise<unknown>;

  constructor(
    source: FdSource,
    jobs: readonly ScanJob[],
    workers: readonly (Worker | null)[],
    scan: ScanOwn,
  ) {
    this.#source = source;
    this.#scan = scan;
    this.#order = largestFirst(jobs);
    this.#workers = workers.filter((worker) => worker !== null);
    const task: ScanTask = { fd: source.fd, jobs, order: this.#order, taken: this.#taken };
    for (const worker of this.#workers) {
      worker.ref();
      worker.postMessage(task);
    }
    for (const worker of this.#workers)
      worker.on('message', (done: ScanDone) => {
        if (done !== null) this.#scans.set(done.index, done.scan);
      });
    this.#ended = Promise.all(this.#workers.map(ended));
  }

  /** Joins in, and gives the scans by job when all have come to their end. `jobs`: the same with all of their marks. */
  async finish(jobs: readonly ScanJob[]): Promise<(Scan | undefined)[]> {
    const marks: MarksByJob = new Map(jobs.map((job, index) => [index, job.marks]));
    for (const worker of this.#workers) worker.postMessage(marks);
    const own: number[] = [];
    const scans = await this.#scan(this.#source, this.#take(jobs, own));
    await this.#ended;
    for (const [at, index] of own.entries()) {
      const scan = scans[at];
      if (scan !== undefined) this.#scans.set(index, scan);
    }
    return jobs.map((_, index) => this.#scans.get(index));
  }

  /** The jobs that are still to be taken, each taken when it is asked for. */
  *#take(jobs: readonly ScanJob[], own: number[]): Generator<ScanJob, undefined> {
    const taken = new Int32Array(this.#taken);
    for (;;) {
      const index = this.#order[Atomics.add(taken, 0, 1)];
      const job = index === undefined ? undefined : jobs[index];
      if (index === undefined || job === undefined) return;
      own.push(index);
      yield job;
    }
  }

  async close(): Promise<void> {
    Atomics.store(new Int32Array(this.#taken), 0, this.#order.length);
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

/** The largest first: what comes last is then small, and no thread waits long for another. */
function largestFirst(jobs: readonly ScanJob[]): readonly number[] {
  const load = ({ bytes, cast }: ScanJob) => bytes * (cast ? 2 : 1);
  return [...jobs.entries()].sort(([, a], [, b]) => load(b) - load(a)).map(([index]) => index);
}

/** One that stands ready and lives, or a new one; null where the system gives none. */
function nextThread(code: string, ready: Worker[]): Worker | null {
  for (let worker = ready.pop(); worker !== undefined; worker = ready.pop()) {
    if (isAlive(worker)) return worker;
  }
  return startThread(code);
}

/** When it says that nothing is left to take, or is gone. */
function ended(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    worker.on('message', (done: ScanDone) => {
      if (done === null) resolve();
    });
    worker.once('exit', () => {
      resolve();
    });
  });
}
