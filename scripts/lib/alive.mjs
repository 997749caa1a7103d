/** Is a process still at work? */
import { readFileSync } from 'node:fs';

/** Has it ended without anyone having asked how? Such a process keeps its number and answers signals. */
function isZombie(pid) {
  try {
    // proc(5): the state follows the program's name, which is in brackets and may itself hold brackets.
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return status.slice(status.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    // No /proc on this platform, or gone this moment: the signal below has already said what is known.
    return false;
  }
}

/** @param {number} pid */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  return !isZombie(pid);
}
