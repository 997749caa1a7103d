/**
 * A runbook file as its author wrote it: steps with their places, whatever their kind. Rules read these and not the
 * built model, so that a kind they do not know is passed over.
 */
import type { Path } from '../runbook/yamlSource.ts';
import { parseDuration } from '../runbook/duration.ts';
import type { Hit, Place, RunbookUnderLint } from './rule.ts';

export type Fields = Readonly<Record<string, unknown>>;

export interface RawStep {
  readonly path: Path;
  readonly fields: Fields;
  readonly id: string;
  readonly phase: number;
}

export interface RawPhase {
  readonly path: Path;
  readonly fields: Fields;
  readonly steps: readonly RawStep[];
}

/** Plain objects only; anything else has no fields. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** The text of a value; undefined for what is no text. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? value : undefined;
}

export function bookOf(book: RunbookUnderLint): Fields {
  return fieldsOf(book.source.value);
}

export function phasesOf(book: RunbookUnderLint): readonly RawPhase[] {
  return listOf(bookOf(book)['phases']).map((value, phase) => {
    const fields = fieldsOf(value);
    const path: Path = ['phases', phase];
    const steps = listOf(fields['steps']).map((step, i) => ({
      path: [...path, 'steps', i],
      fields: fieldsOf(step),
      id: textOf(fieldsOf(step)['id']) ?? '',
      phase,
    }));
    return { path, fields, steps };
  });
}

export function stepsOf(book: RunbookUnderLint): readonly RawStep[] {
  return phasesOf(book).flatMap((phase) => phase.steps);
}

/** The risk of a step as it is stated, or `read`. */
export function riskOf(step: RawStep): string {
  return textOf(step.fields['risk']) ?? 'read';
}

/** A step that runs a command that changes something. */
export function isChange(step: RawStep): boolean {
  return 'run' in step.fields && riskOf(step) !== 'read';
}

/**
 * Source of a pattern for a parameter or a variant in a condition, by dot or by index, as it stands or inside JSON: both
 * are CEL, and runbooks that were put together index.
 */
export function scopePattern(scope: 'param' | 'variant', name: string): string {
  const literal = name.replace(/\W/g, '\\$&');
  return `\\b${scope}(?:\\.${literal}\\b|\\[\\\\?["']${literal}\\\\?["']\\])`;
}

/** Milliseconds of a duration such as `5m`; undefined when there is none or it cannot be read. */
export function millisecondsOf(value: unknown): number | undefined {
  const text = textOf(value);
  if (text === undefined || text.includes('${')) return undefined;
  const parsed = parseDuration(text);
  return parsed.ok ? parsed.value : undefined;
}

export function placeIn(
  book: RunbookUnderLint,
  path: Path,
  more: { readonly key?: boolean; readonly find?: { readonly text: string; readonly n: number } } = {},
): Place {
  const { line, column } = book.source.at('warning', '', path, '', more);
  return { line, column };
}

/** Something found at a value of the file, or at the nearest one around it. */
export function hitIn(
  book: RunbookUnderLint,
  path: Path,
  message: string,
  more: { readonly key?: boolean; readonly hint?: string } = {},
): Hit {
  const at = placeIn(book, path, more.key === true ? { key: true } : {});
  return more.hint === undefined ? { at, message } : { at, message, hint: more.hint };
}
