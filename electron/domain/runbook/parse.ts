/** Reads a runbook file: YAML, shape, then meaning. Reports everything that is wrong at once, each with its place. */
import { RunbookId, TargetName, VarName } from '../../contract/ids.ts';
import type {
  Diagnostic,
  Parameter,
  ParameterType,
  Phase,
  Runbook,
  Target,
  Variant,
} from '../../contract/runbook.ts';
import type { Step } from '../../contract/steps.ts';
import { recent } from '../recent.ts';
import { Authoring } from './authoring.ts';
import { buildExpect, duration } from './buildExpect.ts';
import { buildFacts } from './buildFacts.ts';
import { buildSource, titleFrom } from './buildCommon.ts';
import { buildStep, madeBy } from './buildSteps.ts';
import { compact } from './compact.ts';
import { valueProblem } from './parameters.ts';
import { RunbookSchema, type IdentityInput, type ParameterInput, type RunbookInput } from './schema.ts';
import { schemaDiagnostics } from './schemaIssues.ts';
import { secondPersonId, withSecondPerson } from './secondPerson.ts';
import { suggestion } from './suggest.ts';
import { loadYaml, MAX_BYTES, type Path, type Places, type YamlSource } from './yamlSource.ts';

export interface ParsedRunbook {
  /** Null when there is an error. */
  readonly runbook: Runbook | null;
  /** Errors and warnings, in the order of the file. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads a runbook.
 *
 * @param text the file's text
 * @param file its path as people know it, for the diagnostics; the last part must be `<id>.runbook.yaml`
 */
export function parseRunbook(text: string, file: string): ParsedRunbook {
  return parsed.of(`${file}\n${text}`, () => {
    const read = readInput(text, file);
    return read.ok
      ? buildRunbook(read.input, read.source, file)
      : { runbook: null, diagnostics: read.diagnostics };
  });
}

/** The runbook of a run is read when it is opened, resumed, sealed and verified: always the same text. */
const parsed = recent<ParsedRunbook>(4 * MAX_BYTES);

export type ReadInput =
  | { readonly ok: true; readonly input: RunbookInput; readonly source: YamlSource }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** The file as it was written, checked for its shape only. */
export function readInput(text: string, file: string): ReadInput {
  const loaded = loadYaml(text, file);
  if (!loaded.ok) return loaded;
  const shape = RunbookSchema.safeParse(loaded.source.value);
  if (!shape.success) return { ok: false, diagnostics: schemaDiagnostics(shape.error.issues, loaded.source) };
  return { ok: true, input: shape.data, source: loaded.source };
}

/** The meaning of what was read. `source` leads from its parts to their places. */
export function buildRunbook(input: RunbookInput, source: Places, file: string): ParsedRunbook {
  const a = new Authoring(source);
  const runbook = build(a, input, file);
  const diagnostics = [...a.diagnostics].sort((x, y) => x.line - y.line || x.column - y.column);
  return { runbook: diagnostics.some((d) => d.severity === 'error') ? null : runbook, diagnostics };
}

function build(a: Authoring, input: RunbookInput, file: string): Runbook {
  const base = file.split(/[\\/]/).at(-1) ?? file;
  if (base !== `${input.id}.runbook.yaml`) {
    a.error('runbook.file-name', ['id'], `The id is "${input.id}", but the file is called "${base}".`, {
      hint: `call the file ${input.id}.runbook.yaml`,
    });
  }
  if (input.rollback === input.id)
    a.error('runbook.rollback', ['rollback'], 'A runbook cannot be its own rollback.');
  a.roles.push(...new Set(input.roles ?? (['operator'] as const)));
  a.targets.push(...Object.keys(input.targets ?? {}).map((name) => TargetName.parse(name)));
  for (const [name, target] of Object.entries(input.targets ?? {})) {
    if (target.group === true) a.groups.add(TargetName.parse(name));
  }
  const source = input.source === undefined ? undefined : buildSource(a, input.source, ['source']);
  const parameters = buildParameters(a, input);
  const variants = buildVariants(a, input);
  declareSteps(a, input);
  return compact({
    format: 1 as const,
    id: RunbookId.parse(input.id),
    title: input.title,
    version: a.scalar(input.version, ['version']),
    kind: input.kind,
    service: input.service,
    summary: input.summary,
    source,
    downtime: input.downtime,
    objectives: objectives(a, input),
    rollback: input.rollback,
    roles: [...a.roles],
    policy: input.policy === undefined ? undefined : compact(input.policy),
    abort: input.abort ?? [],
    variants,
    targets: buildTargets(a, input),
    parameters,
    phases: buildPhases(a, input, source),
    sources: input.linked?.sources.length === 0 ? undefined : input.linked?.sources,
    overlay: input.linked?.overlay,
    // After the steps: a fact is told when all of them are over.
    facts: buildFacts(a, input),
  });
}

function objectives(a: Authoring, input: RunbookInput): Runbook['objectives'] {
  const ms = (key: 'rollback' | 'rto' | 'rpo') => {
    const text = input.objectives?.[key];
    return text === undefined ? undefined : duration(a, text, ['objectives', key]);
  };
  return compact({ rollbackMs: ms('rollback'), rtoMs: ms('rto'), rpoMs: ms('rpo') });
}

function buildParameters(a: Authoring, input: RunbookInput): readonly Parameter[] {
  return Object.entries(input.parameters ?? {}).map(([key, spec]) => {
    const path: Path = ['parameters', key];
    const type = parameterType(a, spec, path);
    if (spec.from !== undefined && spec.default === undefined) {
      a.error('parameter.from', [...path, 'from'], `Nothing is known of "${spec.from}".`, {
        hint: 'it is read together with the reference pages; is the name right?',
      });
    }
    a.names.set(key, { kind: 'parameter', type });
    const preset = (field: 'default' | 'example') => {
      const value = spec[field];
      if (value === undefined) return undefined;
      const text = a.scalar(value, [...path, field]);
      const problem =
        text === '' && field === 'default' && spec.required !== true ? null : valueProblem(type, text);
      if (problem !== null) a.error(`parameter.${field}`, [...path, field], `The ${field} ${problem}.`);
      return text;
    };
    return compact({
      name: VarName.parse(key),
      title: spec.title,
      help: spec.help,
      type,
      required: spec.required ?? false,
      default: preset('default'),
      example: preset('example'),
      from: spec.from,
      site: spec.site,
    });
  });
}

/** Keys that only make sense for one type. */
const ownKeys = { options: 'choice', min: 'integer', max: 'integer', 'max-length': 'text' } as const;

function parameterType(a: Authoring, spec: ParameterInput, path: Path): ParameterType {
  for (const key of ['options', 'min', 'max', 'max-length'] as const) {
    if (spec[key] === undefined || spec.type === ownKeys[key]) continue;
    a.error(
      'parameter.key',
      [...path, key],
      `"${key}" belongs to type ${ownKeys[key]}, and this is ${spec.type}.`,
      { key: true },
    );
  }
  if (spec.type === 'text') return { kind: 'text', maxLength: spec['max-length'] ?? 1000 };
  if (spec.type === 'integer') {
    if (spec.min !== undefined && spec.max !== undefined && spec.min > spec.max) {
      a.error('parameter.limits', [...path, 'min'], 'The least value is above the greatest.');
    }
    return compact({ kind: 'integer' as const, min: spec.min, max: spec.max });
  }
  if (spec.type !== 'choice') return { kind: spec.type };
  const options = (spec.options ?? []).map((option, i) => a.scalar(option, [...path, 'options', i]));
  if (options.length === 0)
    a.error('parameter.options', path, 'A choice needs "options".', { hint: 'options: [a, b]' });
  return { kind: 'choice', options };
}

function buildVariants(a: Authoring, input: RunbookInput): readonly Variant[] {
  return Object.entries(input.variants ?? {}).map(([key, spec]) => {
    const path: Path = ['variants', key];
    declare(a, key, { kind: 'variant' }, path);
    const options = Object.entries(spec.options).map(([id, title]) => ({ id, title }));
    const ids = options.map((option) => option.id);
    a.variants.set(key, ids);
    if (ids.length === 0) a.error('variant.options', [...path, 'options'], 'A variant needs options.');
    if (spec.default !== undefined && !ids.includes(spec.default)) {
      a.error('variant.default', [...path, 'default'], `"${spec.default}" is not one of the options.`, {
        hint: suggestion(spec.default, ids),
      });
    }
    return compact({ name: VarName.parse(key), title: spec.title, options, default: spec.default });
  });
}

function declare(a: Authoring, name: string, named: Parameters<typeof a.names.set>[1], path: Path): void {
  const other = a.names.get(name);
  if (other === undefined) {
    a.names.set(name, named);
    return;
  }
  const owner = 'step' in other ? `a ${other.kind} of step "${other.step}"` : `a ${other.kind}`;
  a.error('name.collision', path, `"${name}" is already the name of ${owner}.`, {
    key: true,
    hint: 'give it another name',
  });
}

/** Ids of phases and steps and the names steps make, before any step is looked at: a reference ahead is then told apart. */
function declareSteps(a: Authoring, input: RunbookInput): void {
  const phases = new Set<string>();
  for (const [p, phase] of input.phases.entries()) {
    if (phases.has(phase.id))
      a.error('phase.duplicate', ['phases', p, 'id'], `There are two phases "${phase.id}".`);
    phases.add(phase.id);
    for (const [s, step] of phase.steps.entries()) {
      const path: Path = ['phases', p, 'steps', s];
      if (a.stepIds.includes(step.id))
        a.error('step.duplicate', [...path, 'id'], `There are two steps "${step.id}".`);
      a.stepIds.push(step.id);
      const second = secondPersonId(step);
      if (second !== undefined) a.stepIds.push(second);
      for (const made of madeBy(step))
        declare(a, made.name, { kind: made.kind, step: step.id }, [...path, ...made.path]);
    }
  }
}

function buildTargets(a: Authoring, input: RunbookInput): readonly Target[] {
  return Object.entries(input.targets ?? {}).map(([key, spec]) => {
    if (spec.group === true && spec.local === true) {
      a.error(
        'target.group-local',
        ['targets', key, 'local'],
        'A group is several hosts; this computer is one.',
        {
          key: true,
          hint: 'make two targets',
        },
      );
    }
    return compact({
      name: TargetName.parse(key),
      title: spec.title,
      group: spec.group === true ? (true as const) : undefined,
      local: spec.local === true ? (true as const) : undefined,
      anchor: spec.anchor === true ? (true as const) : undefined,
      identity: (spec.identity ?? []).map((proof, i) =>
        buildIdentity(a, proof, ['targets', key, 'identity', i]),
      ),
    });
  });
}

function buildIdentity(a: Authoring, proof: IdentityInput, path: Path): Target['identity'][number] {
  const { equals, contains, matches } = proof;
  const short = compact({ equals, contains, matches });
  const hasShort = Object.keys(short).length > 0;
  const run = a.command(proof.run, [...path, 'run']);
  const title = proof.title ?? proof.run.split('\n')[0]?.slice(0, 200) ?? proof.run;
  if (proof.expect !== undefined && hasShort) {
    a.error('identity.expect', [...path, 'expect'], 'Use either "expect" or equals, contains, matches.', {
      key: true,
    });
  }
  if (proof.expect === undefined && !hasShort) {
    a.error('expect.missing', path, 'This proof expects nothing.', {
      hint: 'add "equals:" with what the command must print',
    });
    return { title, run, expect: [] };
  }
  if (proof.expect !== undefined) return { title, run, expect: buildExpect(a, proof.expect, path, 'exec') };
  return { title, run, expect: buildShortExpect(a, short, path) };
}

/** `equals: x` of a proof stands for `expect: { stdout: { equals: x } }`. */
function buildShortExpect(
  a: Authoring,
  short: Pick<IdentityInput, 'equals' | 'contains' | 'matches'>,
  path: Path,
) {
  const texts = {
    equals: short.equals === undefined ? undefined : a.scalar(short.equals, [...path, 'equals']),
    contains: short.contains === undefined ? undefined : a.scalar(short.contains, [...path, 'contains']),
    matches: short.matches,
  };
  return buildExpect(a, { stdout: compact(texts) }, path, 'exec');
}

function buildPhases(a: Authoring, input: RunbookInput, source: Runbook['source']): readonly Phase[] {
  /** One for each runbook that stands in this one: a part that is called has its own. */
  const pointsOfNoReturn = new Map<string, string>();
  return input.phases.map((phase, p) => {
    const steps: Step[] = [];
    for (const [s, spec] of phase.steps.entries()) {
      const path: Path = ['phases', p, 'steps', s];
      const step = buildStep(a, spec, path, { source });
      if (step?.kind === 'hold' && step.hold === 'point-of-no-return') {
        const before = pointsOfNoReturn.get(expansionOf(step));
        if (before !== undefined) {
          a.error(
            'hold.point-of-no-return',
            [...path, 'hold', 'kind'],
            `Step "${before}" already is the point of no return.`,
            {
              hint: 'a runbook has one; make the other a "go"',
            },
          );
        }
        pointsOfNoReturn.set(expansionOf(step), step.id);
      }
      if (step !== null) steps.push(...withSecondPerson(a, spec, step, path));
      if (step?.kind === 'transfer' && step.direction === 'fetch') a.fetches.add(step.id);
      a.stepsDone.add(spec.id);
      const second = secondPersonId(spec);
      if (second !== undefined) a.stepsDone.add(second);
    }
    return compact({
      id: phase.id,
      title: phase.title ?? titleFrom(phase.id),
      budgetMs: phase.budget === undefined ? undefined : duration(a, phase.budget, ['phases', p, 'budget']),
      steps,
    });
  });
}

/** What steps of one call have in common: the beginning of their ids. Empty for the runbook's own. */
function expansionOf({ id, part }: Step): string {
  return part === undefined ? '' : id.slice(0, id.length - part.step.length);
}
