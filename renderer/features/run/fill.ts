/** Texts of a runbook with the values of a run, for reading only: what is sent is always filled in by the host. Pure. */
import type { Template } from '../../../electron/contract/runbook.ts';
import type { ObserveStep } from '../../../electron/contract/steps.ts';
import { parseDuration } from '../../../electron/domain/runbook/duration.ts';
import { wordSpan } from '../../format/time.ts';
import { t } from '../../i18n/t.ts';

export interface Filled {
  readonly text: string;
  /** References that have no value yet; they stand in the text as they are written. */
  readonly open: readonly string[];
  /** References that have one. */
  readonly values: readonly { readonly name: string; readonly value: string }[];
}

export function filled(template: Template, values: Readonly<Record<string, string>>): Filled {
  const open: string[] = [];
  const used: { name: string; value: string }[] = [];
  const text = template.parts
    .map((part) => {
      if (part.kind === 'text') return part.text;
      const value = values[part.name];
      if (value === undefined) open.push(part.name);
      else used.push({ name: part.name, value });
      return value ?? t('template.ref', { name: part.name });
    })
    .join('');
  return { text, open, values: used };
}

/** How often a watch looks and for how long, in words: `every 10 s … for at most 5 min`. */
export function watchWords(step: ObserveStep, values: Readonly<Record<string, string>>): string {
  return t('observe.plan', {
    every: timeWords(step.every, values),
    span: timeWords(step.for, values),
    times: step.times,
  });
}

/** In milliseconds; null while a reference in it has no value. */
export function timeMs(template: Template, values: Readonly<Record<string, string>>): number | null {
  const { text, open } = filled(template, values);
  const ms = parseDuration(text.trim());
  return open.length === 0 && ms.ok ? ms.value : null;
}

function timeWords(template: Template, values: Readonly<Record<string, string>>): string {
  const ms = timeMs(template, values);
  return ms === null ? filled(template, values).text : wordSpan(ms);
}
