/** What a parameter may be: the rules of each type, and the check of what was entered before a run starts. */
import type { VarName } from '../../contract/ids.ts';
import type { ParameterType, Parameter, Runbook, Variant } from '../../contract/runbook.ts';
import { parseDuration } from './duration.ts';
import { suggestion } from './suggest.ts';
import { SHELL_SAFE } from './template.ts';

/** Longest value of any parameter, in UTF-16 code units. */
export const MAX_VALUE_LENGTH = 4096;

export interface FieldProblem {
  /** `parameters.<name>` or `variants.<name>`. */
  readonly field: string;
  readonly message: string;
}

export interface CheckedParameters {
  /** Every parameter (but secrets) and variant by name, defaults applied; `''` for an optional one without a value. */
  readonly values: ReadonlyMap<VarName, string>;
  readonly problems: readonly FieldProblem[];
}

/** Checks the values entered for a runbook. `values` is complete only when there are no problems. */
export function checkParameters(
  runbook: Pick<Runbook, 'parameters' | 'variants'>,
  given: {
    readonly parameters: Readonly<Record<string, string>>;
    readonly variants: Readonly<Record<string, string>>;
  },
): CheckedParameters {
  const values = new Map<VarName, string>();
  const problems: FieldProblem[] = [];
  for (const parameter of runbook.parameters) {
    const result = checkParameter(parameter, entry(given.parameters, parameter.name));
    if (result.problem !== undefined)
      problems.push({ field: `parameters.${parameter.name}`, message: result.problem });
    else if (result.value !== undefined) values.set(parameter.name, result.value);
  }
  for (const variant of runbook.variants) {
    const result = checkVariant(variant, entry(given.variants, variant.name));
    if (result.problem !== undefined)
      problems.push({ field: `variants.${variant.name}`, message: result.problem });
    else if (result.value !== undefined) values.set(variant.name, result.value);
  }
  problems.push(...unknown('parameters', given.parameters, runbook.parameters));
  problems.push(...unknown('variants', given.variants, runbook.variants));
  return { values, problems };
}

interface Checked {
  readonly value?: string;
  readonly problem?: string;
}

function checkParameter(parameter: Parameter, entered: string | undefined): Checked {
  if (parameter.type.kind === 'secret') {
    return entered === undefined || entered === ''
      ? {}
      : { problem: 'A secret is never stored. Leave it empty.' };
  }
  const value = entered === undefined || entered === '' ? (parameter.default ?? '') : entered;
  if (value === '')
    return parameter.required ? { problem: `${parameter.title} is required.` } : { value: '' };
  const problem = valueProblem(parameter.type, value);
  return problem === null ? { value } : { problem: `${parameter.title} ${problem}.` };
}

function checkVariant(variant: Variant, entered: string | undefined): Checked {
  const value = entered === undefined || entered === '' ? variant.default : entered;
  const ids = variant.options.map((option) => option.id);
  if (value === undefined) return { problem: `Choose ${variant.title}: ${ids.join(', ')}.` };
  return ids.includes(value) ? { value } : { problem: `${variant.title} must be one of: ${ids.join(', ')}.` };
}

function unknown(
  kind: 'parameters' | 'variants',
  given: Readonly<Record<string, string>>,
  known: readonly { readonly name: VarName }[],
): readonly FieldProblem[] {
  const names: readonly string[] = known.map((item) => item.name);
  return Object.keys(given)
    .filter((name) => !names.includes(name))
    .map((name) => {
      const hint = suggestion(name, names);
      const message = `This runbook has no ${kind === 'parameters' ? 'parameter' : 'variant'} "${name.slice(0, 64)}".`;
      return {
        field: `${kind}.${name}`,
        message: hint === undefined ? message : `${message} ${capitalize(hint)}`,
      };
    });
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function entry(record: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const NAME = /^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/;
const VERSION = /^v?\d{1,9}(?:\.\d{1,9}){0,3}(?:-[0-9A-Za-z.-]{1,64})?(?:\+[0-9A-Za-z.-]{1,64})?$/;
const HOST_NAME =
  /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62})(?:\.[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62}))*\.?$/;
