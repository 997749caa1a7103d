/** Child processes that end: each has its own group, a time limit, and nothing of it outlives us. */
import { spawn } from 'node:child_process';
import { root } from './paths.mjs';

const OUTPUT_LIMIT = 4 * 1024 * 1024;
const LAST_WORDS_MS = 2000;
const running = new Set();

/** Ends a child and everything it started. Safe to call twice. */
export function endGroup(child, signal = 'SIGKILL') {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Passes an interrupt on to every child before this process ends. Call once, from a command that waits for children. */
export function endChildrenOnSignal() {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ]) {
    process.once(signal, () => {
      for (const child of running) endGroup(child, 'SIGTERM');
      setTimeout(() => {
        for (const child of running) endGroup(child);
        process.exit(code);
      }, 1500);
    });
  }
  process.once('exit', () => {
    for (const child of running) endGroup(child);
  });
}

/**
 * Runs a program to its end.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{ show?: boolean, timeoutMs?: number, env?: NodeJS.ProcessEnv }} [options] `show` lets its output through;
 *   else it is kept and returned.
 * @returns {Promise<{ code: number, output: string, timedOut: boolean }>} code 127 when it could not be started,
 *   128 when a signal ended it.
 */
export function run(file, args, { show = false, timeoutMs = 600_000, env = process.env } = {}) {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: root,
      env,
      detached: process.platform !== 'win32',
      stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
    });
    let output = '';
    let timedOut = false;
    const keep = (chunk) => {
      output = (output + chunk.toString()).slice(-OUTPUT_LIMIT);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    running.add(child);
    const timer = setTimeout(() => {
      timedOut = true;
      endGroup(child);
    }, timeoutMs);
    const finish = (code, text) => {
      clearTimeout(timer);
      running.delete(child);
      resolve({ code, output: text, timedOut });
    };
    child.once('error', (error) => finish(127, `${output}${error.message}\n`));
    child.once('exit', (code) => {
      // What it left behind ends now; should something still hold the pipe open, it does not keep us here.
      endGroup(child);
      const last = setTimeout(() => finish(code ?? 128, output), LAST_WORDS_MS);
      child.once('close', () => {
        clearTimeout(last);
        finish(code ?? 128, output);
      });
    });
  });
}

/** Runs one of our own scripts, or any JavaScript file, with this Node. */
export function runNode(script, args = [], options = {}) {
  return run(process.execPath, [script, ...args], options);
}
