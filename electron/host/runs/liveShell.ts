/**
 * The live shell of a target between steps. Its output is recorded; what the operator types there is a deviation from
 * the procedure and is noted as one. It never counts towards a step.
 */
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { TargetName } from '../../contract/ids.ts';
import type { RecordBody } from '../../contract/records.ts';
import { type Failure, ok, type Result } from '../../contract/result.ts';
import { storageFailure } from '../files/storageFailure.ts';
import type { CommandChannel, Connection } from '../connect/connection.ts';
import type { Clock } from '../ports.ts';
import type { Pane, PaneInput } from '../terminal/pane.ts';
import { createRecorder, type Recorder } from '../terminal/recorder.ts';

export interface LiveShell {
  readonly input: PaneInput;
  /** From now on typing counts as a new deviation (a step has run in between). */
  rearm(): void;
  readonly recordedBytes: number;
  /** Ends the shell and returns the record of its recording. */
  close(): Promise<RecordBody>;
}

export interface LiveShellOptions {
  readonly connection: Connection;
  readonly target: TargetName;
  readonly dir: string;
  readonly cast: string;
  readonly pane: Pane;
  readonly clock: Clock;
  readonly onDeviation: (body: RecordBody) => void;
  readonly onTrouble: (failure: Failure | null) => void;
  readonly onEnd: () => void;
}

/** Opens a login shell on a pty of the pane's size. */
export async function openLiveShell(options: LiveShellOptions): Promise<Result<LiveShell>> {
  const held: { channel: CommandChannel | null } = { channel: null };
  let recorder: Recorder;
  try {
    recorder = await createRecorder({
      dir: options.dir,
      cast: options.cast,
      size: options.pane.size,
      title: `live shell on ${options.target}`,
      mono: () => options.clock.mono(),
      startedAt: options.clock.now(),
      onWritten: (bytes) => {
        options.pane.write(bytes);
      },
      onTrouble: options.onTrouble,
      source: { pause: () => held.channel?.pause(), resume: () => held.channel?.resume() },
    });
  } catch (error) {
    return {
      ok: false,
      error: storageFailure(`The recording ${options.cast}`, error, 'The shell was not opened.'),
    };
  }
  const opened = await options.connection.shell(options.pane.size, (bytes) => {
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
  return ok(shellOn(options, channel, recorder));
}

function shellOn(options: LiveShellOptions, channel: CommandChannel, recorder: Recorder): LiveShell {
  let noted = false;
  let size = options.pane.size;
  return {
    input: {
      write(bytes) {
        if (!noted) {
          noted = true;
          options.onDeviation({
            type: 'deviation',
            d: { target: options.target, recording: options.cast, fromByte: recorder.castBytes },
          });
        }
        channel.write(bytes);
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
    get recordedBytes() {
      return recorder.castBytes;
    },
    async close() {
      channel.close();
      await channel.ended;
      const { cast, events } = await recorder.close();
      return { type: 'recording.close', d: { ...cast, events } };
    },
  };
}
