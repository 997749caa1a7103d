/**
 * What every kind of command under way has in common: its recording is open and its start durable before a byte
 * leaves, keys and signals reach it, its files are cited at the end. It never decides what an outcome means.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { StepId } from '../../contract/ids.ts';
import type { Check } from '../../contract/records.ts';
import { type Failure, ok, type Result } from '../../contract/result.ts';
import type { CommandOutcome } from '../../domain/run/conclude.ts';
import { formatDuration } from '../../domain/runbook/duration.ts';
import type { CommandChannel, TerminalSize } from '../connect/connection.ts';
import { storageFailure } from '../files/storageFailure.ts';
import type { Clock } from '../ports.ts';
import type { RunSecrets } from '../secrets/runSecrets.ts';
import type { Pane, PaneInput } from '../terminal/pane.ts';
import { createRecorder, type Recorder } from '../terminal/recorder.ts';
import { interrupt, type SignalName } from './interrupt.ts';
import type { LiveLink } from './link.ts';
import type { Rendered } from './render.ts';
import type { CommandFiles } from './runFolder.ts';
import { createWaitingKeys, type WaitingKeys } from './waitingKeys.ts';

/** Between INT, TERM, KILL and giving up on a command whose time is over. */
const GRACE_MS = 5_000;

export interface ExecutionOptions {
  readonly dir: string;
  readonly step: StepId;
  readonly title: string;
  readonly rendered: Rendered;
  readonly wire: string;
  readonly files: CommandFiles;
  readonly live: LiveLink;
  readonly pane: Pane;
  readonly clock: Clock;
  readonly secrets: RunSecrets;
  /**
   * Makes step.start durable and returns the number of the attempt. Called when the recording is open and before a byte
   * is sent; a failure stops it all.
   */
  readonly begin: () => Promise<Result<number>>;
  readonly onTrouble: (failure: Failure | null) => void;
  readonly onProgress: () => void;
}

/** A command under way, as the pane and the operator reach it. */
export interface Execution {
  readonly attempt: number;
  readonly input: PaneInput;
  signal(name: SignalName): void;
  /** Stops waiting for the end, which nobody sees then. Not of one that goes on at its host by itself. */
  hangUp?(): void;
  /** Bytes recorded so far. */
  readonly recordedBytes: () => number;
  /** Characters typed for it that it did not get, because it was over or never opened. */
  readonly unsent?: () => number;
  readonly ending: Promise<Ending>;
}

/** `adrift`: contact with a detached command went; it goes on on its host and has no end yet. */
export type Ending =
  | { readonly kind: 'ended'; readonly outcome: CommandOutcome }
  | { readonly kind: 'adrift'; readonly why: string };

export function ended(outcome: CommandOutcome): Ending {
  return { kind: 'ended', outcome };
}

/** What a host without a POSIX shell says of an end proves nothing. */
export function observedOn(live: LiveLink): Pick<CommandOutcome, 'observed'> {
  return live.prepared.shell === 'none' ? { observed: true } : {};
}

/** The channel of the command that runs now, and keys that came before it was open. */
export interface Held {
  channel: CommandChannel | null;
  readonly keys: WaitingKeys;
  /** A signal that came before there was anything to signal. */
  wanted: SignalName | null;
  hungUp: boolean;
}

export function emptyHands(): Held {
  return { channel: null, keys: createWaitingKeys(), wanted: null, hungUp: false };
}

export interface Begun {
  readonly recorder: Recorder;
  readonly attempt: number;
}

/** Opens the recording, then makes the start durable: in this order, so that nothing is sent unrecorded. */
export async function beginRecorded(
  options: ExecutionOptions,
  held: Held,
  separate: boolean,
): Promise<Result<Begun>> {
  let recorder: Recorder;
  try {
    recorder = await openRecorder(options, held, separate);
  } catch (error) {
    return { ok: false, error: storageFailure('The recording of this step', error, 'Nothing was sent.') };
  }
  const begun = await options.begin();
  if (begun.ok) return ok({ recorder, attempt: begun.value });
  await recorder.close();
  return begun;
}

async function openRecorder(options: ExecutionOptions, held: Held, separate: boolean): Promise<Recorder> {
  const recorder = await createRecorder({
    dir: options.dir,
    cast: options.files.recording,
    stdout: options.files.stdout,
    ...(separate ? { stderr: options.files.stderr } : {}),
    size: options.pane.size,
    title: `${options.step}: ${options.title}`,
    mono: () => options.clock.mono(),
    startedAt: options.clock.now(),
    onWritten: (bytes) => {
      options.pane.write(separate ? withCarriageReturns(bytes) : bytes);
    },
    onTrouble: options.onTrouble,
    source: heldSource(held),
    secrets: options.secrets,
    ...(options.rendered.withheld === true ? { withheld: true } : {}),
  });
  recorder.marker(`step:${options.step}`);
  return recorder;
}

