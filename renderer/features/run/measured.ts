/** The time of a measure step as it would be taken now, for reading before it is. The host takes it; this judges nothing. */
import type { MeasureStep, Step } from '../../../electron/contract/steps.ts';
import { filled } from './fill.ts';

export interface End {
  readonly text: string;
  /** A value it needs and that is not there. */
  readonly open: string | null;
  /** Milliseconds since 1970; null when the text is no instant. */
  readonly ms: number | null;
}

export interface Measured {
  readonly from: End;
  readonly to: End;
  readonly ms: number | null;
  readonly within: boolean;
}

export function measuredNow(step: MeasureStep, values: Readonly<Record<string, string>>): Measured {
  const from = endOf(step.from, values);
  const to = endOf(step.to, values);
  const ms = from.ms === null || to.ms === null ? null : to.ms - from.ms;
  return { from, to, ms, within: ms !== null && isWithin(ms, step.limit) };
}

export function isWithin(ms: number, limit: MeasureStep['limit']): boolean {
  return ms >= 0 && (limit.op === 'below' ? ms < limit.ms : ms <= limit.ms);
}

/** Whether the step records a value of this name when it passes. */
export function records(step: Step, name: string): boolean {
  if (!('capture' in step)) return false;
  return typeof step.capture === 'string'
    ? step.capture === name
    : step.capture.some((capture) => capture.name === name);
}

function endOf(template: MeasureStep['from'], values: Readonly<Record<string, string>>): End {
  const { text, open } = filled(template, values);
  const [missing] = open;
  return missing === undefined
    ? { text, open: null, ms: instantMs(text) }
    : { text, open: missing, ms: null };
}

/** RFC 3339 with an offset, or seconds since 1970 with decimals, in milliseconds. */
function instantMs(text: string): number | null {
  const seconds = /^(\d{9,11})(?:\.(\d{1,9}))?$/.exec(text.trim());
  if (seconds !== null)
    return Number(seconds[1]) * 1000 + Number((seconds[2] ?? '').padEnd(3, '0').slice(0, 3));
  const ms = /^\d{4}-\d{2}-\d{2}[Tt ].*(?:[Zz]|[+-]\d{2}:?\d{2})$/.test(text.trim())
    ? Date.parse(
        text
          .trim()
          .replace(' ', 'T')
          .replace(/([+-]\d{2})(\d{2})$/, '$1:$2'),
      )
    : NaN;
  return Number.isFinite(ms) ? ms : null;
}
