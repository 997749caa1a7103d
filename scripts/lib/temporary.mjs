/** Where the tests keep what they throw away. It must never leave anything behind, nor fail where memory is short. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const NEEDED_BYTES = 4 * 1024 ** 3;

/**
 * A new folder for the temporary files of a test run: in memory where that is to be had, else where the system has such
 * files. A suite that makes and removes a hundred thousand small files spends a tenth of its time on their inodes.
 * @param {string} [memory] a file system in memory, as Linux has one
 * @returns {{ folder: string, remove: () => void }}
 */
export function temporaryFolder(memory = '/dev/shm') {
  const folder = inMemory(memory) ?? mkdtempSync(path.join(os.tmpdir(), 'holdpoint-test-'));
  // As /tmp is: the accounts that the tests make, and that of a database, have their files there too.
  chmodSync(folder, 0o1777);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }) };
}

/** Undefined when it is not there, is small, or lets nothing be run: the rehearsal's tools are programs. */
function inMemory(memory) {
  if (process.env.TMPDIR !== undefined) return undefined;
  let folder;
  try {
    const { bavail, bsize } = statfsSync(memory);
    if (bavail * bsize < NEEDED_BYTES || os.freemem() < NEEDED_BYTES) return undefined;
    // Short: paths of sockets below it have room for a hundred characters.
    folder = mkdtempSync(path.join(memory, 'hp-'));
    const program = path.join(folder, 'program');
    writeFileSync(program, '#!/bin/sh\nexit 0\n');
    chmodSync(program, 0o755);
    const runs = spawnSync(program).status === 0;
    rmSync(program);
    if (runs) return folder;
  } catch {
    // Then there is nothing of the kind here.
  }
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  return undefined;
}
