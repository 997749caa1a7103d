/** The message of a notify step, filled in: what is shown, kept and hashed. Pure; nothing is sent by the app. */
import { ok, type Result } from '../../contract/result.ts';
import type { NotifyStep } from '../../contract/steps.ts';
import { renderText, type Values } from '../runbook/template.ts';

export interface FilledMessage {
  /** One line. */
  readonly to: string;
  readonly subject?: string;
  readonly body: string;
  /** All of it as it is kept, UTF-8 with a line feed at its end. */
  readonly text: string;
}

/** `refused` when a value is not known yet. */
export function fillMessage(step: NotifyStep, values: Values): Result<FilledMessage> {
  const to = renderText(step.to, values);
  if (!to.ok) return to;
  const subject = step.subject === undefined ? undefined : renderText(step.subject, values);
  if (subject?.ok === false) return subject;
  const body = renderText(step.body, values);
  if (!body.ok) return body;
  const head = [`Channel: ${step.channel}`, `To: ${oneLine(to.value)}`];
  if (subject !== undefined) head.push(`Subject: ${oneLine(subject.value)}`);
  return ok({
    to: oneLine(to.value),
    ...(subject === undefined ? {} : { subject: oneLine(subject.value) }),
    body: body.value,
    text: `${head.join('\n')}\n\n${body.value.trimEnd()}\n`,
  });
}

function oneLine(text: string): string {
  return text.replace(/\s+/gu, ' ').trim();
}
