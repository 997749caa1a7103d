/** The values that undo commands need: parameters of a rollback, with what the run knew as their defaults. Pure. */
import type { Runbook } from '../../contract/runbook.ts';
import { compact } from './compact.ts';
import { stepsOf } from './describe.ts';
import { valueProblem } from './parameters.ts';
import type { ParameterInput, RunbookInput, VariantInput } from './schema.ts';
import type { Expect, StreamTests } from './schemaExpect.ts';
import { scanTemplate } from './template.ts';

/** Patterns, paths and prose: `${` in them is no reference. */
const NO_TEMPLATES: ReadonlySet<string> = new Set([
  'matches',
  'path',
  'unit',
  'title',
  'why',
  'caution',
  'note',
]);

/** Names that the texts in a value refer to. */
export function neededNames(value: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  const walk = (item: unknown): void => {
    if (typeof item === 'string') {
      const scan = scanTemplate(item);
      if (scan.ok) for (const ref of scan.value.refs) names.add(ref.name);
    } else if (Array.isArray(item)) item.forEach(walk);
    else if (typeof item === 'object' && item !== null) {
      for (const [key, inner] of Object.entries(item)) if (!NO_TEMPLATES.has(key)) walk(inner);
    }
  };
  walk(value);
  return names;
}

interface UndoValues {
  readonly parameters: Record<string, ParameterInput>;
  readonly variants: Record<string, VariantInput>;
}

/** What the start form of the rollback asks for. What the run had captured or chosen becomes a parameter as well. */
export function undoParameters(
  input: RunbookInput,
  runbook: Runbook,
  values: Readonly<Record<string, string>>,
  names: ReadonlySet<string>,
): UndoValues {
  const parameters: Record<string, ParameterInput> = {};
  const variants: Record<string, VariantInput> = {};
  const ownParameters: Readonly<Record<string, ParameterInput>> = input.parameters ?? {};
  const ownVariants: Readonly<Record<string, VariantInput>> = input.variants ?? {};
  for (const name of [...names].sort()) {
    const value = values[name];
    const parameter = ownParameters[name];
    const variant = ownVariants[name];
    if (parameter !== undefined) {
      const { from: _from, site: _site, default: _default, ...rest } = parameter;
      parameters[name] = value === undefined || value === '' ? rest : { ...rest, default: value };
    } else if (variant !== undefined) {
      variants[name] = value === undefined ? variant : { ...variant, default: value };
    } else parameters[name] = madeParameter(runbook, name, value);
  }
  return { parameters, variants };
}

function madeParameter(runbook: Runbook, name: string, value: string | undefined): ParameterInput {
  const maker = stepsOf(runbook).find(({ step }) => makes(step, name))?.step;
  const type = maker?.kind === 'decide' ? ('name' as const) : ('text' as const);
  const fits = value !== undefined && valueProblem({ kind: 'text', maxLength: 4096 }, value) === null;
  return compact({
    title: maker === undefined ? name : `${name}: as “${maker.title}” found it`.slice(0, 400),
    help:
      fits || value === ''
        ? undefined
        : 'The run did not get to know this value, or it cannot stand in a command. Find it out on the host.',
    type,
    'max-length': type === 'text' ? 4096 : undefined,
    // Found to be empty is known too.
    required: value !== '',
    default: fits ? value : undefined,
  });
}

function makes(step: Runbook['phases'][number]['steps'][number], name: string): boolean {
  if (step.kind === 'run' || step.kind === 'observe')
    return step.capture.some((capture) => capture.name === name);
  if (step.kind === 'decide' || step.kind === 'measure' || step.kind === 'attest')
    return step.capture === name;
  return false;
}

/** `same-as: x` compares with a capture; here x is a parameter with its value. */
export function withoutSameAs(expect: Expect): Expect {
  return compact({
    ...expect,
    stdout: expect.stdout === undefined ? undefined : plainTests(expect.stdout),
    stderr: expect.stderr === undefined ? undefined : plainTests(expect.stderr),
  });
}

type Stream = NonNullable<Expect['stdout']>;

function plainTests(stream: Stream): Stream {
  const list = (Array.isArray(stream) ? stream : [stream]).flatMap(plainTest);
  const [only, second] = list;
  return only !== undefined && second === undefined && !Array.isArray(stream) ? only : list;
}

function plainTest(tests: StreamTests): readonly StreamTests[] {
  const { 'same-as': same, not, ...rest } = tests;
  const plainNot = not === undefined ? undefined : notSame(not);
  const own = compact({ ...rest, not: plainNot });
  const equal: readonly StreamTests[] = same === undefined ? [] : [{ equals: `\${${same}}` }];
  return Object.keys(own).length === 0 ? equal : [own, ...equal];
}

function notSame(not: NonNullable<StreamTests['not']>): NonNullable<StreamTests['not']> {
  const { 'same-as': same, ...rest } = not;
  return same === undefined || rest.equals !== undefined ? rest : { ...rest, equals: `\${${same}}` };
}
