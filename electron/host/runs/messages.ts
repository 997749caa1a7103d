/** The messages of notify steps: filled in for the screen, and kept in the run's folder when a person has sent one. */
import { mkdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { StepId } from '../../contract/ids.ts';
import type { Plan } from '../../contract/plan.ts';
import type { FileRef } from '../../contract/records.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { MessagePreview } from '../../contract/views.ts';
import { messagePath } from '../../domain/evidence/names.ts';
import { fillMessage } from '../../domain/run/message.ts';
import { valuesOf } from '../../domain/run/scope.ts';
import type { RunState } from '../../domain/run/state.ts';
import { sha256 } from '../files/hash.ts';
import { storageFailure } from '../files/storageFailure.ts';
import { writeDurably } from '../files/durable.ts';

/** The message of a step as it would be sent now. */
export function previewMessage(state: RunState, plan: Plan, id: StepId): Result<MessagePreview> {
  const step = state.steps.find((view) => view.step.id === id)?.step;
  if (step?.kind !== 'notify') return fail('not-found', 'This step has no message.');
  const filled = fillMessage(step, valuesOf(state, plan));
  if (!filled.ok) return filled;
  return ok({ step: id, channel: step.channel, ...filled.value, sha256: sha256(filled.value.text) });
}

/** A message on its way to the run's folder. */
export interface MessageToKeep {
  readonly ref: FileRef;
  readonly to: string;
  readonly text: string;
}

/** The message under the name it is to be kept by. Nothing is written yet. */
export function messageToKeep(state: RunState, plan: Plan, id: StepId): Result<MessageToKeep> {
  const message = previewMessage(state, plan, id);
  if (!message.ok) return message;
  const { text, to, sha256: digest } = message.value;
  const ref = { file: messagePath(state.seq, id), bytes: Buffer.byteLength(text, 'utf8'), sha256: digest };
  return ok({ ref, to, text });
}

/** Puts it on disk; called before the record that cites it. */
export async function keepMessage(dir: string, { ref, text }: MessageToKeep): Promise<Result<null>> {
  const path = join(dir, ref.file);
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeDurably(path, Buffer.from(text, 'utf8'));
    return ok(null);
  } catch (error) {
    return { ok: false, error: storageFailure('The message', error, 'It is not recorded as sent.') };
  }
}

/** Takes back the text of a message that could not be recorded as sent. */
export async function discardMessage(dir: string, { ref }: MessageToKeep): Promise<void> {
  await unlink(join(dir, ref.file)).catch(() => undefined);
}
