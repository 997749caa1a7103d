/** The shell text that signals a process group. Pure. It must deliver a signal once: a second ^C means more than one. */

/**
 * `group` is the shell word that gives the id of the group. Ends with what `kill` ends with. POSIX asks for `--` before
 * the id, and dash and mksh insist on it; busybox takes it for a process it cannot find, signals the group all the
 * same, and fails. So which of both this shell reads is tried on itself, with signal 0, which only looks.
 */
export function signalGroup(name: 'INT' | 'TERM' | 'KILL', group: string): string {
  return `if kill -s 0 -- $$ 2>/dev/null; then kill -s ${name} -- -${group}; else kill -s ${name} -${group}; fi`;
}
