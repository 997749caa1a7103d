/** Gives the names of a called runbook other ones, wherever they stand in its steps. Pure; changes no text but names. */
import { renameCondition } from '../condition.ts';
import type { StepInput } from '../schemaSteps.ts';
import { scanTemplate } from '../template.ts';

export interface Names {
  /** Parameters, captures, choices and variants. */
  readonly vars: ReadonlyMap<string, string>;
  readonly targets: ReadonlyMap<string, string>;
  readonly steps: ReadonlyMap<string, string>;
}

/** Prose and patterns: `${` in them is no reference. */
const NO_TEMPLATES: ReadonlySet<string> = new Set([
  'id',
  'title',
  'why',
  'caution',
  'note',
  'label',
  'help',
  'question',
  'checklist',
  'options',
  'passes',
  'vendor-confirm',
  'matches',
  'match',
  'pattern',
  'path',
  'unit',
  'source',
  'part',
  'filled',
]);

/** The step under its new names; `id` and `part` are the caller's business. */
export function renameStep(step: StepInput, names: Names): StepInput {
  return renamed(step, names, true) as StepInput;
}

/** `${x}` under its new name, in any text that may hold references. */
export function renameText(text: string, vars: ReadonlyMap<string, string>): string {
  const scan = scanTemplate(text);
  if (!scan.ok) return text;
  let result = text;
  for (const ref of [...scan.value.refs].sort((x, y) => y.offset - x.offset)) {
    const name = vars.get(ref.name);
    if (name === undefined) continue;
    const start = ref.offset + (ref.raw ? '${raw:'.length : '${'.length);
    result = result.slice(0, start) + name + result.slice(start + ref.name.length);
  }
  return result;
}

function renamed(value: unknown, names: Names, top = false): unknown {
  if (typeof value === 'string') return renameText(value, names.vars);
  if (Array.isArray(value)) return value.map((item: unknown) => renamed(item, names));
  if (typeof value !== 'object' || value === null) return value;
  const out: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value) as [string, unknown][]) {
    out[key] = renamedField(key, item, names, top);
  }
  return out;
}

function renamedField(key: string, item: unknown, names: Names, top: boolean): unknown {
  if (typeof item === 'string') {
    if (top && key === 'when') return renameWhen(item, names);
    if (key === 'on') return names.targets.get(item) ?? item;
    if (key === 'same-as' || key === 'capture') return names.vars.get(item) ?? item;
    if (key === 'before') return names.steps.get(item) ?? item;
    // `rollback: some-runbook` names a runbook, and `by` and `kind` are words of the format.
    if (NO_TEMPLATES.has(key) || (top && key === 'rollback')) return item;
  }
  if (NO_TEMPLATES.has(key)) return item;
  if (top && key === 'capture' && typeof item === 'object' && item !== null) {
    return Object.fromEntries(
      Object.entries(item).map(([name, pick]: [string, unknown]) => [names.vars.get(name) ?? name, pick]),
    );
  }
  return renamed(item, names);
}

function renameWhen(when: string, names: Names): string {
  return renameCondition(when, ({ scope, name }) =>
    scope === 'step' ? (names.steps.get(name) ?? name) : (names.vars.get(name) ?? name),
  );
}
