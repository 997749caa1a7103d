/**
 * What the runner needs of a connection to a host, whichever engine makes it (built-in ssh2 now, system OpenSSH
 * later). An engine reports what happened; it must never decide what an outcome means.
 */
import type { CommandEnd } from '../../contract/records.ts';
import type { Result } from '../../contract/result.ts';
import type { PromptAnswer, PromptQuestion } from '../../contract/prompts.ts';

export interface TerminalSize {
  readonly cols: number;
  readonly rows: number;
}

/** `exit` or `signal` as the SSH protocol said; `lost` when the channel closed without either. */
export type ChannelEnd = Exclude<CommandEnd, { how: 'timeout' }>;

/** A running command or shell. All output has been delivered to the data listener before `ended` resolves. */
export interface CommandChannel {
  /** The bytes are only valid during the call; copy what is kept. One listener; set before any byte can arrive. */
  onData(listener: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void): void;
  write(bytes: Uint8Array): void;
  /** Closes the command's standard input. */
  endInput(): void;
  resize(size: TerminalSize): void;
  /** Sends a signal through the protocol and, on a pty, its control character too. */
  signal(name: 'INT' | 'TERM' | 'KILL'): void;
  /** Stops reading; the remote side stalls through SSH flow control. Nothing is lost. */
  pause(): void;
  resume(): void;
  /** Gives up on the channel from this side. `ended` then resolves as `lost`, unless the end was already known. */
  close(): void;
  readonly ended: Promise<ChannelEnd>;
}

export interface ExecRequest {
  /** The exact string of the exec request. */
  readonly command: string;
  /** A pty of this size, or none. */
  readonly pty?: TerminalSize;
  /** Gets the bytes from the first one on. */
  readonly onData: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void;
}

/** Facts about an open connection, for the record. */
export interface ConnectionFacts {
  readonly address: string;
  readonly hostKey: { readonly type: string; readonly fingerprint: string };
  readonly pin: 'known' | 'accepted' | 'rehearsal';
  readonly auth: string;
  readonly kex: string;
  readonly cipher: string;
  /** Server identification string, cleaned of control characters, at most 255 characters. */
  readonly server: string;
}

export interface Connection {
  readonly facts: ConnectionFacts;
  exec(request: ExecRequest): Promise<Result<CommandChannel>>;
  /** A login shell on a pty. */
  shell(size: TerminalSize, onData: (bytes: Uint8Array) => void): Promise<Result<CommandChannel>>;
  /** Called once when contact is lost or the connection closes, with which side closed and why. */
  onClosed(listener: (why: string) => void): void;
  close(): Promise<void>;
}

/** Asks a person. Resolves with `cancel` when nobody can be asked. */
export type Ask = (address: string, question: PromptQuestion) => Promise<PromptAnswer>;

export interface ConnectOptions {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** known_hosts files, read in order; the first is the one that an accepted key may be added to. */
  readonly knownHosts: readonly string[];
  /** Private key files tried in this order, after the agent. Files that do not exist are passed over. */
  readonly identityFiles: readonly string[];
  /** Agent socket, or none. */
  readonly agentSocket?: string;
  readonly ask: Ask;
  /** Milliseconds for the network part of the hand-shake; a person's thinking time does not count. */
  readonly timeoutMs: number;
  readonly keepAlive: { readonly intervalMs: number; readonly count: number };
  readonly signal?: AbortSignal;
}

/** Opens a connection, or says why not (`network`, `trust`, `auth`, `cancelled`). */
export type Connect = (options: ConnectOptions) => Promise<Result<Connection>>;