/** The channel that is open now, as the recorder holds it back. */
export function heldSource(held: Held): { pause(): void; resume(): void } {
  return {
    pause: () => held.channel?.pause(),
    resume: () => held.channel?.resume(),
  };
}

/** A line feed alone does not return the carriage: without a pty nobody adds it for the screen. */
function withCarriageReturns(bytes: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(bytes).toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1');
}

export function signalOf(
  options: Pick<ExecutionOptions, 'live'>,
  held: Held,
  mode: 'pty' | 'exec',
): (name: SignalName) => void {
  return (name) => {
    if (held.channel === null) held.wanted = name;
    else interrupt(options.live, held.channel, mode, name);
  };
}

/** Gives the command up, also when its channel is only being opened. */
export function hangUpOf(held: Held): () => void {
  return () => {
    held.hungUp = true;
    held.channel?.close();
  };
}

export function inputOf(
  options: Pick<ExecutionOptions, 'live'>,
  held: Held,
  mode: 'pty' | 'exec',
  recorder: Recorder,
): PaneInput {
  const signal = signalOf(options, held, mode);
  return {
    write(bytes) {
      if (mode === 'pty') {
        if (held.channel !== null) held.channel.write(bytes);
        else held.keys.take(bytes);
      }
      // Without a terminal only the interrupt key has a meaning.
      else if (bytes.includes(0x03)) signal('INT');
    },
    resize(size: TerminalSize) {
      if (mode !== 'pty') return;
      held.channel?.resize(size);
      recorder.resize(size);
    },
  };
}

/** The check that fails when a command did not end in time. */
function lateCheck(limitMs: number): Check {
  return {
    name: 'time limit',
    expected: `ends within ${formatDuration(limitMs)}`,
    actual: 'was interrupted',
    ok: false,
  };
}

/** How waiting for a command ended, and the check that failed when its time was over first. */
export interface Waited<E> {
  readonly end: E | { readonly how: 'timeout'; readonly afterMs: number };
  readonly late: readonly Check[];
}

/**
 * Waits for the end, at most `leftMs`. When the time is over it interrupts; an end seen then still counts. When nothing
 * helps it gives up waiting. `limitMs` is the time the step may take in all.
 */
export async function untilEnd<E>(
  ended: Promise<E>,
  limit: { readonly leftMs: number; readonly limitMs: number },
  signal: (name: SignalName) => void,
  giveUp: () => void,
): Promise<Waited<E>> {
  const within = await endOr(ended, limit.leftMs);
  if (within !== null) return { end: within, late: [] };
  const late = [lateCheck(limit.limitMs)];
  for (const name of ['INT', 'TERM', 'KILL'] as const) {
    signal(name);
    const after = await endOr(ended, GRACE_MS);
    if (after !== null) return { end: after, late };
  }
  giveUp();
  return { end: { how: 'timeout', afterMs: limit.limitMs }, late };
}

async function endOr<E>(ended: Promise<E>, ms: number): Promise<E | null> {
  const aborter = new AbortController();
  const limit = delay(ms, null, { signal: aborter.signal }).catch(() => null);
  const first = await Promise.race([ended, limit]);
  aborter.abort();
  return first;
}

/** Shows in the pane where the step begins and what is sent. Part of the screen, not of the record. */
export function announce(options: Pick<ExecutionOptions, 'clock' | 'rendered' | 'pane' | 'title'>): void {
  const time = options.clock.now().toISOString().slice(11, 19);
  const command = printable(options.rendered.text.trimEnd()).split('\n').join('\r\n');
  options.pane.notice(
    `\x1b[0m\r\x1b[K\r\n\x1b[1;34m${printable(options.title)}\x1b[0m \x1b[90m${time} UTC\x1b[0m\r\n\x1b[90m$\x1b[0m ${command}\r\n`,
  );
}

function printable(text: string): string {
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, '\u2423');
}

/** Milliseconds since a reading of the monotonic clock. */
export function elapsed(clock: Clock, startedUs: number): number {
  return Math.max(0, Math.round((clock.mono() - startedUs) / 1000));
}

/** What is on record of checks. Where nothing of the output is kept, what was seen is not told either. */
export function recordable(rendered: Pick<Rendered, 'withheld'>, checks: readonly Check[]): readonly Check[] {
  return rendered.withheld === true ? checks.map((check) => ({ ...check, actual: 'withheld' })) : checks;
}

/** Whether a command that ended like this may have been in the middle of its output. */
export function wasCut(end: { readonly how: string }): boolean {
  return end.how === 'lost' || end.how === 'timeout' || end.how === 'signal';
}

export function filesOf(recording: Awaited<ReturnType<Recorder['close']>>): CommandOutcome['files'] {
  return {
    recording: recording.cast,
    ...(recording.stdout === undefined ? {} : { stdout: recording.stdout }),
    ...(recording.stderr === undefined ? {} : { stderr: recording.stderr }),
  };
}
