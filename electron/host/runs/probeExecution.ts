/** Runs the read-only commands of a step: the probes of an observe step, and the one that settles an unknown step. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Check, CommandEnd } from '../../contract/records.ts';
import { ok, type Result } from '../../contract/result.ts';
import type { CommandOutcome } from '../../domain/run/conclude.ts';
import { formatDuration } from '../../domain/runbook/duration.ts';
import {
  announce,
  beginRecorded,
  type Begun,
  elapsed,
  emptyHands,
  ended,
  type Execution,
  type ExecutionOptions,
  filesOf,
  hangUpOf,
  type Held,
  inputOf,
  observedOn,
  recordable,
  signalOf,
  wasCut,
} from './execution.ts';
import { runProbe, type ProbeResult } from './probe.ts';

/** Starts the probe that settles an unknown step. Read-only by declaration; its output is recorded like any other. */
export async function executeProbe(options: ExecutionOptions): Promise<Result<Execution>> {
  const held = emptyHands();
  const begun = await beginRecorded(options, held, true);
  if (!begun.ok) return begun;
  const { recorder, attempt } = begun.value;
  const work = async (): Promise<CommandOutcome> => {
    const started = options.clock.mono();
    announce(options);
    const result = await recordedProbe(options, held, begun.value);
    const recording = await recorder.close();
    return {
      step: options.step,
      attempt,
      purpose: 'probe',
      end: result.end,
      ms: elapsed(options.clock, started),
      files: filesOf(recording),
      redactions: recording.redactions,
      checks: result.checks,
      captures: result.captures,
      ...observedOn(options.live),
    };
  };
  return ok({
    attempt,
    input: inputOf(options, held, 'exec', recorder),
    signal: signalOf(options, held, 'exec'),
    hangUp: hangUpOf(held),
    recordedBytes: () => recorder.bytes,
    ending: work().then(ended),
  });
}

async function recordedProbe(
  options: ExecutionOptions,
  held: Held,
  { recorder }: Begun,
): Promise<ProbeResult> {
  const result = await runProbe(options.live, options.rendered, {
    carry: false,
    wire: options.wire,
    onData: (stream, bytes) => {
      recorder.take(stream, bytes);
      options.onProgress();
    },
    judged: (take) => {
      recorder.follow(take);
    },
    onEnd: (end) => {
      recorder.endOutput(wasCut(end));
    },
    onChannel: (channel) => {
      held.channel = channel;
      if (held.hungUp) channel.close();
    },
  });
  held.channel = null;
  return { ...result, checks: recordable(options.rendered, result.checks) };
}

export interface ObserveTry {
  readonly attempt: number;
  readonly n: number;
  readonly end: CommandEnd;
  readonly checks: readonly Check[];
}

interface ObserveRule {
  readonly everyMs: number;
  readonly forMs: number;
  readonly times: number;
}
type ObserveOptions = ExecutionOptions & {
  readonly observe: ObserveRule;
  readonly onTry: (tried: ObserveTry) => Promise<void>;
};

/** Starts the probes of an observe step: again and again until it holds often enough in a row, or the time is over. */
export async function executeObserve(options: ObserveOptions): Promise<Result<Execution>> {
  const held = emptyHands();
  const begun = await beginRecorded(options, held, true);
  if (!begun.ok) return begun;
  const { recorder, attempt } = begun.value;
  const stop = new AbortController();
  return ok({
    attempt,
    input: inputOf(options, held, 'exec', recorder),
    signal: () => {
      stop.abort();
      signalOf(options, held, 'exec')('INT');
    },
    hangUp: hangUpOf(held),
    recordedBytes: () => recorder.bytes,
    ending: observe(options, held, begun.value, stop.signal).then(ended),
  });
}

async function observe(
  options: ObserveOptions,
  held: Held,
  begun: Begun,
  stop: AbortSignal,
): Promise<CommandOutcome> {
  const { clock, observe: rule } = options;
  const { recorder, attempt } = begun;
  const started = clock.mono();
  announce(options);
  let inARow = 0;
  for (let n = 1; ; n += 1) {
    recorder.marker(`probe ${String(n)}`);
    const result = await recordedProbe(options, held, begun);
    const holds =
      result.end.how === 'exit' && result.checks.length > 0 && result.checks.every((check) => check.ok);
    inARow = holds ? inARow + 1 : 0;
    const late = verdictOnTime(n, inARow, elapsed(clock, started), rule, stop.aborted);
    const over = inARow >= rule.times || late !== null || result.end.how === 'lost';
    if (!over) {
      await options.onTry({ attempt, n, end: result.end, checks: result.checks });
      await delay(rule.everyMs, undefined, { signal: stop }).catch(() => undefined);
      continue;
    }
    const recording = await recorder.close();
    return {
      step: options.step,
      attempt,
      purpose: 'observe',
      end: result.end,
      ms: elapsed(clock, started),
      files: filesOf(recording),
      redactions: recording.redactions,
      checks: late === null ? result.checks : [...result.checks, late],
      captures: result.captures,
      ...observedOn(options.live),
    };
  }
}

function verdictOnTime(
  n: number,
  inARow: number,
  ms: number,
  rule: Omit<ObserveRule, 'everyMs'>,
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