const IPV6 = /^(?=.*:.*:)[0-9A-Fa-f:]{2,39}(?:\d{1,3}(?:\.\d{1,3}){3})?$/;
const URL_SHAPE =
  /^https?:\/\/(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?::(\d{1,5}))?(?:[/?#][!-~]*)?$/;
const DIGEST = /^(?:sha256:)?[0-9a-fA-F]{64}$/;
const IMAGE =
  /^(?:(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::\d{1,5})?\/)?[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;

/**
 * Why a value does not fit its type, as the end of a sentence (`must be …`); null when it fits. Empty never fits.
 * Kubernetes names: RFC 1123 subdomain; image references: distribution/reference grammar.
 */
export function valueProblem(type: ParameterType, value: string): string | null {
  if (value === '') return 'must not be empty';
  if (value.length > MAX_VALUE_LENGTH) return `must have at most ${String(MAX_VALUE_LENGTH)} characters`;
  if (CONTROL.test(value)) return 'must be a single line without control characters';
  if (LONE_SURROGATE.test(value)) return 'must be valid Unicode';
  switch (type.kind) {
    case 'text':
      return value.length <= type.maxLength ? null : `must have at most ${String(type.maxLength)} characters`;
    case 'name':
      return matches(
        value.length <= 253 && NAME.test(value),
        'must be lower-case letters, digits, "-" and ".", such as mazevault-prod',
      );
    case 'version':
      return matches(VERSION.test(value), 'must be a version such as 2.4.1');
    case 'integer':
      return integerProblem(type, value);
    case 'boolean':
      return matches(value === 'true' || value === 'false', 'must be true or false');
    case 'choice':
      return matches(type.options.includes(value), `must be one of: ${type.options.join(', ')}`);
    case 'path':
      return matches(value === value.trim(), 'must not begin or end with a space');
    case 'host':
      return matches(
        HOST_NAME.test(value) || IPV6.test(value),
        'must be a host name or an address, without user and port',
      );
    case 'url': {
      const port = URL_SHAPE.exec(value);
      return matches(
        port !== null && Number(port[1] ?? '1') >= 1 && Number(port[1] ?? '1') <= 65_535,
        'must be a URL that begins with https:// or http://',
      );
    }
    case 'digest':
      return matches(
        DIGEST.test(value),
        'must be a SHA-256 digest: 64 hexadecimal digits, with or without "sha256:" before',
      );
    case 'duration': {
      const parsed = parseDuration(value);
      return matches(parsed.ok, 'must be a duration such as 30s, 15m or 1h30m');
    }
    case 'image':
      return matches(
        value.length <= 512 && IMAGE.test(value),
        'must be an image reference such as registry.example.com/team/app:1.2.0',
      );
    case 'secret':
      return 'is a secret and is never stored';
  }
}

function matches(holds: boolean, problem: string): string | null {
  return holds ? null : problem;
}

function integerProblem(type: Extract<ParameterType, { kind: 'integer' }>, value: string): string | null {
  if (!/^(?:0|-?[1-9]\d{0,15})$/.test(value) || !Number.isSafeInteger(Number(value)))
    return 'must be a whole number';
  const n = Number(value);
  if (type.min !== undefined && n < type.min) return `must be at least ${String(type.min)}`;
  if (type.max !== undefined && n > type.max) return `must be at most ${String(type.max)}`;
  return null;
}

/** Whether no value of this type can ever need shell quotes, so that it may stand inside quotes of the author. */
export function neverNeedsQuotes(type: ParameterType): boolean {
  switch (type.kind) {
    case 'name':
    case 'version':
    case 'integer':
    case 'boolean':
    case 'digest':
    case 'duration':
    case 'host':
      return true;
    case 'choice':
      return type.options.every((option) => SHELL_SAFE.test(option));
    case 'text':
    case 'path':
    case 'url':
    case 'image':
    case 'secret':
      return false;
  }
}
