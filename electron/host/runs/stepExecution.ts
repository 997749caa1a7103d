/**
 * Runs one command of a step to its end: recording, screen, time limit, signals. It is called after step.start is
 * durable, sends the command once, and reports what was seen; it never decides what that means.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { StepId } from '../../contract/ids.ts';
import type { Check, CommandEnd } from '../../contract/records.ts';
import { type Failure, ok, type Result } from '../../contract/result.ts';
import type { ObserveStep } from '../../contract/runbook.ts';
import type { CommandOutcome } from '../../domain/run/conclude.ts';
import { formatDuration } from '../../domain/runbook/duration.ts';
import type { CommandChannel, TerminalSize } from '../connect/connection.ts';
import { storageFailure } from '../files/storageFailure.ts';
import type { Clock } from '../ports.ts';
import type { Pane, PaneInput } from '../terminal/pane.ts';
import { createRecorder, type Recorder } from '../terminal/recorder.ts';
import { createCollector } from './collector.ts';
import { interrupt, type SignalName } from './interrupt.ts';
import type { LiveLink } from './link.ts';
import { runProbe } from './probe.ts';
import { judge, type Rendered } from './render.ts';
import type { CommandFiles } from './runFolder.ts';

/** Between INT, TERM, KILL and giving up on a command whose time is over. */
const GRACE_MS = 5_000;

export interface ExecutionOptions {
  readonly dir: string;
  readonly step: StepId;
  readonly title: string;
  readonly attempt: number;
  readonly rendered: Rendered;
  readonly wire: string;
  readonly files: CommandFiles;
  readonly live: LiveLink;
  readonly pane: Pane;
  readonly clock: Clock;
  /** Makes step.start durable. Called when the recording is open and before a byte is sent; a failure stops it all. */
  readonly begin: () => Promise<Result<null>>;
  readonly onTrouble: (failure: Failure | null) => void;
  readonly onProgress: (recorder: Recorder) => void;
}

/** A command under way, as the pane and the operator reach it. */
export interface Execution {
  readonly input: PaneInput;
  signal(name: SignalName): void;
  readonly outcome: Promise<CommandOutcome>;
}

/** The channel of the command that runs now, and keys that came before it was open. */
interface Held {
  channel: CommandChannel | null;
  readonly early: Uint8Array[];
}

/** Keys kept for a command that is being opened, in pieces. */
const MAX_EARLY = 64;

/** Starts a `run` step's command. A failure means that nothing was sent. */
export async function executeRun(
  options: ExecutionOptions & { readonly mode: 'pty' | 'exec' },
): Promise<Result<Execution>> {
  const held: Held = { channel: null, early: [] };
  const opened = await beginRecorded(options, held, options.mode === 'exec');
  if (!opened.ok) return opened;
  return ok({
    input: inputOf(options, held, options.mode, opened.value),
    signal: signalOf(options, held, options.mode),
    outcome: run(options, held, opened.value),
  });
}

/** Opens the recording, then makes the start durable: in this order, so that nothing is sent unrecorded. */
async function beginRecorded(
  options: ExecutionOptions,
  held: Held,
  separate: boolean,
): Promise<Result<Recorder>> {
  let recorder: Recorder;
  try {
    recorder = await openRecorder(options, held, separate);
  } catch (error) {
    return { ok: false, error: storageFailure('The recording of this step', error, 'Nothing was sent.') };
  }
  const begun = await options.begin();
  if (begun.ok) return ok(recorder);
  await recorder.close();
  return begun;
}

async function run(
  options: ExecutionOptions & { readonly mode: 'pty' | 'exec' },
  held: Held,
  recorder: Recorder,
): Promise<CommandOutcome> {
  const { live, rendered, pane, clock } = options;
  const started = clock.mono();
  const collector = createCollector();
  announce(options);
  const { size } = pane;
  const opened = await live.connection.exec({
    command: options.wire,
    ...(options.mode === 'pty' ? { pty: size } : {}),
    onData: (stream, bytes) => {
      recorder.take(stream, bytes);
      collector.take(stream, bytes);
      options.onProgress(recorder);
    },
  });
  const late: Check[] = [];
  let end: CommandEnd;
  if (opened.ok) {
    held.channel = opened.value;
    // What came from the pane while the host was still opening the command's terminal belongs to the command.
    if (options.mode === 'pty' && pane.size !== size) opened.value.resize(pane.size);
    // Without a terminal nobody can type an answer: a command that asks for one must see the end, not wait for it.
    if (options.mode === 'exec') opened.value.endInput();
    for (const bytes of held.early.splice(0)) opened.value.write(bytes);
    end = await untilEnd(opened.value, rendered.timeoutMs, late, signalOf(options, held, options.mode));
    held.channel = null;
  } else {
    end = { how: 'lost', why: opened.error.message.slice(0, 400) };
  }
  const recording = await recorder.close();
  const judged = judge(rendered, { end, ...collector.result() }, clock.now());
  return {
    step: options.step,
    attempt: options.attempt,
    purpose: 'run',
    end,
    ms: elapsed(clock, started),
    files: filesOf(recording),
    checks: [...judged.checks, ...late],
    captures: judged.captures,
  };
}

