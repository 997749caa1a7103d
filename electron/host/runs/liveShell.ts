/**
 * The live shell of a target between steps. Its output is recorded; what the operator types there is a deviation from
 * the procedure and is noted as one. What the shell says about its commands is observed. Nothing of it ever counts
 * towards a step.
 */
import { randomInt } from 'node:crypto';
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { TargetName } from '../../contract/ids.ts';
import type { RecordBody } from '../../contract/records.ts';
import { type Failure, fail, ok, type Result } from '../../contract/result.ts';
import { storageFailure } from '../files/storageFailure.ts';
import type { CommandChannel, Connection, TerminalSize } from '../connect/connection.ts';
import type { Clock } from '../ports.ts';
import type { RunSecrets } from '../secrets/runSecrets.ts';
import type { PreparedHost } from '../remote/hostSession.ts';
import { typedSetup } from '../remote/liveSetup.ts';
import { createMarkParser } from '../terminal/marks/markParser.ts';
import { createShellTracker, type ShellTracker } from '../terminal/marks/shellTracker.ts';
import { RESET_MODES } from '../terminal/modes.ts';
import type { Pane, PaneInput } from '../terminal/pane.ts';
import { createRecorder, type Recorder } from '../terminal/recorder.ts';
import { createReplyGate, type ReplyGate } from '../terminal/replyGate.ts';

export interface LiveShell {
  readonly input: PaneInput;
  /** From now on typing counts as a new deviation (a step has run in between). */
  rearm(): void;
  /**
   * Types a set-up with a new nonce into the shell in front (after `sudo -i`, `su`, `ssh`), so that it reports its
   * prompts too. Refused while a shell is in front that does so already.
   */
  trackShell(): Result<null>;
  readonly recordedBytes: number;
  /** Ends the shell and returns the records of its recording. */
  close(): Promise<readonly RecordBody[]>;
}

export interface LiveShellOptions {
  readonly connection: Connection;
  /** Knows how the login shell is made to report its prompts. */
  readonly prepared: Pick<PreparedHost, 'liveShell'>;
  readonly target: TargetName;
  readonly dir: string;
  readonly cast: string;
  readonly pane: Pick<Pane, 'size' | 'write'>;
  readonly clock: Clock;
  readonly secrets?: RunSecrets;
  readonly onDeviation: (body: RecordBody) => void;
  /** A command typed here ended, as its shell says (`shell.observed`). */
  readonly onObserved: (body: RecordBody) => void;
  readonly onTrouble: (failure: Failure | null) => void;
  readonly onEnd: () => void;
}

/** Observed commands recorded at once, and how many more each second: a forger must not fill the journal. */
const OBSERVED_BURST = 50;
const OBSERVED_PER_SECOND = 5;

/** What is known about the shell from its output, and what of the terminal's answers it may have. */
interface Watch {
  readonly tracker: ShellTracker;
  readonly gate: ReplyGate;
  saw(bytes: Uint8Array): void;
}

/** Opens a login shell on a pty of the pane's size as it is now. A size that it gets later is for `resize` to tell. */
export async function openLiveShell(options: LiveShellOptions): Promise<Result<LiveShell>> {
  const held: { channel: CommandChannel | null; watch: Watch | null } = { channel: null, watch: null };
  // One size for recording, host and shell: the pane's may change while they are made.
  const { size } = options.pane;
  let recorder: Recorder;
  try {
    recorder = await createRecorder({
      dir: options.dir,
      cast: options.cast,
      size,
      title: `live shell on ${options.target}`,
      mono: () => options.clock.mono(),
      startedAt: options.clock.now(),
      onWritten: (bytes) => {
        held.watch?.saw(bytes);
        options.pane.write(bytes);
      },
      onTrouble: options.onTrouble,
      source: { pause: () => held.channel?.pause(), resume: () => held.channel?.resume() },
      ...(options.secrets === undefined ? {} : { secrets: options.secrets }),
    });
  } catch (error) {
    return {
      ok: false,
      error: storageFailure(`The recording ${options.cast}`, error, 'The shell was not opened.'),
    };
  }
  const nonce = newNonce();
  const command = await options.prepared.liveShell(nonce);
  const tracked = command.ok ? command.value : null;
  const watch = createWatch(options, recorder, tracked === null ? null : nonce);
  held.watch = watch;
  const opened = await start(options, tracked, size, (bytes) => {
    recorder.take('stdout', bytes);
  });
  if (!opened.ok) {
    // Nothing was recorded: an empty file that no record cites must not stay.
    await recorder.close();
    await unlink(join(options.dir, options.cast)).catch(() => undefined);
    return opened;
  }
  const channel = opened.value;
  held.channel = channel;
  void channel.ended.then(() => {
    held.channel = null;
    options.onEnd();
  });
  return ok(shellOn(options, channel, recorder, watch, size));
}

