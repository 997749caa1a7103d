/** Reads a reference page: YAML, shape, then meaning. Reports everything that is wrong at once, each with its place. */
import type { Diagnostic } from '../../contract/runbook.ts';
import type { Span } from '../import/blocks.ts';
import { compact } from '../runbook/compact.ts';
import { parseDuration } from '../runbook/duration.ts';
import { loadYaml, type Path, type YamlSource } from '../runbook/yamlSource.ts';
import type { ReferenceEntry, ReferencePage, ReferenceValue } from './page.ts';
import { type ReferenceInput, ReferenceSchema, type ValueInput } from './schema.ts';

export interface ParsedReference {
  /** Null when there is an error. */
  readonly page: ReferencePage | null;
  readonly diagnostics: readonly Diagnostic[];
}

type Report = (path: Path, message: string, hint?: string) => void;

/**
 * Reads a reference page.
 *
 * @param text the file's text
 * @param file its path as people know it; the last part must be `<id>.reference.yaml`
 */
export function parseReference(text: string, file: string): ParsedReference {
  const loaded = loadYaml(text, file);
  if (!loaded.ok) return { page: null, diagnostics: loaded.diagnostics };
  const { source } = loaded;
  const shape = ReferenceSchema.safeParse(source.value);
  if (!shape.success) {
    const diagnostics = shape.error.issues.map((issue) => fromIssue(issue, source));
    return { page: null, diagnostics: sorted(diagnostics) };
  }
  const diagnostics: Diagnostic[] = [];
  const report: Report = (path, message, hint) => {
    diagnostics.push(source.at('error', 'reference.meaning', path, message, { hint }));
  };
  const page = build(shape.data, file, report);
  return { page: diagnostics.length > 0 ? null : page, diagnostics: sorted(diagnostics) };
}

function build(input: ReferenceInput, file: string, report: Report): ReferencePage {
  const base = file.split(/[\\/]/).at(-1) ?? file;
  if (base !== `${input.id}.reference.yaml`) {
    report(['id'], `The id is "${input.id}", but the file is called "${base}".`);
  }
  const seen = new Set<string>();
  const entries = input.entries.map((entry, i): ReferenceEntry => {
    const path = ['entries', i];
    if (seen.has(entry.id)) report([...path, 'id'], `There are two entries "${entry.id}".`);
    seen.add(entry.id);
    const values = Object.entries(entry.values ?? {}).flatMap(([name, value]) => {
      const built = valueOf(name, value, [...path, 'values', name], report);
      return built === null ? [] : [built];
    });
    return compact({
      id: entry.id,
      title: entry.title,
      number: entry.number,
      section: entry.section,
      scope: entry.scope,
      values,
      description: entry.description,
      expert:
        entry.expert === undefined
          ? undefined
          : { note: entry.expert.note, defects: entry.expert.defects ?? [] },
      runbooks: entry.runbooks ?? [],
      lines: spanOf(entry.lines, [...path, 'lines'], report),
    });
  });
  return {
    id: input.id,
    title: input.title,
    service: input.service,
    summary: input.summary,
    document: input.source.document,
    headings: (input.headings ?? []).map((at, i) => spanOf(at.lines, ['headings', i, 'lines'], report)),
    entries,
  };
}

function valueOf(name: string, value: ValueInput, path: Path, report: Report): ReferenceValue | null {
  const { duration, number, text, unit, what, configurable } = value;
  if ([duration, number, text].filter((one) => one !== undefined).length !== 1) {
    report(path, 'A value is exactly one of duration, number and text.');
    return null;
  }
  if (unit !== undefined && number === undefined) report([...path, 'unit'], 'Only a number has a unit.');
  const facts = compact({ name, what, configurable });
  if (number !== undefined) return compact({ ...facts, kind: 'number' as const, number, unit });
  if (text !== undefined) return { ...facts, kind: 'text', text };
  const ms = parseDuration(duration ?? '');
  if (!ms.ok) {
    report([...path, 'duration'], `${ms.error}.`);
    return null;
  }
  return { ...facts, kind: 'duration', ms: ms.value, source: duration ?? '' };
}

function spanOf(lines: number | readonly [number, number], path: Path, report: Report): Span {
  const [from, to] = typeof lines === 'number' ? [lines, lines] : lines;
  if (from > to) report(path, 'The first line comes after the last.');
  return { from, to };
}

function fromIssue(
  issue: {
    readonly code: string;
    readonly path: readonly PropertyKey[];
    readonly message: string;
    readonly keys?: unknown;
  },
  source: YamlSource,
): Diagnostic {
  const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
  const keys = Array.isArray(issue.keys) ? issue.keys.map(String) : [];
  const name = path.length === 0 ? 'The page' : `"${path.join('.')}"`;
  const message =
    keys.length > 0
      ? `${name} has no key ${keys.map((key) => `"${key}"`).join(', ')}.`
      : `${name}: ${issue.message}.`;
  const first = keys[0];
  return source.at('error', 'reference.schema', first === undefined ? path : [...path, first], message, {
    key: first !== undefined,
  });
}

function sorted(found: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...found].sort((a, b) => a.line - b.line || a.column - b.column);
}
