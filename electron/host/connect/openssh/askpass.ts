/**
 * Receives what ssh asks through the askpass program and carries the answer back. Must never answer by itself, and
 * never leave an answer anywhere but in the pipe that the asking program reads.
 */
import { constants, open as openFd } from 'node:fs';
import { open, readFile, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PrivateFolder } from './privateFolder.ts';

/** ssh reads at most so many bytes of an answer (read_passphrase). */
export const longestAnswer = 1023;

export interface AskedText {
  readonly text: string;
  /** SSH_ASKPASS_PROMPT: `none` is a notice that takes no answer, `confirm` a yes or no. */
  readonly hint: 'ask' | 'confirm' | 'none';
  /** Aborted when the asking program has ended: nobody waits for the answer any more. */
  readonly gone: AbortSignal;
  /** Hands the answer over; undefined refuses. Only the first call counts. */
  answer(text: string | undefined): Promise<void>;
}

export interface AskpassServer {
  /** Stops listening. Programs that still wait are refused. */
  close(): Promise<void>;
}

const aliveCheckMs = 100;

/** Listens on the folder's pipe. `onAsked` must not throw. */
export async function serveAskpass(
  folder: PrivateFolder,
  onAsked: (asked: AskedText) => void,
): Promise<AskpassServer> {
  // Open for both ways: it never blocks, and never ends when one program closes it.
  const fd = await promisify(openFd)(folder.questions, constants.O_RDWR | constants.O_NONBLOCK);
  const pipe = new Socket({ fd, readable: true, writable: false });
  const waiting = new Set<Waiting>();
  let held = '';
  let closed = false;
  const begin = async (pid: number, hint: AskedText['hint']): Promise<void> => {
    const one = await startWaiting(folder, pid);
    if (closed) {
      await one.answer(undefined);
      return;
    }
    waiting.add(one);
    one.gone.addEventListener('abort', () => waiting.delete(one));
    onAsked({ text: one.text, hint, gone: one.gone, answer: one.answer });
  };
  pipe.on('data', (chunk) => {
    const lines = (held + chunk.toString('latin1')).split('\n');
    held = (lines.pop() ?? '').slice(0, 100);
    for (const line of lines) {
      const parts = /^(\d+) (ask|confirm|none)$/.exec(line);
      if (parts === null) continue;
      // A program that is gone again before it could be heard is no news.
      void begin(Number(parts[1]), hintOf(parts[2])).catch(() => undefined);
    }
  });
  pipe.on('error', () => undefined);
  return {
    close: async () => {
      closed = true;
      pipe.destroy();
      await Promise.all([...waiting].map((one) => one.answer(undefined)));
    },
  };
}

interface Waiting {
  readonly text: string;
  readonly gone: AbortSignal;
  readonly answer: AskedText['answer'];
}

async function startWaiting(folder: PrivateFolder, pid: number): Promise<Waiting> {
  const question = join(folder.path, `p${String(pid)}`);
  const reply = join(folder.path, `a${String(pid)}`);
  const text = await readFile(question, 'utf8');
  await rm(question, { force: true });
  const handle = await open(reply, constants.O_RDWR | constants.O_NONBLOCK);
  const gone = new AbortController();
  let answered = false;
  const finish = async (): Promise<void> => {
    if (gone.signal.aborted) return;
    clearInterval(timer);
    gone.abort();
    await handle.close().catch(() => undefined);
    await rm(reply, { force: true }).catch(() => undefined);
  };
  const timer = setInterval(() => {
    if (!isRunning(pid)) void finish();
  }, aliveCheckMs);
  return {
    text,
    gone: gone.signal,
    answer: async (words) => {
      if (answered || gone.signal.aborted) return;
      answered = true;
      await writeAnswer(handle, words);
    },
  };
}

/** The handle stays open until the program has ended: it may not have opened its side yet. */
async function writeAnswer(handle: FileHandle, words: string | undefined): Promise<void> {
  await handle.write(words === undefined ? '-\n' : `+${words}\n`).catch(() => undefined);
}

function hintOf(word: string | undefined): AskedText['hint'] {
  return word === 'none' || word === 'confirm' ? word : 'ask';
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
