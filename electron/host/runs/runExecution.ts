/** Runs the command of a `run` step to its end, in a channel of its own. Sends it once. */
import type { CommandEnd } from '../../contract/records.ts';
import { ok, type Result } from '../../contract/result.ts';
import type { CommandOutcome } from '../../domain/run/conclude.ts';
import { createCollector } from './collector.ts';
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
  untilEnd,
  type Waited,
  wasCut,
} from './execution.ts';
import { judge } from './render.ts';

type RunOptions = ExecutionOptions & {
  readonly mode: 'pty' | 'exec';
  readonly purpose: 'run' | 'dry-run' | 'custodian';
};

/** Starts a `run` step's command. A failure means that nothing was sent. */
export async function executeRun(options: RunOptions): Promise<Result<Execution>> {
  const held = emptyHands();
  const begun = await beginRecorded(options, held, options.mode === 'exec');
  if (!begun.ok) return begun;
  const { recorder, attempt } = begun.value;
  return ok({
    attempt,
    input: inputOf(options, held, options.mode, recorder),
    signal: signalOf(options, held, options.mode),
    hangUp: hangUpOf(held),
    recordedBytes: () => recorder.bytes,
    unsent: () => held.keys.count(),
    ending: run(options, held, begun.value).then(ended),
  });
}

async function run(options: RunOptions, held: Held, { recorder, attempt }: Begun): Promise<CommandOutcome> {
  const { live, rendered, pane, clock } = options;
  const started = clock.mono();
  const collector = createCollector(undefined, live.prepared.startMark);
  recorder.follow((stream, bytes) => {
    collector.take(stream, bytes);
  });
  announce(options);
  const { size } = pane;
  const opened = await live.connection.exec({
    command: options.wire,
    ...(options.mode === 'pty' ? { pty: size } : {}),
    onData: (stream, bytes) => {
      recorder.take(stream, bytes);
      options.onProgress();
    },
  });
  let waited: Waited<CommandEnd>;
  if (opened.ok) {
    const channel = opened.value;
    held.channel = channel;
    if (held.hungUp) channel.close();
    // What came from the pane while the host was still opening the command's terminal belongs to the command.
    if (options.mode === 'pty' && pane.size !== size) channel.resize(pane.size);
    // Without a terminal nobody can type an answer: a command that asks for one must see the end, not wait for it.
    if (options.mode === 'exec') {
      if (rendered.stdin !== undefined) channel.write(Buffer.from(rendered.stdin, 'utf8'));
      channel.endInput();
    }
    held.keys.pourInto(channel);
    if (held.wanted !== null) signalOf(options, held, options.mode)(held.wanted);
    const limit = { leftMs: rendered.timeoutMs, limitMs: rendered.timeoutMs };
    waited = await untilEnd<CommandEnd>(channel.ended, limit, signalOf(options, held, options.mode), () => {
      channel.close();
    });
    held.channel = null;
  } else {
    waited = { end: { how: 'lost', why: opened.error.message.slice(0, 400) }, late: [] };
  }
  held.keys.close();
  const { end, late } = waited;
  recorder.endOutput(wasCut(end));
  const recording = await recorder.close();
  const judged = judge(rendered, { end, ...collector.result() }, clock.now());
  return {
    step: options.step,
    attempt,
    purpose: options.purpose,
    end,
    ms: elapsed(clock, started),
    files: filesOf(recording),
    redactions: recording.redactions,
    checks: recordable(rendered, [...judged.checks, ...late]),
    captures: judged.captures,
    ...observedOn(live),
  };
}
