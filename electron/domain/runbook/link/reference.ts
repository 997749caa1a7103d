/** Fills in the defaults that a runbook takes from the reference pages, and remembers which values they were. Pure. */
import type { Diagnostic } from '../../../contract/runbook.ts';
import type { ParameterInput, RunbookInput } from '../schema.ts';
import type { Places } from '../yamlSource.ts';

/** Value of the reference pages, by `page.entry.value`. */
export type ReferenceLookup = (path: string) => string | undefined;

export interface Referred {
  readonly input: RunbookInput;
  /** Each value that was taken, by its path. */
  readonly used: Readonly<Record<string, string>>;
  readonly diagnostics: readonly Diagnostic[];
}

/** The runbook with its `from:` defaults filled in. One that was put together before has them already. */
export function fillReference(input: RunbookInput, source: Places, look: ReferenceLookup): Referred {
  if (input.linked !== undefined) return { input, used: {}, diagnostics: [] };
  const used: Record<string, string> = {};
  const diagnostics: Diagnostic[] = [];
  const parameters = Object.entries(input.parameters ?? {}).map(([name, spec]) => {
    if (spec.from === undefined) return [name, spec] as const;
    const path = ['parameters', name, 'from'];
    const value = look(spec.from);
    if (value === undefined) {
      const message = `The reference pages have no "${spec.from}".`;
      diagnostics.push(source.at('error', 'reference.unknown', path, message));
      const filled: ParameterInput = { ...spec, default: spec.default ?? '' };
      return [name, filled] as const;
    }
    if (spec.default !== undefined) {
      const message = 'Either "from" or "default", not both.';
      diagnostics.push(source.at('error', 'parameter.from', path, message, { key: true }));
    }
    used[spec.from] = value;
    const filled: ParameterInput = { ...spec, default: value };
    return [name, filled] as const;
  });
  if (Object.keys(used).length === 0 && diagnostics.length === 0) return { input, used, diagnostics };
  return { input: { ...input, parameters: Object.fromEntries(parameters) }, used, diagnostics };
}
