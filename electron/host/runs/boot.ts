/** Identity of this boot of the computer and of this process, to tell a live lock from a left-over one. */
import { readFile } from 'node:fs/promises';
import { hostname, uptime } from 'node:os';

/** Changes with each boot. Linux has an id of its own; elsewhere the boot time, to ten seconds, stands in. */
export async function bootId(): Promise<string> {
  try {
    return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  } catch {
    const bootedAt = Math.round((Date.now() / 1000 - uptime()) / 10) * 10;
    return `${hostname()}-${String(bootedAt)}`;
  }
}

/** Start time of a process in clock ticks (proc(5), field 22), or an empty string where it cannot be known. */
export async function processStart(pid: number): Promise<string> {
  try {
    const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
