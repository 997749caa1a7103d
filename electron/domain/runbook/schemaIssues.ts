/** Turns what the schema found into diagnostics a person can act on: the right place, plain words, a suggestion. */
import type { z } from 'zod';
import type { Diagnostic } from '../../contract/runbook.ts';
import { RunbookSchema } from './schema.ts';
import { stepSchemas } from './schemaSteps.ts';
import { suggestion } from './suggest.ts';
import type { Path, Places } from './yamlSource.ts';

type Issue = z.core.$ZodIssue;

/** Keys of the format that this version does not carry out. Ignoring one silently would be a lie. */
const LATER_STEP_KEYS: readonly string[] = ['secret-output'];

/** What was read, with the schema it was held against. */
interface Document extends Pick<Places, 'value' | 'at'> {
  readonly root: SchemaNode;
}

/** The diagnostics of a failed schema check, in the order of the file. */
export function schemaDiagnostics(
  issues: readonly Issue[],
  source: Places,
  root: SchemaNode = RunbookSchema,
): readonly Diagnostic[] {
  const document: Document = { root, value: source.value, at: (...found) => source.at(...found) };
  return issues
    .flatMap((issue) => diagnose(issue, [], document))
    .sort((a, b) => a.line - b.line || a.column - b.column);
}

function diagnose(issue: Issue, base: Path, source: Document): readonly Diagnostic[] {
  const path: Path = [...base, ...issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key))];
  const report = (rule: string, message: string, hint?: string, key = false) => [
    source.at('error', rule, path, message, { hint, key }),
  ];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, path, source));
    case 'invalid_union':
      return union(issue, path, source);
    case 'invalid_key':
      return report('schema.name', `"${String(path.at(-1))}" is not allowed as a name here.`, nameHint, true);
    case 'invalid_type':
      return valueAtPath(source.value, path) === undefined
        ? report('schema.missing', `"${String(path.at(-1))}" is missing.`, describeField(path, source.root))
        : report(
            'schema.type',
            `${field(path)} must be ${article(issue.expected)}.`,
            describeField(path, source.root),
          );
    case 'invalid_value': {
      const given = valueAtPath(source.value, path);
      if (given === undefined)
        return report(
          'schema.missing',
          `"${String(path.at(-1))}" is missing.`,
          describeField(path, source.root),
        );
      const options = issue.values.map(String);
      const hint =
        suggestion(typeof given === 'string' ? given : '', options) ?? `one of: ${options.join(', ')}`;
      return report('schema.value', `${field(path)} cannot be ${shown(given)}.`, hint);
    }
    case 'invalid_format':
      return report(
        'schema.value',
        `${field(path)} ${formatMessage(issue.message)}.`,
        isName(path) ? nameHint : undefined,
      );
    case 'too_big':
      return report(
        'schema.value',
        `${field(path)} is too ${issue.origin === 'string' ? 'long' : 'large'}: at most ${String(issue.maximum)}.`,
      );
    case 'too_small':
      return report(
        'schema.value',
        `${field(path)} is too ${issue.origin === 'string' ? 'short' : 'small'}: at least ${String(issue.minimum)}.`,
      );
    case 'invalid_element':
    case 'not_multiple_of':
    case 'custom':
      return report('schema.value', `${field(path)}: ${issue.message}.`);
  }
}

function union(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: Path,
  source: Document,
): readonly Diagnostic[] {
  const value = valueAtPath(source.value, path);
  if (isStep(path)) return stepDiagnostics(value, path, source);
  // The alternatives differ by type (text or mapping): those of another type have an issue at their root.
  const fitting = issue.errors.find(
    (errors) => !errors.some((e) => e.path.length === 0 && e.code === 'invalid_type'),
  );
  if (fitting !== undefined) return fitting.flatMap((inner) => diagnose(inner, path, source));
  const message =
    value === undefined ? `"${String(path.at(-1))}" is missing.` : `${field(path)} has the wrong type.`;
  return [
    source.at('error', value === undefined ? 'schema.missing' : 'schema.type', path, message, {
      hint: describeField(path, source.root),
    }),
  ];
}

/** Checks a step against the one schema its key asks for, so that it is never told what other kinds would need. */
function stepDiagnostics(value: unknown, path: Path, source: Document): readonly Diagnostic[] {
  const known = Object.keys(stepSchemas);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [source.at('error', 'schema.type', path, 'A step must be a mapping.')];
  }
  const kinds = Object.keys(value).filter((key): key is keyof typeof stepSchemas => known.includes(key));
  const [kind, second] = kinds;
  if (kind === undefined) {
    const keys = Object.keys(value);
    const hint = `every step has one of: ${known.join(', ')}`;
    const unknown = keys
      .map((key) => suggestion(key, known))
      .find((text) => text?.startsWith('did') === true);
    return [source.at('error', 'step.kind', path, 'This step has no kind.', { hint: unknown ?? hint })];
  }
  if (second !== undefined) {
    const message = `A step has one kind, and this one has ${kinds.map((k) => `"${k}"`).join(' and ')}.`;
    return [
      source.at('error', 'step.kind', [...path, second], message, { key: true, hint: 'make two steps' }),
    ];
  }
  const result = stepSchemas[kind].safeParse(value);
  return result.success ? [] : result.error.issues.flatMap((issue) => diagnose(issue, path, source));
}

