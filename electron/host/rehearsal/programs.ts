/**
 * Starts and ends the processes of the rehearsal host. Whatever it starts dies with the host: at close by process
 * group and by descent, and after a crash of the app through a small watcher that outlives it by one breath.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export interface Programs {
  /** The process group `group` is to be killed when the host goes away. */
  add(group: number): void;
  /** The group has ended by itself. */
  remove(group: number): void;
  /** Kills every group that was added and all their descendants. The next one can be added at once. */
  killAll(): Promise<void>;
  /** `killAll`, then ends the watcher, which removes the folder. */
  close(): Promise<void>;
}

/**
 * Reads `+ group` and `- group` lines; at the end of its input, which is also the end of the app however it comes,
 * it kills what is left and removes the throw-away folder.
 */
const watcher = `
groups=' '
while read -r op group; do
  case $op in
    +) groups="$groups$group " ;;
    -) case $groups in *" $group "*) groups="\${groups%%" $group "*} \${groups#*" $group "}" ;; esac ;;
  esac
done
for group in $groups; do kill -HUP "-$group"; kill -KILL "-$group"; done 2>/dev/null
rm -rf -- "$1"
`;

/** Starts the watcher over the folder `directory` (absolute), which is removed at the end. */
export function startPrograms(directory: string): Programs {
  const guard = spawn('/bin/sh', ['-c', watcher, 'sh', directory], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const guardEnded = once(guard, 'close').catch(() => undefined);
  const tell = guard.stdin;
  // Without the watcher close() still kills everything; only a crash of the app would leave processes behind.
  tell.on('error', () => undefined);
  const groups = new Set<number>();

  const programs: Programs = {
    add(group) {
      groups.add(group);
      tell.write(`+ ${String(group)}\n`);
    },
    remove(group) {
      groups.delete(group);
      tell.write(`- ${String(group)}\n`);
    },
    async killAll() {
      const doomed = new Set([...groups, ...(await descendantGroups(groups))]);
      for (const group of doomed) signalGroup(group, 'SIGHUP');
      for (const group of doomed) signalGroup(group, 'SIGKILL');
    },
    async close() {
      await programs.killAll();
      tell.end();
      await guardEnded;
    },
  };
  return programs;
}

/** Sends a signal to a process group. False when the group is no more. */
export function signalGroup(group: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-group, signal);
    return true;
  } catch {
    return false;
  }
}

/** Process groups of everything that descends from the given group leaders (an interactive shell makes its own). */
async function descendantGroups(leaders: ReadonlySet<number>): Promise<Set<number>> {
  const found = new Set<number>();
  if (leaders.size === 0) return found;
  const family = new Set(leaders);
  const table = await processTable();
  for (let grown = true; grown;) {
    grown = false;
    for (const row of table) {
      if (!family.has(row.pid) && (family.has(row.parent) || leaders.has(row.group))) {
        family.add(row.pid);
        found.add(row.group);
        grown = true;
      }
    }
  }
  return found;
}

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
}

/** Every process of the machine. ps(1) with POSIX options; an empty list when it cannot be run. */
async function processTable(): Promise<readonly ProcessRow[]> {
  const child: ChildProcess = spawn('ps', ['-A', '-o', 'pid=,ppid=,pgid='], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (part: string) => (text += part));
  try {
    await once(child, 'close');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    const [pid, parent, group] = line.trim().split(/\s+/).map(Number);
    return pid && parent !== undefined && group ? [{ pid, parent, group }] : [];
  });
}
