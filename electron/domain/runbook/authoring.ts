/**
 * What the checks of one runbook share: where things stand in the file, which names exist at this point, and the
 * findings so far. Lives for one parse.
 */
import type { StepId, TargetName } from '../../contract/ids.ts';
import type { Diagnostic, ParameterType, Role, Template } from '../../contract/runbook.ts';
import { neverNeedsQuotes } from './parameters.ts';
import { checkPattern } from './pattern.ts';
import type { Scalar } from './schemaExpect.ts';
import { shellContexts, type ShellContext } from './shellContext.ts';
import { suggestion } from './suggest.ts';
import { literal, scanTemplate, type TemplateRef } from './template.ts';
import type { Detail, Path, Places } from './yamlSource.ts';

/** Something `${name}` can refer to. */
export type Named =
  | { readonly kind: 'parameter'; readonly type: ParameterType }
  | { readonly kind: 'variant' }
  /** `step` makes it; before that step it has no value. */
  | { readonly kind: 'capture' | 'choice'; readonly step: StepId };

export class Authoring {
  readonly diagnostics: Diagnostic[] = [];
  readonly names = new Map<string, Named>();
  readonly variants = new Map<string, readonly string[]>();
  readonly targets: TargetName[] = [];
  /** Those of the targets that are groups. */
  readonly groups = new Set<TargetName>();
  readonly roles: Role[] = [];
  readonly stepIds: string[] = [];
  /** Steps that come before the one that is looked at. */
  readonly stepsDone = new Set<string>();
  /** Those of them that fetch a file. */
  readonly fetches = new Set<string>();
  private readonly source: Places;

  constructor(source: Places) {
    this.source = source;
  }

  error(rule: string, path: Path, message: string, more: Detail = {}): void {
    this.diagnostics.push(this.source.at('error', rule, path, message, more));
  }

  warn(rule: string, path: Path, message: string, more: Detail = {}): void {
    this.diagnostics.push(this.source.at('warning', rule, path, message, more));
  }

  /** The text of a scalar as it stands in the file. */
  scalar(value: Scalar, path: Path): string {
    return typeof value === 'string' ? value : (this.source.scalarText(path) ?? String(value));
  }

  /** A shell command; its references must exist, and stand where they can be quoted. */
  command(source: string, path: Path): Template {
    const scan = this.scan(source, path);
    if (scan === null) return literal(source);
    const { refs, open } = shellContexts(scan.template);
    if (open !== null) {
      this.error('shell.unterminated', path, `The command ends inside ${open}.`, {
        hint: 'close it, or escape the character',
      });
    }
    for (const [i, ref] of scan.refs.entries()) this.checkQuoting(ref, refs[i] ?? 'double', source, path);
    return scan.template;
  }

  /** What a command gets on its standard input: the one place where a secret may stand. */
  input(source: string, path: Path): Template {
    return this.scan(source, path, 'taken')?.template ?? literal(source);
  }

  /** Plain text with references, such as an expected value. */
  text(value: Scalar, path: Path): Template {
    const source = this.scalar(value, path);
    return this.scan(source, path)?.template ?? literal(source);
  }

  pattern(source: string, path: Path): string {
    const checked = checkPattern(source);
    if (!checked.ok) this.error('regex.invalid', path, `The pattern cannot be used: ${checked.error}.`);
    return source;
  }

  /** Reports a reference to a capture, choice, parameter or variant that is not there, or not yet. */
  checkReference(
    name: string,
    path: Path,
    allowed: readonly Named['kind'][],
    rule: string,
    more: Detail = {},
  ): Named | null {
    const found = this.names.get(name);
    const known = [...this.names].filter(([, named]) => allowed.includes(named.kind)).map(([other]) => other);
    if (found === undefined || !allowed.includes(found.kind)) {
      const hint = suggestion(name, known);
      this.error(rule, path, `There is no ${allowed.join(', ')} "${name}".`, {
        ...more,
        ...(hint === undefined ? {} : { hint }),
      });
      return null;
    }
    if ((found.kind === 'capture' || found.kind === 'choice') && !this.stepsDone.has(found.step)) {
      this.error('capture.too-early', path, `"${name}" is used before step "${found.step}" makes it.`, {
        ...more,
        hint: 'move the step that makes it up, or use another value',
      });
    }
    return found;
  }