function unknownKey(key: string, parent: Path, source: Document): Diagnostic {
  const path = [...parent, key];
  const later =
    (isStep(parent) && LATER_STEP_KEYS.includes(key)) ||
    (parent.at(-1) === 'attest' && (key === 'file' || key === 'screenshot'));
  if (later) return unsupported(key, path, source);
  const message = `"${key}" is not a key of ${parent.length === 0 ? 'a runbook' : container(parent)}.`;
  return source.at('error', 'schema.unknown-key', path, message, {
    key: true,
    hint: suggestion(key, keysAt(parent, source)),
  });
}

function unsupported(key: string, path: Path, source: Document): Diagnostic {
  const message = `"${key}" is not supported by this version.`;
  return source.at('error', 'unsupported', path, message, {
    key: true,
    hint: 'it would be ignored, so it is refused',
  });
}

const nameHint =
  'begin with a lower-case letter; then lower-case letters and digits, words joined as in the other names';

function isStep(path: Path): boolean {
  return path.length === 4 && path[0] === 'phases' && path[2] === 'steps';
}

function isName(path: Path): boolean {
  return ['id', 'on', 'capture', 'same-as'].includes(String(path.at(-1)));
}

function field(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return 'The runbook';
  return typeof last === 'number' ? `Item ${String(last + 1)} of "${String(path.at(-2))}"` : `"${last}"`;
}

function container(path: Path): string {
  if (isStep(path)) return 'this kind of step';
  if (path.length === 2 && path[0] === 'phases') return 'a phase';
  return field(path).replace(/^Item \d+ of /, '');
}

function article(expected: string): string {
  const words: Readonly<Record<string, string>> = {
    string: 'text (put it in quotes)',
    object: 'a mapping',
    record: 'a mapping',
    array: 'a list',
    int: 'a whole number',
    number: 'a number',
    boolean: 'true or false',
  };
  return words[expected] ?? expected;
}

function formatMessage(message: string): string {
  return message.startsWith('must') ? message : 'is not written as it must be';
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `"${text.slice(0, 60)}"`;
}

function valueAtPath(value: unknown, path: Path): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Readonly<Record<string | number, unknown>>)[key];
  }
  return current;
}

/** The parts of a schema that lead to its fields; read structurally, because the value decides which branch is meant. */
interface SchemaNode {
  readonly def: {
    readonly type: string;
    readonly shape?: Readonly<Record<string, SchemaNode>>;
    readonly innerType?: SchemaNode;
    readonly element?: SchemaNode;
    readonly valueType?: SchemaNode;
    readonly options?: readonly SchemaNode[];
  };
  readonly description?: string | undefined;
}

function schemasAt(path: Path, value: unknown, root: SchemaNode): readonly SchemaNode[] {
  let nodes: readonly SchemaNode[] = [root];
  for (const [i, key] of path.entries()) {
    nodes = nodes.flatMap((node) => children(node, key));
    if (isStep(path.slice(0, i + 1))) nodes = ofStepKind(nodes, valueAtPath(value, path.slice(0, i + 1)));
  }
  return nodes.flatMap(unwrap);
}

function ofStepKind(nodes: readonly SchemaNode[], step: unknown): readonly SchemaNode[] {
  if (typeof step !== 'object' || step === null) return nodes;
  const kind = Object.keys(stepSchemas).find((key) => Object.hasOwn(step, key));
  const fitting = nodes
    .flatMap(unwrap)
    .filter((node) => kind !== undefined && node.def.shape?.[kind] !== undefined);
  return fitting.length > 0 ? fitting : nodes;
}

function children(node: SchemaNode, key: string | number): readonly SchemaNode[] {
  return unwrap(node).flatMap((plain) => {
    const child =
      typeof key === 'number' ? plain.def.element : (plain.def.shape?.[key] ?? plain.def.valueType);
    return child === undefined ? [] : [child];
  });
}

function unwrap(node: SchemaNode): readonly SchemaNode[] {
  if (node.def.type === 'optional' && node.def.innerType !== undefined) return unwrap(node.def.innerType);
  if (node.def.type === 'union') return (node.def.options ?? []).flatMap(unwrap);
  return [node];
}

function keysAt(path: Path, { value, root }: Document): readonly string[] {
  return [...new Set(schemasAt(path, value, root).flatMap((node) => Object.keys(node.def.shape ?? {})))];
}

/** The help text of a field, when the path leads to exactly one. */
function describeField(path: Path, root: SchemaNode): string | undefined {
  let nodes: readonly SchemaNode[] = [root];
  for (const key of path) nodes = nodes.flatMap((node) => children(node, key));
  const texts = new Set(nodes.map((node) => node.description).filter((text) => text !== undefined));
  return texts.size === 1 ? [...texts][0] : undefined;
}
