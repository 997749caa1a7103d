/**
 * A pseudo-terminal with both ends in our hands. The far end stays open until all that was written to it has been
 * read, so that the last output of a program that has ended is never lost.
 */
import { randomBytes } from 'node:crypto';
import { constants, write as writeFd } from 'node:fs';
import { type FileHandle, open as openFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { ReadStream } from 'node:tty';
import { promisify } from 'node:util';
import { silence } from '../../patience.ts';
import type { TerminalSize } from '../connection.ts';
import { MarkCutter } from './markCutter.ts';

const RETRY_MS = 5;
const LOOK_MS = 50;
/** How long the terminal may take nothing before it is told to go on (a Ctrl+S may have stopped it). */
const STALLED_MS = 500;
/** How long a mark that went in may take to come out before it counts as broken by another writer. */
const BROKEN_MARK_MS = 3_000;
const XON = Uint8Array.of(0x11);

const writeTo = promisify(writeFd);

export interface PtyPair {
  /** Path of the terminal, such as `/dev/pts/4`. */
  readonly name: string;
  pause(): void;
  resume(): void;
  /** What a person types. */
  write(bytes: Uint8Array): void;
  resize(size: TerminalSize): void;
  /** Resolves when all that was written to the terminal until now has been delivered. */
  drained(): Promise<void>;
  close(): void;
}

/** What is used of node-pty's `open`, whose type declarations leave it out. */
interface OpenedPty {
  readonly fd: number;
  readonly ptsName: string;
  readonly master: ReadStream;
  readonly slave: ReadStream;
  resize(cols: number, rows: number): void;
}
interface NodePty {
  open(options: { readonly cols: number; readonly rows: number; readonly encoding: null }): OpenedPty;
}

/** Opens a pair. Rejects when node-pty is missing or the system has no terminal left. */
export async function openPtyPair(size: TerminalSize, onData: (bytes: Uint8Array) => void): Promise<PtyPair> {
  const module: unknown = await import('node-pty');
  const opened = (defaultOf(module) as NodePty).open({ ...size, encoding: null });
  // It would take the typed keys away from the program.
  opened.slave.pause();
  // Kept until `close`; must not become the controlling terminal of this app.
  const flags = constants.O_WRONLY | constants.O_NOCTTY | constants.O_NONBLOCK;
  const far = await openFile(opened.ptsName, flags).catch((error: unknown) => {
    opened.master.destroy();
    throw error;
  });
  opened.slave.destroy();
  return new Pair(opened, far, onData);
}

function defaultOf(module: unknown): unknown {
  const inner = typeof module === 'object' && module !== null && 'default' in module ? module.default : null;
  return inner ?? module;
}

class Pair implements PtyPair {
  readonly name: string;
  readonly #opened: OpenedPty;
  readonly #far: FileHandle;
  readonly #cutter: MarkCutter;
  readonly #typed: Uint8Array[] = [];
  #writing = false;
  #closed = false;
  #paused = false;
  #arrivals = 0;

  constructor(opened: OpenedPty, far: FileHandle, onData: (bytes: Uint8Array) => void) {
    this.name = opened.ptsName;
    this.#opened = opened;
    this.#far = far;
    this.#cutter = new MarkCutter(onData);
    opened.master.on('data', (bytes: Buffer) => {
      this.#arrivals += 1;
      this.#cutter.push(bytes);
    });
    // EIO when the pair is closed while it is read: nothing more can come.
    opened.master.on('error', () => undefined);
  }

  pause(): void {
    this.#paused = true;
    this.#opened.master.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#opened.master.resume();
  }

  write(bytes: Uint8Array): void {
    if (this.#closed) return;
    this.#typed.push(Uint8Array.from(bytes));
    if (!this.#writing) void this.#pump();
  }

  resize(size: TerminalSize): void {
    if (!this.#closed) this.#opened.resize(size.cols, size.rows);
  }

  async drained(): Promise<void> {
    if (this.#closed) return;
    const mark = Buffer.from(`\u0003end-of-output-${randomBytes(16).toString('hex')}\u0003`, 'latin1');
    const seen = this.#cutter.expect(mark);
    if (!(await this.#mark(mark))) return;
    let found = false;
    const out = seen.then(() => {
      found = true;
    });
    const over = (): boolean => found || this.#closed;
    await Promise.race([out, silence(BROKEN_MARK_MS, () => this.#signs(), over)]);
    this.#cutter.flush();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#typed.length = 0;
    this.#opened.master.destroy();
    void this.#far.close().catch(() => undefined);
  }

  /** Changes with what comes; and with each look while nobody wants any of it, which is no silence. */
  #signs(): number {
    if (this.#paused) this.#arrivals += 1;
    return this.#arrivals;
  }

  /** Writes the mark behind the program's output. False when the pair was closed meanwhile. */
  async #mark(mark: Uint8Array): Promise<boolean> {
    let rest = mark;
    let stalled = 0;
    while (rest.byteLength > 0) {
      if (this.#closed) return false;
      try {
        const { bytesWritten } = await this.#far.write(rest);
        rest = rest.subarray(bytesWritten);
      } catch (error) {
        if (!isBusy(error)) return false;
        const before = this.#signs();
        await delay(LOOK_MS);
        stalled = this.#signs() === before ? stalled + LOOK_MS : 0;
        if (stalled >= STALLED_MS) {
          stalled = 0;
          this.write(XON);
        }
      }
    }
    return true;
  }

  async #pump(): Promise<void> {
    this.#writing = true;
    for (let next = this.#typed.shift(); next !== undefined; next = this.#typed.shift()) {
      let rest = next;
      while (rest.byteLength > 0 && !this.#closed) {
        try {
          rest = rest.subarray((await writeTo(this.#opened.fd, rest)).bytesWritten);
        } catch (error) {
          if (!isBusy(error)) break;
          await delay(RETRY_MS);
        }
      }
    }
    this.#writing = false;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}
