/**
 * What a prepared host offers to those who run steps on it. Types only: how it comes about is in hostSession.ts.
 */
import type { Result } from '../../contract/result.ts';

/**
 * What commands run in. `bash`: pipelines fail as a whole. `sh`: no bash there; see `pipefail`. `none`: no POSIX shell
 * (Windows, a network device, a restricted account); commands go as they are and their end proves nothing.
 */
export type HostShell = 'bash' | 'sh' | 'none';

/** Whether anything may be kept on hosts while a run is open. */
export type FilesOnHosts = 'allowed' | 'forbidden';

export interface HostOptions {
  readonly runId: string;
  /** The target's name: what it carries is kept apart from that of another target on the same account. */
  readonly target?: string;
  /** Variables that every command of the run finds exported. Must hold no secret. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default `allowed`. `forbidden`: no folder, nothing carried, commands of at most 65 536 bytes. */
  readonly files?: FilesOnHosts;
  /** Milliseconds for each exchange with the host. Default 30 000. */
  readonly timeoutMs?: number;
}

export type SignalName = 'INT' | 'TERM' | 'KILL';

export interface PreparedHost {
  readonly shell: HostShell;
  /** File name of the account's login shell, such as `fish`; null when the host did not say. */
  readonly loginShell: string | null;
  /** A pipeline fails when any of its elements does. */
  readonly pipefail: boolean;
  /** Directory and exported variables go on from step to step. */
  readonly carries: boolean;
  /** Private folder on the host, the same for every connection of a run; null when nothing may or can be kept there. */
  readonly stateDir: string | null;
  /**
   * No directory and variables of an earlier connection of the run were there: nothing is carried on from it. On any but
   * the first connection that means that the host has lost them (it was restarted, or somebody cleaned up).
   */
  readonly fresh: boolean;
  /** Host clock minus this computer's; null when the host could not be asked. */
  readonly clockOffsetMs: number | null;
  readonly rttMs: number;
  /**
   * What the account's start-up files print before each command, cleaned and cut; empty when they are silent. Then
   * `startMark` ends it: see startFilter.ts.
   */
  readonly noise: string;
  /** Printed on each output stream right before the command runs; null when the host prints nothing of its own. */
  readonly startMark: string | null;
  /**
   * The exact exec request for a command. A long command is first put into a file on the host. `carry`: what the
   * command exports and its directory are kept for the next one; without it they are only read. A command that is
   * killed or replaces its shell (`exec`) leaves the state as it was.
   */
  wrap(command: string, options: { readonly carry: boolean }): Promise<Result<string>>;
  /**
   * The exec request that signals the process group of the command wrapped last, once it has begun, for servers that refuse signals;
   * null when there is none, so that only the protocol and the terminal are left.
   */
  signalCommand(name: SignalName): string | null;
  /**
   * The exec request for the account's login shell on a pty, set up to report its prompts under this nonce (digits);
   * null when it can only be started as it is.
   */
  liveShell(nonce: string): Promise<Result<string | null>>;
  /** Removes the folder. Never rejects. */
  cleanup(): Promise<void>;
}
