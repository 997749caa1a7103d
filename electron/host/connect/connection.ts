/**
 * What the runner needs of a connection to a host, whichever engine makes it: the system's OpenSSH, the built-in ssh2,
 * or this computer itself. An engine reports what happened; it must never decide what an outcome means.
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

export type EngineId = 'openssh' | 'ssh2' | 'local';

/** How a host key came to be trusted: see `host.connect` in contract/records.ts. */
export type HostKeyPin = 'known' | 'accepted' | 'rehearsal' | 'pinned' | 'ca' | 'none';

/** Facts about one host on the way, for the record. Strings are cleaned of control characters. */
export interface HopFacts {
  /** user@host:port */
  readonly address: string;
  readonly hostKey: { readonly type: string; readonly fingerprint: string };
  readonly pin: HostKeyPin;
  /** At most 80 characters. */
  readonly auth: string;
  readonly kex: string;
  readonly cipher: string;
  /** Server identification string, cleaned of control characters, at most 255 characters. */
  readonly server: string;
}

/** Facts about an open connection: the host's own, and those of the jump hosts on the way, nearest first. */
export interface ConnectionFacts extends HopFacts {
  readonly engine: EngineId;
  readonly via: readonly HopFacts[];
}

/** Why a connection is gone. `here`: closed by this app. `there`: by the host. `network`: neither, it went dead. */
export interface Closed {
  readonly side: 'here' | 'there' | 'network';
  readonly why: string;
}

export interface Connection {
  readonly facts: ConnectionFacts;
  exec(request: ExecRequest): Promise<Result<CommandChannel>>;
  /** A login shell on a pty. */
  shell(size: TerminalSize, onData: (bytes: Uint8Array) => void): Promise<Result<CommandChannel>>;
  /** Starts a subsystem of the server, such as `sftp` (RFC 4254 section 6.5). */
  subsystem(
    name: string,
    onData: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void,
  ): Promise<Result<CommandChannel>>;
  /** Whether the host answers within so many ms: asked after a pause of the computer or a change of the network. */
  alive(timeoutMs: number): Promise<boolean>;
  /** Called once when contact is lost or the connection closes; at once, when that has happened already. */
  onClosed(listener: (closed: Closed) => void): void;
  /** Channels that are open end as `lost`, whatever their commands make of being hung up on. */
  close(): Promise<void>;
}

/**
 * Asks a person; `address` is user@host:port of the hop that asks. Resolves with `cancel` when nobody can be asked, or
 * when `signal` says that the question has gone.
 */
export type Ask = (address: string, question: PromptQuestion, signal?: AbortSignal) => Promise<PromptAnswer>;

/** One host on the way and how it is to be met. Everything is decided: no engine looks into a configuration for it. */
export interface Hop {
  /** What is connected to: name or IP address. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** What the person typed, when that is an alias of the OpenSSH configuration: openssh is called with it. */
  readonly alias?: string;
  /** Name it is kept under in known_hosts, in place of its own (HostKeyAlias). */
  readonly hostKeyAlias?: string;
  /** known_hosts files, read in order; the first is the one that an accepted key may be added to. */
  readonly knownHosts: readonly string[];
  /** Fingerprints that the inventory vouches for. When there are any, only these count. */
  readonly pins?: readonly string[];
  /** Private key files tried in this order, after the agent. Files that do not exist are passed over. */
  readonly identityFiles: readonly string[];
  /** User certificates, for engines that can. */
  readonly certificateFiles?: readonly string[];
  /** Only keys of `identityFiles` are offered, be they in the agent or in the file. */
  readonly identitiesOnly?: boolean;
  /** Agent socket, or none. */
  readonly agentSocket?: string;
  /**
   * The person vouches for this fingerprint in place of the key on record. When the host has proven to hold that key,
   * known_hosts gets it where the old lines were; any other key is refused as before.
   */
  readonly replace?: { readonly fingerprint: string };
  /** Why old algorithms may be used with this host; without it they are off. */
  readonly legacy?: string;
  readonly keepAlive: { readonly intervalMs: number; readonly count: number };
}

export interface ConnectOptions extends Hop {
  /** Which client makes it, when that is decided; the built-in one when absent. */
  readonly engine?: EngineId;
  /** Jump hosts, nearest first. Each is verified under its own name before the next is tried. */
  readonly jumps?: readonly Hop[];
  /** `openssh`: configuration file to evaluate, `none` for none at all; the user's own when absent. */
  readonly configFile?: string;
  readonly ask: Ask;
  /** Milliseconds for the network part of each hop's hand-shake; a person's thinking time does not count. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Opens a connection, or says why not (`network`, `trust`, `auth`, `cancelled`). */
export type Connect = (options: ConnectOptions) => Promise<Result<Connection>>;