  /** The target of a command: the one named, or the only one there is. */
  target(name: TargetName | undefined, path: Path): TargetName | null {
    if (name !== undefined) {
      if (this.targets.includes(name)) return name;
      this.error('target.unknown', [...path, 'on'], `There is no target "${name}".`, {
        hint: suggestion(name, this.targets),
      });
      return null;
    }
    const [only, second] = this.targets;
    if (only !== undefined && second === undefined) return only;
    const message =
      only === undefined ? 'The runbook has no targets.' : 'Several targets, so "on" must say which.';
    const hint = only === undefined ? 'add "targets:" with one entry' : `one of: ${this.targets.join(', ')}`;
    this.error('target.missing', path, message, { hint });
    return null;
  }

  /** The same where it has to be one host; `because` says why. */
  oneHost(name: TargetName | undefined, path: Path, because: string): TargetName | null {
    const target = this.target(name, path);
    if (target !== null && this.groups.has(target)) {
      this.error(
        'group.step',
        name === undefined ? path : [...path, 'on'],
        `"${target}" is a group. ${because}`,
        {
          hint: 'only run steps go to a group; name a target that is one host',
        },
      );
    }
    return target;
  }

  role(role: Role, path: Path): Role {
    if (!this.roles.includes(role)) {
      const hint = `add ${role} to "roles:" of the runbook`;
      this.error('role.undeclared', path, `The role "${role}" does not take part in this runbook.`, { hint });
    }
    return role;
  }

  private scan(
    source: string,
    path: Path,
    secrets: 'refused' | 'taken' = 'refused',
  ): { readonly template: Template; readonly refs: readonly TemplateRef[] } | null {
    const scan = scanTemplate(source);
    if (!scan.ok) {
      const at = source.slice(scan.error.offset, scan.error.offset + 12).split('\n')[0] ?? '';
      this.error('template.syntax', path, `${scan.error.message}.`, {
        find: found(source, at, scan.error.offset),
      });
      return null;
    }
    for (const ref of scan.value.refs) this.checkRef(ref, source, path, secrets);
    return scan.value;
  }

  private checkRef(ref: TemplateRef, source: string, path: Path, secrets: 'refused' | 'taken'): void {
    const find = found(source, ref.raw ? `\${raw:${ref.name}}` : `\${${ref.name}}`, ref.offset);
    const named = this.checkReference(
      ref.name,
      path,
      ['parameter', 'capture', 'choice', 'variant'],
      'parameter.unknown',
      { find },
    );
    if (named?.kind === 'parameter' && named.type.kind === 'secret' && secrets === 'refused') {
      this.error('secret.on-command-line', path, `"${ref.name}" is a secret and cannot be filled in here.`, {
        find,
        hint: 'hand it to the command with "stdin:" (mode exec), or let the command read it on the host, from a file or a prompt; commands and the record stay free of secrets',
      });
    }
    if (ref.raw && secrets === 'taken') {
      this.error('stdin.raw', path, 'Input goes to the command as it is; there are no quotes to leave out.', {
        find,
        hint: `write \${${ref.name}}`,
      });
    } else if (ref.raw) {
      this.warn('quoting.raw', path, `"${ref.name}" goes into the command without quotes.`, {
        find,
        hint: `write \${${ref.name}} unless the value is meant to be shell syntax`,
      });
    }
  }

  private checkQuoting(ref: TemplateRef, context: ShellContext, source: string, path: Path): void {
    if (ref.raw || context === 'unquoted' || context === 'comment') return;
    const named = this.names.get(ref.name);
    if (named === undefined) return;
    const find = found(source, `\${${ref.name}}`, ref.offset);
    if (context === 'escaped') {
      this.error('quoting.escaped', path, `The backslash before "${ref.name}" would break its quoting.`, {
        find,
        hint: 'remove the backslash; for a literal reference write "$${"',
      });
      return;
    }
    const plain = named.kind === 'parameter' ? neverNeedsQuotes(named.type) : named.kind !== 'capture';
    if (plain) return;
    const where = places[context];
    this.error(
      'quoting.inside-quotes',
      path,
      `"${ref.name}" stands inside ${where}, where it cannot be quoted safely.`,
      {
        find,
        hint: `end the quotes before it: "text "\${${ref.name}}" text"; the app quotes the value itself`,
      },
    );
  }
}

const places: Readonly<Record<Exclude<ShellContext, 'unquoted' | 'comment' | 'escaped'>, string>> = {
  single: 'single quotes',
  double: 'double quotes',
  heredoc: 'a here-document',
  backtick: 'backticks',
  expansion: 'a shell expansion',
  arithmetic: 'shell arithmetic',
};

/** Which occurrence of a text stands at an offset. */
function found(source: string, text: string, offset: number): { readonly text: string; readonly n: number } {
  let n = 0;
  for (let at = source.indexOf(text); at !== -1 && at < offset; at = source.indexOf(text, at + 1)) n++;
  return { text, n };
}