/** Waits for the end. When the time is over it interrupts, and adds a check that failed; an end seen then still counts. */
async function untilEnd(
  channel: CommandChannel,
  limitMs: number,
  late: Check[],
  signal: (name: SignalName) => void,
): Promise<CommandEnd> {
  const within = await endOr(channel, limitMs);
  if (within !== null) return within;
  late.push({
    name: 'time limit',
    expected: `ends within ${formatDuration(limitMs)}`,
    actual: 'was interrupted',
    ok: false,
  });
  for (const name of ['INT', 'TERM', 'KILL'] as const) {
    signal(name);
    const after = await endOr(channel, GRACE_MS);
    if (after !== null) return after;
  }
  channel.close();
  return { how: 'timeout', afterMs: limitMs };
}

async function endOr(channel: CommandChannel, ms: number): Promise<CommandEnd | null> {
  const aborter = new AbortController();
  const limit = delay(ms, null, { signal: aborter.signal }).catch(() => null);
  const first = await Promise.race([channel.ended, limit]);
  aborter.abort();
  return first;
}

/** Starts the probe that settles an unknown step. Read-only by declaration; its output is recorded like any other. */
export async function executeProbe(options: ExecutionOptions): Promise<Result<Execution>> {
  const held: Held = { channel: null, early: [] };
  const opened = await beginRecorded(options, held, true);
  if (!opened.ok) return opened;
  const recorder = opened.value;
  const work = async (): Promise<CommandOutcome> => {
    const started = options.clock.mono();
    announce(options);
    const result = await runProbe(options.live, options.rendered, {
      carry: false,
      wire: options.wire,
      onData: (stream, bytes) => {
        recorder.take(stream, bytes);
      },
      onChannel: (channel) => {
        held.channel = channel;
      },
    });
    held.channel = null;
    const recording = await recorder.close();
    return {
      step: options.step,
      attempt: options.attempt,
      purpose: 'probe',
      end: result.end,
      ms: elapsed(options.clock, started),
      files: filesOf(recording),
      checks: result.checks,
      captures: result.captures,
    };
  };
  return ok({
    input: inputOf(options, held, 'exec', recorder),
    signal: signalOf(options, held, 'exec'),
    outcome: work(),
  });
}

export interface ObserveTry {
  readonly n: number;
  readonly end: CommandEnd;
  readonly checks: readonly Check[];
}

/** Starts the probes of an observe step: again and again until it holds often enough in a row, or the time is over. */
export async function executeObserve(
  options: ExecutionOptions & {
    readonly observe: Pick<ObserveStep, 'everyMs' | 'forMs' | 'times'>;
    readonly onTry: (tried: ObserveTry) => Promise<void>;
  },
): Promise<Result<Execution>> {
  const held: Held = { channel: null, early: [] };
  const opened = await beginRecorded(options, held, true);
  if (!opened.ok) return opened;
  const stop = new AbortController();
  return ok({
    input: inputOf(options, held, 'exec', opened.value),
    signal: () => {
      stop.abort();
      signalOf(options, held, 'exec')('INT');
    },
    outcome: observe(options, held, opened.value, stop.signal),
  });
}

