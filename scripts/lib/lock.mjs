/** One installer and one builder at a time: two terminals that start together must not write over each other. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isAlive } from './alive.mjs';
import { inRoot } from './paths.mjs';

const POLL_MS = 200;

/** Takes the lock, or returns the process that holds it. */
function tryTake(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return undefined;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  try {
    return Number(readFileSync(file, 'utf8')) || 0;
  } catch (error) {
    if (error.code === 'ENOENT') return 0;
    throw error;
  }
}

/** Runs `work` while holding the lock `name`; waits for a live holder, clears a dead one. */
export async function withLock(name, work) {
  const file = inRoot('out', `.${name}.lock`);
  mkdirSync(path.dirname(file), { recursive: true });
  let unreadable = 0;
  for (let holder = tryTake(file); holder !== undefined; holder = tryTake(file)) {
    // An empty file is a lock being written this moment; after a few looks it is a leftover.
    const dead = holder === 0 ? ++unreadable > 5 : !isAlive(holder);
    if (dead) rmSync(file, { force: true });
    else await pause(POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}
