/**
 * A detached command from this app's side: started once, followed, and taken up again where its recording ends. Losing
 * contact is no end: the recording is closed so that it can be gone on with, and nothing is sent again.
 */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { CommandEnd } from '../../contract/records.ts';
import { ok, type Result } from '../../contract/result.ts';
import type { Detacher } from '../../contract/steps.ts';
import { storageFailure } from '../files/storageFailure.ts';
import { type DetachedChannel, type DetachedEnd, followDetached, startDetached } from '../remote/detached.ts';
import type { PaneInput } from '../terminal/pane.ts';
import { createRecorder, type Recorder } from '../terminal/recorder.ts';
import { createCollector, type Collector } from './collector.ts';
import {
  announce,
  ended,
  type Ending,
  type Execution,
  type ExecutionOptions,
  filesOf,
  untilEnd,
  type Waited,
  wasCut,
} from './execution.ts';
import type { SignalName } from './interrupt.ts';
import { EVALUATE_BYTES, judge } from './render.ts';
import { createWaitingKeys, type WaitingKeys } from './waitingKeys.ts';

/** A command that may have ended long ago gets this long to say so before its time is called over. */
const ASK_FIRST_MS = 5_000;

/** The first is what people do; the second cannot be told from it. */
const OTHER_OUTPUT =
  'The output that came once more is not what is on disk of it: a secret that was given again is another one than ' +
  'before, or the output was changed on the host. Nothing of it was recorded; give the secrets again';

export interface DetachedOptions extends ExecutionOptions {
  readonly job: string;
  readonly detacher: Detacher;
}

export interface AttachOptions extends Omit<DetachedOptions, 'begin' | 'wire' | 'detacher'> {
  readonly attempt: number;
  /** When the command was first started: its time limit counts from there. */
  readonly startedAt: Date;
  /** Makes step.attach durable, with the byte from which the recording goes on. */
  readonly resume: (fromByte: number) => Promise<Result<null>>;
}

interface Hands {
  channel: DetachedChannel | null;
  /** What the host gave once more is not what is on disk of it. */
  other: boolean;
  readonly keys: WaitingKeys;
}

interface Following {
  readonly options: Omit<DetachedOptions, 'begin' | 'wire' | 'detacher'>;
  readonly attempt: number;
  readonly startedAt: Date;
  readonly recorder: Recorder;
  readonly collector: Collector;
  readonly hands: Hands;
  readonly fromByte: number;
  /** It was started earlier and may have ended since. */
  readonly taken: boolean;
  /** Of output with masks in it nobody can tell which byte comes next: it is read again from its beginning. */
  readonly again: boolean;
}

function emptyHands(): Hands {
  return { channel: null, other: false, keys: createWaitingKeys() };
}

/** Starts the command of a detached step. A failure means that nothing was sent. */
export async function executeDetached(options: DetachedOptions): Promise<Result<Execution>> {
  const hands = emptyHands();
  const opened = await record(options, hands, 'new');
  if (!opened.ok) return opened;
  const recorder = opened.value;
  recorder.marker(`step:${options.step}`);
  const begun = await options.begin();
  if (!begun.ok) {
    await recorder.close();
    return begun;
  }
  const following: Following = {
    options,
    attempt: begun.value,
    startedAt: options.clock.now(),
    recorder,
    collector: createCollector(undefined, options.live.prepared.startMark),
    hands,
    fromByte: 0,
    taken: false,
    again: false,
  };
  return ok(executionOf(following, () => startAndFollow(following, options)));
}

async function startAndFollow(
  following: Following,
  { live, rendered, pane, job, detacher, ...options }: DetachedOptions,
): Promise<Waited<DetachedEnd>> {
  announce({ rendered, pane, clock: options.clock, title: options.title });
  const started = await startDetached(live, { id: job, command: rendered.text, size: pane.size, detacher });
  if (started.ok && started.value === 'there-already') {
    // Another life of this run's folder, a copy of it perhaps, has had this job: what is there is not this command's.
    const why = `A folder of this job was there already on ${live.connection.facts.address}; nothing was sent`;
    return { end: { how: 'gone', reason: 'no-trace', why }, late: [] };
  }
  // Whether it runs is the host's to say: following asks it.
  const followed = await follow(following);
  const { end } = followed;
  if (started.ok || end.how !== 'gone') return followed;
  return { ...followed, end: { ...end, why: `${started.error.message} ${end.why}` } };
}

/** Takes a detached command up again at the byte where its recording ends. A failure means that nothing was asked. */
export async function executeAttach(options: AttachOptions): Promise<Result<Execution>> {
  const hands = emptyHands();
  const again = options.secrets.held().length > 0;
  const opened = await record(options, hands, again ? 'again' : 'resume');
  if (!opened.ok) return opened;
  const recorder = opened.value;
  const fromByte = recorder.outputBytes.stdout;
  // No mark to begin with: the command printed that of the connection it was started on.
  const collector = createCollector(undefined, null);
  const refilled = await refill(collector, join(options.dir, options.files.stdout), fromByte);
  if (!refilled.ok) {
    await recorder.close();
    return refilled;
  }
  const resumed = await options.resume(fromByte);
  if (!resumed.ok) {
    await recorder.close();
    return resumed;
  }
  options.pane.notice(`\r\n\x1b[90m${options.title}: taken up again at byte ${String(fromByte)}\x1b[0m\r\n`);
  const following: Following = {
    options,
    attempt: options.attempt,
    startedAt: options.startedAt,
    recorder,
    collector,
    hands,
    fromByte,
    taken: true,
    again,
  };
  return ok(executionOf(following, () => follow(following)));
}

