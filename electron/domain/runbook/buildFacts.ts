/** Facts of the change record, from the file to the model. Their names belong to the kind of the runbook. */
import type { Template } from '../../contract/runbook.ts';
import { factNames, type ReportFacts } from '../../contract/runbookFacts.ts';
import type { Authoring } from './authoring.ts';
import type { RunbookInput } from './schema.ts';
import { suggestion } from './suggest.ts';

/** Called when all steps are known: a fact may stand on a capture of any of them. */
export function buildFacts(a: Authoring, input: RunbookInput): ReportFacts | undefined {
  if (input.facts === undefined) return undefined;
  const known: readonly string[] = Object.hasOwn(factNames, input.kind)
    ? factNames[input.kind as keyof typeof factNames]
    : [];
  const facts: Record<string, Template> = {};
  for (const [name, value] of Object.entries(input.facts)) {
    if (!known.includes(name)) {
      const hint =
        known.length === 0
          ? `kinds with facts: ${Object.keys(factNames).join(', ')}`
          : (suggestion(name, known) ?? `one of: ${known.join(', ')}`);
      a.error('facts.unknown', ['facts', name], `"${name}" is no fact of a runbook of kind ${input.kind}.`, {
        key: true,
        hint,
      });
      continue;
    }
    facts[name] = a.text(value, ['facts', name]);
  }
  return facts;
}