async function observe(
  options: Parameters<typeof executeObserve>[0],
  held: Held,
  recorder: Recorder,
  stop: AbortSignal,
): Promise<CommandOutcome> {
  const { clock, observe: rule } = options;
  const started = clock.mono();
  announce(options);
  let inARow = 0;
  let n = 0;
  for (;;) {
    n += 1;
    recorder.marker(`probe ${String(n)}`);
    const result = await runProbe(options.live, options.rendered, {
      carry: false,
      wire: options.wire,
      onData: (stream, bytes) => {
        recorder.take(stream, bytes);
        options.onProgress(recorder);
      },
      onChannel: (channel) => {
        held.channel = channel;
      },
    });
    held.channel = null;
    const holds =
      result.end.how === 'exit' && result.checks.length > 0 && result.checks.every((check) => check.ok);
    inARow = holds ? inARow + 1 : 0;
    const late = verdictOnTime(n, inARow, elapsed(clock, started), rule, stop.aborted);
    const over = inARow >= rule.times || late !== null || result.end.how === 'lost';
    if (!over) {
      await options.onTry({ n, end: result.end, checks: result.checks });
      await delay(rule.everyMs, undefined, { signal: stop }).catch(() => undefined);
      continue;
    }
    const recording = await recorder.close();
    return {
      step: options.step,
      attempt: options.attempt,
      purpose: 'observe',
      end: result.end,
      ms: elapsed(clock, started),
      files: filesOf(recording),
      checks: late === null ? result.checks : [...result.checks, late],
      captures: result.captures,
    };
  }
}

function verdictOnTime(
  n: number,
  inARow: number,
  ms: number,
  rule: Pick<ObserveStep, 'forMs' | 'times'>,
  stopped: boolean,
): Check | null {
  if (inARow >= rule.times) return null;
  const often = rule.times > 1 ? ` ${String(rule.times)} times in a row` : '';
  const expected = `holds${often} within ${formatDuration(rule.forMs)}`;
  if (stopped)
    return { name: 'deadline', expected, actual: `interrupted after ${String(n)} probes`, ok: false };
  if (ms < rule.forMs) return null;
  return { name: 'deadline', expected, actual: `did not in ${String(n)} probes`, ok: false };
}

async function openRecorder(options: ExecutionOptions, held: Held, separate: boolean): Promise<Recorder> {
  const recorder = await createRecorder({
    dir: options.dir,
    cast: options.files.recording,
    stdout: options.files.stdout,
    ...(separate ? { stderr: options.files.stderr } : {}),
    size: options.pane.size,
    title: `${options.step} attempt ${String(options.attempt)}`,
    mono: () => options.clock.mono(),
    startedAt: options.clock.now(),
    onWritten: (bytes) => {
      options.pane.write(separate ? withCarriageReturns(bytes) : bytes);
    },
    onTrouble: options.onTrouble,
    source: {
      pause: () => held.channel?.pause(),
      resume: () => held.channel?.resume(),
    },
  });
  recorder.marker(`step:${options.step}`);
  return recorder;
}

/** A line feed alone does not return the carriage: without a pty nobody adds it for the screen. */
function withCarriageReturns(bytes: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(bytes).toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1');
}

function signalOf(options: ExecutionOptions, held: Held, mode: 'pty' | 'exec'): (name: SignalName) => void {
  return (name) => {
    if (held.channel !== null) interrupt(options.live, held.channel, mode, name);
  };
}

function inputOf(options: ExecutionOptions, held: Held, mode: 'pty' | 'exec', recorder: Recorder): PaneInput {
  const signal = signalOf(options, held, mode);
  return {
    write(bytes) {
      if (mode === 'pty') {
        if (held.channel !== null) held.channel.write(bytes);
        else if (held.early.length < MAX_EARLY) held.early.push(Uint8Array.from(bytes));
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

/** Shows in the pane where the step begins and what is sent. Part of the screen, not of the record. */
function announce(options: ExecutionOptions): void {
  const time = options.clock.now().toISOString().slice(11, 19);
  const command = printable(options.rendered.text.trimEnd()).split('\n').join('\r\n');
  options.pane.notice(
    `\x1b[0m\r\x1b[K\r\n\x1b[1;34m${printable(options.title)}\x1b[0m \x1b[90m${time} UTC\x1b[0m\r\n\x1b[90m$\x1b[0m ${command}\r\n`,
  );
}

function printable(text: string): string {
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, '\u2423');
}

function elapsed(clock: Clock, startedUs: number): number {
  return Math.max(0, Math.round((clock.mono() - startedUs) / 1000));
}

function filesOf(recording: Awaited<ReturnType<Recorder['close']>>): CommandOutcome['files'] {
  return {
    recording: recording.cast,
    ...(recording.stdout === undefined ? {} : { stdout: recording.stdout }),
    ...(recording.stderr === undefined ? {} : { stderr: recording.stderr }),
  };
}
