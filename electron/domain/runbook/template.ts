/**
 * Text with `${name}` references: parsing, and filling in for a POSIX shell or as plain text. What it renders is what is
 * sent, to the byte; a value never becomes shell syntax unless the author wrote `${raw:name}`.
 */
import { VarName } from '../../contract/ids.ts';
import { err, fail, ok, type Result } from '../../contract/result.ts';
import type { Template, TemplatePart } from '../../contract/runbook.ts';
import { shellContexts, type ShellContext } from './shellContext.ts';

/** Values by name: parameters, variants, captures and choices. */
export type Values = ReadonlyMap<string, string> | Readonly<Record<string, string>>;

export interface TemplateRef {
  readonly name: VarName;
  readonly raw: boolean;
  /** Offset of `${` in the source, in UTF-16 code units. */
  readonly offset: number;
}

export interface TemplateError {
  readonly message: string;
  readonly offset: number;
}

export interface RenderedCommand {
  readonly text: string;
  /** Where each value stands in `text`, its quotes included; offsets in UTF-16 code units. */
  readonly values: readonly { readonly start: number; readonly end: number; readonly name: VarName }[];
}

const REFERENCE = /\$\$\{|\$\{([^}\n]*)(\}?)/g;

interface Scan {
  readonly template: Template;
  readonly refs: readonly TemplateRef[];
}

/** Like parseTemplate, with the place of each reference. */
export function scanTemplate(source: string): Result<Scan, TemplateError> {
  const parts: TemplatePart[] = [];
  const refs: TemplateRef[] = [];
  let text = '';
  let last = 0;
  for (const match of source.matchAll(REFERENCE)) {
    text += source.slice(last, match.index);
    last = match.index + match[0].length;
    if (match[1] === undefined) {
      text += '${';
      continue;
    }
    const inner = match[1];
    const raw = inner.startsWith('raw:');
    const name = VarName.safeParse(raw ? inner.slice(4) : inner);
    if (match[2] !== '}') return err({ message: '"${" without "}"', offset: match.index });
    if (!name.success) {
      return err({
        message: `"\${${inner.slice(0, 40)}}" is not a reference; for the shell's own expansion write "$\${${inner.slice(0, 40)}}"`,
        offset: match.index,
      });
    }
    if (text !== '') parts.push({ kind: 'text', text });
    text = '';
    parts.push({ kind: 'ref', name: name.data, raw });
    refs.push({ name: name.data, raw, offset: match.index });
  }
  text += source.slice(last);
  if (text !== '') parts.push({ kind: 'text', text });
  return ok({ template: { source, parts }, refs });
}

/**
 * Splits text at its references. `${name}` is one; `$${` stands for a literal `${`; `$NAME` and `$(…)` are the shell's
 * own and stay as they are.
 */
export function parseTemplate(source: string): Result<Template, TemplateError> {
  const scan = scanTemplate(source);
  return scan.ok ? ok(scan.value.template) : scan;
}

/** A template that is plain text, whatever it holds. */
export function literal(text: string): Template {
  // A function, because a replacement text would read `$$` as one dollar sign.
  return { source: text.replaceAll('${', () => '$${'), parts: text === '' ? [] : [{ kind: 'text', text }] };
}

/** The text of a template without references; undefined when it has one. */
export function constantOf(template: Template): string | undefined {
  let text = '';
  for (const part of template.parts) {
    if (part.kind === 'ref') return undefined;
    text += part.text;
  }
  return text;
}

export function lookUp(values: Values, name: string): string | undefined {
  if (values instanceof Map) return (values as ReadonlyMap<string, string>).get(name);
  const record = values as Readonly<Record<string, string>>;
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** Nothing here is special to a shell, in or out of quotes. `=` and `~` are left out on purpose. */
export const SHELL_SAFE = /^[A-Za-z0-9_@%+:,./-]+$/;
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const CONTROL_BUT_LINES = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** One word of POSIX sh that stands for exactly this text (POSIX.1-2017 Shell Command Language, 2.2.2). */
export function quoteForShell(value: string): string {
  return SHELL_SAFE.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}

/**
 * The command with its values filled in, quoted for POSIX sh. Fails when a value is missing, holds control characters,
 * or would need quotes where the author has already put some.
 */
export function renderCommand(template: Template, values: Values): Result<RenderedCommand> {
  const contexts = shellContexts(template).refs;
  const places: { start: number; end: number; name: VarName }[] = [];
  let text = '';
  let ref = 0;
  for (const [i, part] of template.parts.entries()) {
    if (part.kind === 'text') {
      text += part.text;
      continue;
    }
    const context = contexts[ref++] ?? 'double';
    const value = lookUp(values, part.name);
    if (value === undefined) return missing(part.name);
    const problem = unfitForCommand(value);
    if (problem !== null)
      return fail(
        'bad-request',
        `The value of "${part.name}" ${problem}, so it cannot be put into a command.`,
      );
    const next = template.parts[i + 1];
    const filled = part.raw ? ok(value) : fill(value, context, next?.kind === 'text' ? next.text : '');
    if (!filled.ok) return fail('bad-request', `The value of "${part.name}" ${filled.error}.`);
    places.push({ start: text.length, end: text.length + filled.value.length, name: part.name });
    text += filled.value;
  }
  return ok({ text, values: places });
}

/** Text with its values filled in as they are: for expectations, labels and what must be typed to confirm. */
export function renderText(template: Template, values: Values): Result<string> {
  let text = '';
  for (const part of template.parts) {
    if (part.kind === 'text') {
      text += part.text;
      continue;
    }
    const value = lookUp(values, part.name);
    if (value === undefined) return missing(part.name);
    if (CONTROL_BUT_LINES.test(value)) {
      return fail('bad-request', `The value of "${part.name}" holds control characters.`);
    }
    text += value;
  }
  return ok(text);
}

function fill(value: string, context: ShellContext, following: string): Result<string, string> {
  if (context === 'unquoted' || context === 'comment') {
    // `echo 2>file` is a redirection of descriptor 2; `echo '2'>file` is not.
    return ok(/^\d+$/.test(value) && /^[<>]/.test(following) ? `'${value}'` : quoteForShell(value));
  }
  if (value === '' || SHELL_SAFE.test(value)) return ok(value);
  return err('needs quoting, but stands where it cannot be quoted');
}

function unfitForCommand(value: string): string | null {
  if (CONTROL.test(value)) return 'holds a line break or another control character';
  if (LONE_SURROGATE.test(value)) return 'is not valid Unicode';
  return null;
}

function missing(name: string): Result<never> {
  return fail('bad-request', `There is no value for "${name}" yet.`, {
    hint: 'A capture has a value only after the step that makes it has passed.',
  });
}