/** What the expectations were judged on so far is on disk, not in this app's memory: so many bytes of it. */
async function refill(collector: Collector, output: string, bytes: number): Promise<Result<null>> {
  if (bytes === 0) return ok(null);
  const stream = createReadStream(output, { end: Math.min(bytes, EVALUATE_BYTES + 1) - 1 });
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) collector.take('stdout', chunk);
    return ok(null);
  } catch (error) {
    return { ok: false, error: storageFailure('The output so far', error, 'The command goes on.') };
  }
}

async function record(
  options: Following['options'],
  hands: Hands,
  how: 'new' | 'resume' | 'again',
): Promise<Result<Recorder>> {
  try {
    return ok(
      await createRecorder({
        dir: options.dir,
        cast: options.files.recording,
        stdout: options.files.stdout,
        size: options.pane.size,
        title: `${options.step}: ${options.title}`,
        mono: () => options.clock.mono(),
        startedAt: options.clock.now(),
        onWritten: (bytes) => {
          options.pane.write(bytes);
        },
        onTrouble: options.onTrouble,
        source: { pause: () => hands.channel?.pause(), resume: () => hands.channel?.resume() },
        secrets: options.secrets,
        resume: how !== 'new',
        again: how === 'again',
        onOther: () => {
          hands.other = true;
          options.secrets.doubt();
          hands.channel?.close();
        },
      }),
    );
  } catch (error) {
    return { ok: false, error: storageFailure('The recording of this step', error, 'Nothing was sent.') };
  }
}

function executionOf(following: Following, work: () => Promise<Waited<DetachedEnd>>): Execution {
  const { attempt, hands, recorder } = following;
  return {
    attempt,
    input: inputOf(hands, recorder),
    signal: (name) => {
      sendSignal(following, hands.channel, name);
    },
    recordedBytes: () => recorder.bytes,
    unsent: () => hands.keys.count(),
    ending: work().then((waited) => endingOf(following, waited)),
  };
}

/** A signal that did not get through is told where its sender looks. */
function sendSignal({ options }: Following, channel: DetachedChannel | null, name: SignalName): void {
  void channel?.signal(name).then((sent) => {
    if (!sent.ok) options.pane.notice(`\r\n\x1b[31m${name} not sent: ${sent.error.message}\x1b[0m\r\n`);
  });
}

function inputOf(hands: Hands, recorder: Recorder): PaneInput {
  return {
    write(bytes) {
      if (hands.channel !== null) hands.channel.write(bytes);
      else hands.keys.take(bytes);
    },
    resize(size) {
      hands.channel?.resize(size);
      recorder.resize(size);
    },
  };
}

async function follow(following: Following): Promise<Waited<DetachedEnd>> {
  const { options, recorder, collector, hands, fromByte } = following;
  const startedSecondsAgo = Math.max(
    0,
    (options.clock.now().getTime() - following.startedAt.getTime()) / 1000,
  );
  const job = { id: options.job, startedSecondsAgo };
  recorder.follow((stream, bytes) => {
    collector.take(stream, bytes);
  });
  const opened = await followDetached(options.live, job, following.again ? 0 : fromByte, {
    onData: (bytes) => {
      recorder.take('stdout', bytes);
      options.onProgress();
    },
  });
  if (!opened.ok) return { end: { how: 'lost', why: opened.error.message }, late: [] };
  const channel = opened.value;
  hands.channel = channel;
  channel.resize(options.pane.size);
  hands.keys.pourInto(channel);
  const waited = await untilEnd(
    channel.ended,
    { leftMs: timeLeft(following), limitMs: options.rendered.timeoutMs },
    (name) => {
      sendSignal(following, channel, name);
    },
    () => {
      channel.close();
    },
  );
  hands.channel = null;
  return hands.other ? { end: { how: 'lost', why: OTHER_OUTPUT }, late: [] } : waited;
}

/** Of the time that counts from the first start. */
function timeLeft({ options, startedAt, taken }: Following): number {
  const left = options.rendered.timeoutMs - (options.clock.now().getTime() - startedAt.getTime());
  return Math.max(left, taken ? ASK_FIRST_MS : 0);
}

async function endingOf(following: Following, { end, late }: Waited<DetachedEnd>): Promise<Ending> {
  const { options, attempt, startedAt, recorder, collector, hands } = following;
  hands.keys.close();
  if (end.how !== 'lost') recorder.endOutput(end.how === 'gone' || wasCut(end));
  const why = end.how === 'lost' ? end.why : hands.other ? OTHER_OUTPUT : null;
  const recording = await recorder.close(why === null ? undefined : 'adrift');
  if (why !== null) return { kind: 'adrift', why };
  const seen: CommandEnd = end.how === 'gone' ? { how: 'lost', why: end.why } : end;
  const now = options.clock.now();
  const judged = judge(options.rendered, { end: seen, ...collector.result() }, now);
  return ended({
    step: options.step,
    attempt,
    purpose: 'run',
    end: seen,
    ms: Math.max(0, now.getTime() - startedAt.getTime()),
    files: filesOf(recording),
    redactions: recording.redactions,
    checks: [...judged.checks, ...late],
    captures: judged.captures,
  });
}
