/**
 * Runs one ssh under a small shell that ends it, and removes the private folder, as soon as its standard input
 * closes: so nothing is left behind when this process is killed. Everything runs in a session of its own, away from
 * the terminal of whoever started the app.
 */
import { spawn } from 'node:child_process';
import { ranFor } from '../../patience.ts';
import { removePrivateFolder } from './privateFolder.ts';
import type { PrivateFolder } from './privateFolder.ts';

/**
 * $1 folder, then the command. The watcher ends with the input of the shell; ssh gets none. The shell itself gives up
 * its error output at once: a shell that tells "Killed" to a process that is gone dies of it before it tidies up.
 */
const script = `d=$1; shift
exec 3<&0 </dev/null
"$@" 3<&- & s=$!
exec 2>/dev/null
(
  while IFS= read -r _ <&3; do :; done
  kill "$s"; i=0
  while [ $i -lt 3 ]; do sleep 1; i=$((i+1)); done
  kill -9 "$s"
) >/dev/null 2>&1 & exec 3<&-
wait "$s"; rc=$?
trap '' TERM
kill -TERM 0; kill -CONT 0
rm -rf -- "$d" || { sleep 1; rm -rf -- "$d"; }
exit $rc
`;

/** Output may be held open a moment longer by something that a ProxyCommand has started. */
const outputGraceMs = 300;

export interface SupervisedEnd {
  readonly code: number | null;
  /** Set when ssh could not be started at all. */
  readonly error?: string;
}

export interface Supervised {
  readonly pid: number | undefined;
  /** Resolves when ssh has ended, all it wrote has been handed over and its folder is gone. */
  readonly ended: Promise<SupervisedEnd>;
  /** Ends ssh now. */
  end(): Promise<void>;
}

export interface SuperviseInput {
  readonly folder: PrivateFolder;
  readonly command: readonly string[];
  readonly environment: Record<string, string>;
  readonly onStderr: (text: string) => void;
}

export function supervise(input: SuperviseInput): Supervised {
  const child = spawn('/bin/sh', ['-c', script, 'holdpoint-ssh', input.folder.path, ...input.command], {
    stdio: ['pipe', 'ignore', 'pipe'],
    env: input.environment,
    detached: true,
    cwd: '/',
  });
  child.stdin.on('error', () => undefined);
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', input.onStderr);
  const outputEnded = new Promise<void>((resolve) => {
    child.stderr.once('close', resolve);
  });
  const ended = new Promise<SupervisedEnd>((resolve) => {
    const finish = async (end: SupervisedEnd): Promise<void> => {
      let over = false;
      const all = outputEnded.then(() => {
        over = true;
      });
      await Promise.race([all, ranFor(outputGraceMs, () => over)]);
      child.stderr.destroy();
      await outputEnded;
      child.stdin.destroy();
      await removePrivateFolder(input.folder).catch(() => undefined);
      resolve(end);
    };
    child.once('error', (error: NodeJS.ErrnoException) => {
      child.stderr.destroy();
      void finish({ code: null, error: error.code ?? error.message });
    });
    child.once('exit', (code) => {
      void finish({ code });
    });
  });
  return {
    pid: child.pid,
    ended,
    end: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
