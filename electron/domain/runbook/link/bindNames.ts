/** Which name of the caller each name of a called runbook stands for. Names that nobody gives become the caller's own. */
import type { ParameterInput, RunbookInput, TargetInput, VariantInput } from '../schema.ts';
import type { Scalar } from '../schemaExpect.ts';
import type { StepInput } from '../schemaSteps.ts';
import { secondPersonId } from '../secondPerson.ts';
import { madeBy } from '../buildSteps.ts';
import { suggestion } from '../suggest.ts';
import type { Path } from '../yamlSource.ts';
import { type Names, renameText } from './rename.ts';

type Named<T> = Readonly<Record<string, T>>;
type CallInput = Extract<StepInput, { readonly call: unknown }>;
type Report = (rule: string, path: Path, message: string, hint?: string) => void;

export interface Bound {
  /** The caller with what came to it: parameters, variants, targets, roles, abort criteria, policy. */
  readonly caller: RunbookInput;
  readonly names: Names;
  /** Parameters that were added, by their name in the called runbook and here. */
  readonly added: readonly { readonly from: string; readonly to: string }[];
  /** The one target of the called runbook, by its name here. */
  readonly onlyTarget: string | undefined;
}

const REFERENCE = /^\$\{([a-z][a-z0-9_]*)\}$/;

export function bindNames(caller: RunbookInput, part: RunbookInput, step: CallInput, report: Report): Bound {
  const prefix = `${step.id.replaceAll('-', '_')}_`;
  const vars = new Map<string, string>();
  const parameters = bindParameters(caller, part, step, { prefix, vars, report });
  const variants = bindVariants(caller, part, vars, report);
  const targets = bindTargets(caller, part, step, report);
  const steps = new Map<string, string>();
  for (const inner of part.phases.flatMap((phase) => phase.steps)) {
    for (const { name } of madeBy(inner)) vars.set(name, `${prefix}${name}`);
    for (const id of [inner.id, secondPersonId(inner)])
      if (id !== undefined) steps.set(id, `${step.id}-${id}`);
  }
  const renamedTargets = Object.fromEntries(
    targets.added.map(([name, spec]) => [name, renameProofs(spec, vars)] as const),
  );
  return {
    caller: {
      ...caller,
      parameters: { ...caller.parameters, ...parameters.added },
      ...(Object.keys(variants).length === 0 ? {} : { variants: { ...caller.variants, ...variants } }),
      targets: { ...caller.targets, ...renamedTargets },
      roles: [
        ...new Set([...(caller.roles ?? ['operator' as const]), ...(part.roles ?? ['operator' as const])]),
      ],
      ...abortOf(caller, part),
      ...policyOf(caller, part),
    },
    names: { vars, targets: targets.names, steps },
    added: parameters.pairs,
    onlyTarget: targets.only,
  };
}

function renameProofs(target: TargetInput, vars: ReadonlyMap<string, string>): TargetInput {
  if (target.identity === undefined) return target;
  const identity = target.identity.map((proof) => ({
    ...proof,
    run: renameText(proof.run, vars),
    ...(typeof proof.equals === 'string' ? { equals: renameText(proof.equals, vars) } : {}),
    ...(typeof proof.contains === 'string' ? { contains: renameText(proof.contains, vars) } : {}),
  }));
  return { ...target, identity };
}

interface Binding {
  readonly prefix: string;
  readonly vars: Map<string, string>;
  readonly report: Report;
}

