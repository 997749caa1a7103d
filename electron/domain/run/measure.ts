/** Takes the time between two recorded instants, and says how long waits and watches last. Pure: it reads no clock. */
import { Instant } from '../../contract/ids.ts';
import type { RecordBody } from '../../contract/records.ts';
import { err, fail, ok, type Result } from '../../contract/result.ts';
import type { Template } from '../../contract/runbook.ts';
import type { MeasureStep, ObserveStep, WaitStep } from '../../contract/steps.ts';
import { parseDuration } from '../runbook/duration.ts';
import { renderText, type Values } from '../runbook/template.ts';
import type { RunState } from './state.ts';

/** Longest wait that is begun: 31 days. */
export const MAX_WAIT_MS = 31 * 24 * 60 * 60_000;

/** The records of a measure step: the time in whole seconds (rounded up) for later steps, and what it was held against. */
export function takeTime(step: MeasureStep, values: Values): Result<readonly RecordBody[]> {
  const from = instantAt(step, 'from', values);
  if (!from.ok) return from;
  const to = instantAt(step, 'to', values);
  if (!to.ok) return to;
  const ms = Date.parse(to.value) - Date.parse(from.value);
  const within = ms >= 0 && (step.limit.op === 'below' ? ms < step.limit.ms : ms <= step.limit.ms);
  const seconds = String(Math.ceil(ms / 1000));
  return ok([
    { type: 'capture', d: { step: step.id, name: step.capture, value: seconds } },
    {
      type: 'measure',
      d: { step: step.id, from: from.value, to: to.value, ms, limitMs: step.limit.ms, ok: within },
    },
  ]);
}

function instantAt(step: MeasureStep, end: 'from' | 'to', values: Values): Result<Instant> {
  const text = renderText(step[end], values);
  if (!text.ok) return text;
  const instant = parseInstant(text.value);
  return instant.ok
    ? instant
    : fail('refused', `${step.title}: ${instant.error}.`, {
        hint: 'The step that captured it must print RFC 3339 (date -u +%Y-%m-%dT%H:%M:%SZ) or seconds (date +%s).',
      });
}

/** RFC 3339 with an offset, or seconds since 1970 with up to nine decimals, to the millisecond (cut off, not rounded). */
export function parseInstant(text: string): Result<Instant, string> {
  const trimmed = text.trim();
  const seconds = /^(\d{9,11})(?:\.(\d{1,9}))?$/.exec(trimmed);
  const rfc = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:?\d{2})$/;
  const ms =
    seconds === null
      ? rfc.test(trimmed)
        ? Date.parse(trimmed.replace(' ', 'T').replace(/([+-]\d{2})(\d{2})$/, '$1:$2'))
        : NaN
      : Number(seconds[1]) * 1000 + Number((seconds[2] ?? '').padEnd(3, '0').slice(0, 3));
  if (!Number.isFinite(ms)) return err(`"${trimmed.slice(0, 60)}" is not an instant`);
  return ok(Instant.parse(new Date(ms).toISOString()));
}

/** How long a wait lasts in all, in milliseconds. */
export function waitLength(step: WaitStep, values: Values): Result<number> {
  let total = 0;
  for (const part of step.for) {
    const ms = timeOf(part, step.title, values);
    if (!ms.ok) return ms;
    total += ms.value;
  }
  return total <= MAX_WAIT_MS ? ok(total) : fail('refused', `${step.title} would wait longer than 31 days.`);
}

/** How often a watch probes, and for how long at the most, in milliseconds. */
export function watchTimes(
  step: Pick<ObserveStep, 'title' | 'every' | 'for'>,
  values: Values,
): Result<{ readonly everyMs: number; readonly forMs: number }> {
  const everyMs = timeOf(step.every, step.title, values);
  if (!everyMs.ok) return everyMs;
  const forMs = timeOf(step.for, step.title, values);
  return forMs.ok ? ok({ everyMs: everyMs.value, forMs: forMs.value }) : forMs;
}

function timeOf(template: Template, title: string, values: Values): Result<number> {
  const text = renderText(template, values);
  if (!text.ok) return text;
  const ms = parseDuration(text.value.trim());
  return ms.ok ? ms : fail('refused', `${title}: ${ms.error}.`);
}

/**
 * The record that begins the wait of the current step, or that ends it; nothing when there is none to begin or to end.
 *
 * @param now the wall clock, RFC 3339 with milliseconds
 */
export function tickWait(state: RunState, values: Values, now: Instant): Result<readonly RecordBody[]> {
  const view = state.steps.find((each) => each.step.id === state.current);
  if (view?.step.kind !== 'wait' || view.status.state !== 'current' || state.end !== null) return ok([]);
  if (view.wait !== undefined) {
    const over = Date.parse(now) >= Date.parse(view.wait.until);
    return ok(over && state.stopped === null ? [{ type: 'wait.end', d: { step: view.step.id } }] : []);
  }
  const ms = waitLength(view.step, values);
  if (!ms.ok) return ms;
  const until = Instant.parse(new Date(Date.parse(now) + ms.value).toISOString());
  return ok([{ type: 'wait.start', d: { step: view.step.id, ms: ms.value, until } }]);
}
