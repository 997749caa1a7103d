/** Steps that people do, for a person at a terminal: messages, custodians, waits, times that are taken, and twins. */
import { createInterface, type Interface } from 'node:readline/promises';
import type { CommandPreview, MessagePreview } from '../contract/views.ts';
import type { StepId } from '../contract/ids.ts';
import type { Intent } from '../contract/intents.ts';
import { type ChangedHostKey, ok, type Result } from '../contract/result.ts';
import type { CustodiansStep, MeasureStep, NotifyStep } from '../contract/steps.ts';
import { custodiansDone } from '../domain/run/evolveTurns.ts';
import type { RunState, StepView } from '../domain/run/state.ts';
import { formatDuration } from '../domain/runbook/duration.ts';
import type { Client } from './client.ts';
import type { Move } from './driver.ts';
import { describeFailure } from './exit.ts';
import { atKeyboard } from './keyboard.ts';
import type { Output } from './output.ts';

/** What is on the screen of the step that has the turn. */
export interface Shown {
  readonly client: Client;
  readonly state: RunState;
  readonly preview: CommandPreview | null;
  readonly message: MessagePreview | null;
  /** A key that the host has shown in the place of the one on record. */
  readonly changed: ChangedHostKey | null;
  readonly output: Output;
}

export function showMessage(message: MessagePreview, output: Output): void {
  output.note(output.paint('dim', 'to be sent by a person; Holdpoint sends nothing:'));
  output.note(message.text.trimEnd().replace(/^/gm, '  '));
}

/** A message is sent by a person, who says so. */
export async function askSent(
  step: NotifyStep,
  message: MessagePreview | null,
  lines: Interface,
): Promise<Result<Move>> {
  const word = (await lines.question('sent, skip, abort, leave? ')).trim();
  if (word !== 'sent') return (await otherWord(word, step.id, lines)) ?? askSent(step, message, lines);
  const by = step.by === 'operator' ? {} : { by: await lines.question(`Name of the ${step.by}: `) };
  return intent({ kind: 'notified', step: step.id, seen: message?.sha256 ?? '', ...by });
}

export async function askMeasure(step: MeasureStep, lines: Interface): Promise<Result<Move>> {
  const word = (await lines.question('measure, skip, abort, leave? ')).trim();
  if (word === 'measure') return intent({ kind: 'measure', step: step.id });
  return (await otherWord(word, step.id, lines)) ?? askMeasure(step, lines);
}

/** One custodian after the other; then whether all together had their effect. */
export async function askCustodian(
  view: StepView,
  step: CustodiansStep,
  preview: CommandPreview | null,
  lines: Interface,
): Promise<Result<Move>> {
  const done = custodiansDone(view);
  const enough = done.length >= step.needs;
  const stuck = (view.turns ?? []).some(({ state }) => state === 'failed' || state === 'unknown');
  const words = [enough ? 'probe' : 'custodian NAME', ...(stuck ? ['failed'] : []), 'abort', 'leave'];
  const so = `${String(done.length)} of ${String(step.needs)} done${done.length === 0 ? '' : `: ${done.join(', ')}`}`;
  const typed = (await lines.question(`${so}. ${words.join(', ')}? `)).trim();
  const name = /^custodian\s+(\S.*)$/.exec(typed)?.[1];
  if (name !== undefined && !enough)
    return intent({ kind: 'custodian', step: step.id, name, seen: preview?.sha256 ?? '' });
  if (typed === 'probe' && enough) return intent({ kind: 'probe', step: step.id });
  if (typed === 'failed' && stuck)
    return intent({
      kind: 'declare-failed',
      step: step.id,
      reason: await lines.question('What did you see? '),
    });
  const other = typed === 'skip' ? null : await otherWord(typed, step.id, lines);
  return other ?? askCustodian(view, step, preview, lines);
}

/** The twin is shown before it is sent. Null when nothing is to be sent. */
export async function askTwin(
  step: StepId,
  { client, state, output }: Pick<Shown, 'client' | 'state' | 'output'>,
  lines: Interface,
): Promise<Result<Move> | null> {
  if (state.runId === null) return null;
  const twin = await client.call('run.preview', { runId: state.runId, step, of: 'dry-run' });
  if (!twin.ok) {
    output.note(output.paint('red', describeFailure(twin.error)));
    return null;
  }
  output.note(output.paint('dim', `dry run on ${twin.value.address}:`));
  output.note(twin.value.command.trimEnd().replace(/^/gm, '  '));
  const word = await lines.question('Send it? y/n ');
  return /^y(es)?$/i.test(word.trim()) ? intent({ kind: 'dry-run', step, seen: twin.value.sha256 }) : null;
}

/** Goes on by itself when the time is over. */
export function askWait(view: StepView, over: AbortSignal, output: Output): Promise<Result<Move | null>> {
  return atKeyboard(async () => {
    const { wait, step } = view;
    if (wait === undefined || over.aborted) return ok(null);
    const left = formatDuration(Math.max(0, Date.parse(wait.until) - Date.now()));
    output.note(`\n${output.paint('bold', step.title)}  waits until ${wait.until} (${left} from now)`);
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    const gone = new Promise<Result<Move>>((resolve) => {
      for (const event of ['SIGINT', 'close'] as const)
        lines.once(event, () => {
          resolve(ok({ kind: 'leave' }));
        });
    });
    const ended = new Promise<Result<null>>((resolve) => {
      over.addEventListener('abort', () => {
        resolve(ok(null));
      });
    });
    try {
      return await Promise.race([ended, askInWait(step.id, lines), gone]);
    } finally {
      lines.close();
    }
  });
}

async function askInWait(step: StepId, lines: Interface): Promise<Result<Move>> {
  const word = (await lines.question('skip, abort, leave? ')).trim();
  return (await otherWord(word, step, lines)) ?? askInWait(step, lines);
}

/** What can be said at each of them; null for anything else. */
async function otherWord(word: string, step: StepId, lines: Interface): Promise<Result<Move> | null> {
  switch (word) {
    case 'skip':
      return intent({ kind: 'skip', step, reason: await lines.question('Reason: ') });
    case 'abort':
      return intent({ kind: 'abort', reason: await lines.question('Reason: ') });
    case 'leave':
      return ok({ kind: 'leave' });
    default:
      return null;
  }
}

function intent(value: Intent): Result<Move> {
  return ok({ kind: 'intent', intent: value });
}