function bindParameters(
  caller: RunbookInput,
  part: RunbookInput,
  step: CallInput,
  { prefix, vars, report }: Binding,
) {
  const own: Named<ParameterInput> = caller.parameters ?? {};
  const theirs: Named<ParameterInput> = part.parameters ?? {};
  const values: Named<Scalar> = step.call.with ?? {};
  const added: Record<string, ParameterInput> = {};
  const pairs: { from: string; to: string }[] = [];
  for (const name of Object.keys(values)) {
    if (Object.hasOwn(theirs, name)) continue;
    report(
      'call.with',
      ['call', 'with', name],
      `Runbook "${part.id}" has no parameter "${name}".`,
      suggestion(name, Object.keys(theirs)),
    );
  }
  for (const [name, spec] of Object.entries(theirs)) {
    const given = values[name];
    const reference = typeof given === 'string' ? REFERENCE.exec(given)?.[1] : undefined;
    if (reference !== undefined) {
      vars.set(name, reference);
      continue;
    }
    if (given === undefined && own[name]?.type === spec.type) continue;
    const to = `${prefix}${name}`;
    vars.set(name, to);
    pairs.push({ from: name, to });
    const { from: _reference, ...rest } = spec;
    added[to] = given === undefined ? spec : { ...rest, default: given };
  }
  return { added, pairs };
}

function bindVariants(
  caller: RunbookInput,
  part: RunbookInput,
  vars: ReadonlyMap<string, string>,
  report: Report,
): Named<VariantInput> {
  const variants: Named<VariantInput> = caller.variants ?? {};
  const added: Record<string, VariantInput> = {};
  for (const [name, spec] of Object.entries(part.variants ?? {})) {
    const own = variants[name];
    if (own === undefined) {
      if (Object.hasOwn(caller.parameters ?? {}, name) || vars.has(name)) {
        report(
          'call.variant',
          ['call', 'runbook'],
          `Its variant "${name}" has the name of something else here.`,
        );
      }
      added[name] = spec;
      continue;
    }
    const missing = Object.keys(own.options).filter((option) => !Object.hasOwn(spec.options, option));
    if (missing.length > 0) {
      const message = `Runbook "${part.id}" does not know ${missing.map((each) => `"${each}"`).join(', ')} of variant "${name}".`;
      report('call.variant', ['call', 'runbook'], message, 'give both the same options');
    }
  }
  return added;
}

function bindTargets(caller: RunbookInput, part: RunbookInput, step: CallInput, report: Report) {
  const own: Named<TargetInput> = caller.targets ?? {};
  const theirs: Named<TargetInput> = part.targets ?? {};
  const given: Named<string> = step.call.targets ?? {};
  const names = new Map<string, string>();
  const added: [string, TargetInput][] = [];
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(theirs, name)) continue;
    report(
      'call.targets',
      ['call', 'targets', name],
      `Runbook "${part.id}" has no target "${name}".`,
      suggestion(name, Object.keys(theirs)),
    );
  }
  for (const [name, spec] of Object.entries(theirs)) {
    const mapped = given[name];
    if (mapped !== undefined && !Object.hasOwn(own, mapped)) {
      report(
        'call.targets',
        ['call', 'targets', name],
        `There is no target "${mapped}".`,
        suggestion(mapped, Object.keys(own)),
      );
    }
    const here = mapped ?? name;
    names.set(name, here);
    if (!Object.hasOwn(own, here) && mapped === undefined) added.push([name, spec]);
  }
  const [only, second] = [...names.values()];
  return { names, added, only: second === undefined ? only : undefined };
}

function abortOf(caller: RunbookInput, part: RunbookInput): Pick<RunbookInput, 'abort'> {
  const all = [...new Set([...(caller.abort ?? []), ...(part.abort ?? [])])];
  return all.length === 0 ? {} : { abort: all.slice(0, 50) };
}

/** The stricter of both, in everything. */
function policyOf(caller: RunbookInput, part: RunbookInput): Pick<RunbookInput, 'policy'> {
  if (part.policy === undefined) return {};
  const own = caller.policy ?? {};
  const most = (x: number | undefined, y: number | undefined) =>
    x === undefined && y === undefined ? undefined : Math.max(x ?? 0, y ?? 0);
  const approvals = most(own.approvals, part.policy.approvals);
  const reviews = most(own.reviews, part.policy.reviews);
  return {
    policy: {
      ...part.policy,
      ...own,
      ...(approvals === undefined ? {} : { approvals }),
      ...(reviews === undefined ? {} : { reviews }),
    },
  };
}