/** The login shell set up to report its prompts, or as the host starts it. */
function start(
  options: LiveShellOptions,
  tracked: string | null,
  size: TerminalSize,
  onBytes: (bytes: Uint8Array) => void,
): Promise<Result<CommandChannel>> {
  if (tracked === null) return options.connection.shell(size, onBytes);
  return options.connection.exec({
    command: tracked,
    pty: size,
    onData: (_stream, bytes) => {
      onBytes(bytes);
    },
  });
}

function createWatch(options: LiveShellOptions, recorder: Recorder, nonce: string | null): Watch {
  const millis = (): number => options.clock.mono() / 1000;
  const mayRecord = createLimit(millis);
  const tracker = createShellTracker(nonce, ({ exit, depth, fromByte }) => {
    if (!mayRecord()) return;
    options.onObserved({
      type: 'shell.observed',
      d: { target: options.target, recording: options.cast, fromByte, exit, depth },
    });
  });
  let before = recorder.castBytes;
  const parser = createMarkParser((mark) => {
    tracker.mark(mark, before);
  });
  const gate = createReplyGate(millis);
  return {
    tracker,
    gate,
    saw(bytes) {
      gate.saw(bytes);
      parser.take(bytes);
      before = recorder.castBytes;
    },
  };
}

function shellOn(
  options: LiveShellOptions,
  channel: CommandChannel,
  recorder: Recorder,
  watch: Watch,
  openedAt: TerminalSize,
): LiveShell {
  let noted = false;
  let lineHasText = false;
  let size = openedAt;

  function typed(bytes: Uint8Array): void {
    if (!noted) {
      noted = true;
      options.onDeviation({
        type: 'deviation',
        d: { target: options.target, recording: options.cast, fromByte: recorder.castBytes },
      });
    }
    for (const byte of bytes) {
      const enter = byte === 0x0d || byte === 0x0a;
      if (enter && lineHasText) watch.tracker.entered(recorder.castBytes);
      lineHasText = !enter;
    }
    channel.write(bytes);
  }

  return {
    input: {
      takesReplies: true,
      write(bytes, by = 'person') {
        if (by === 'person') {
          typed(bytes);
          return;
        }
        const reply = watch.gate.pass(bytes);
        if (reply !== null) channel.write(reply);
      },
      resize(next) {
        if (next.cols === size.cols && next.rows === size.rows) return;
        size = next;
        channel.resize(size);
        recorder.resize(size);
      },
    },
    rearm() {
      noted = false;
    },
    trackShell() {
      if (watch.tracker.atPrompt) {
        return fail('refused', 'The shell in front reports its prompts already.', {
          hint: 'Start the other shell first (sudo -i, su, ssh), wait for its prompt, then try again.',
        });
      }
      const nonce = newNonce();
      watch.tracker.push(nonce);
      channel.write(Buffer.from(`${typedSetup(nonce)}\r`, 'utf8'));
      return ok(null);
    },
    get recordedBytes() {
      return recorder.castBytes;
    },
    async close() {
      channel.close();
      await channel.ended;
      recorder.endOutput(true);
      const { cast, events, redactions } = await recorder.close();
      options.pane.write(Buffer.from(RESET_MODES, 'latin1'));
      return [
        { type: 'recording.close', d: { ...cast, events } },
        ...redactions.map((d): RecordBody => ({ type: 'redaction', d })),
      ];
    },
  };
}

/** Digits only: the prompts of all shells take those as a part of the mark. */
function newNonce(): string {
  return Array.from({ length: 2 }, () => String(randomInt(1_000_000)).padStart(6, '0')).join('');
}

/** A bucket that fills again with time: true while there is something in it. */
function createLimit(millis: () => number): () => boolean {
  let left = OBSERVED_BURST;
  let at = millis();
  return () => {
    const time = millis();
    left = Math.min(OBSERVED_BURST, left + ((time - at) / 1000) * OBSERVED_PER_SECOND);
    at = time;
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}
