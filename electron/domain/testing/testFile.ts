/**
 * The test file of a runbook (`runbooks/tests/<id>.test.yaml`): what is made to go wrong in a rehearsal, and what has to
 * come of it. Reads and checks it; runs nothing.
 */
import { z } from 'zod';
import { RunbookId } from '../../contract/ids.ts';
import { runResults } from '../../contract/records.ts';
import type { Diagnostic, Runbook } from '../../contract/runbook.ts';
import { stepsOf } from '../runbook/describe.ts';
import { schemaDiagnostics } from '../runbook/schemaIssues.ts';
import { suggestion } from '../runbook/suggest.ts';
import { loadYaml, type Path, type YamlSource } from '../runbook/yamlSource.ts';
import { StepAnswer } from './answer.ts';

const SUFFIX = '.test.yaml';
const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const faultId = z.string().min(1).max(64);

/** What is done at a step that failed or whose outcome is not known. `retry` mends the cause first: faults go off. */
export const actions = [
  'probe',
  'retry',
  'skip',
  'override',
  'rollback',
  'failed',
  'attach',
  'abort',
] as const;
const Action = z.enum(actions);
export type Action = z.infer<typeof Action>;

export const stepStates = [
  'waiting',
  'current',
  'passed',
  'attested',
  'decided',
  'held',
  'notified',
  'failed',
  'unknown',
  'not-applicable',
  'skipped',
  'overridden',
] as const;

/** A value alone answers what the step asks for: a text, a number, an option. */
const Answer = z.union([StepAnswer, scalar]);
export type Answer = z.infer<typeof Answer>;
const Turns = StepAnswer.shape.custodians.unwrap();

const TestCase = z.strictObject({
  name: z.string().trim().min(1).max(200),
  variants: z.record(z.string(), scalar).default({}),
  /** Over the defaults, those of the rehearsal's overlay among them. */
  parameters: z.record(z.string(), scalar).default({}),
  /** Values of secret parameters; what is not given here is made up. */
  secrets: z.record(z.string(), scalar).default({}),
  faults: z.array(faultId).max(20).default([]),
  /** Whatever is not answered here is answered by itself. */
  answers: z.union([z.literal('auto'), z.record(z.string(), Answer)]).default('auto'),
  /** Who comes to a step of custodians: a name, then what they type at its prompts. */
  custodians: z.record(z.string(), Turns).default({}),
  then: z.record(z.string(), z.union([Action, z.array(Action).min(1).max(10)])).default({}),
  result: z.enum(runResults),
  /**
   * Whether these targets proved to be the right ones. `refuted`: the app refuses to send anything to it, and the run is
   * aborted there; without it such a refusal is a problem of the case.
   */
  identity: z.record(z.string(), z.enum(['proven', 'refuted'])).optional(),
  /** States of these steps at the end; of others nothing is said. */
  steps: z.record(z.string(), z.enum(stepStates)).default({}),
});
export type TestCase = z.infer<typeof TestCase>;

const TestFile = z.strictObject({
  test: z.literal(1),
  runbook: RunbookId,
  cases: z.array(TestCase).min(1).max(60),
});
export type TestFile = z.infer<typeof TestFile>;

export interface ReadTest {
  /** Null when there is an error. */
  readonly test: TestFile | null;
  readonly diagnostics: readonly Diagnostic[];
  /** Where case `n` (from 0) stands; `path` goes into it. */
  readonly at: (n: number, path: Path, message: string, rule?: string) => Diagnostic;
}

/** Reads a test file. `file` must be `<id>.test.yaml` of the runbook it tests. */
export function readTest(text: string, file: string): ReadTest {
  const loaded = loadYaml(text, file);
  if (!loaded.ok) return { test: null, diagnostics: loaded.diagnostics, at: nowhere(file) };
  const { source } = loaded;
  const at: ReadTest['at'] = (n, path, message, rule = 'test.case') =>
    source.at('error', rule, ['cases', n, ...path], message);
  const shape = TestFile.safeParse(source.value);
  if (!shape.success)
    return { test: null, diagnostics: schemaDiagnostics(shape.error.issues, source, TestFile), at };
  const diagnostics = [...named(shape.data, source, file), ...distinct(shape.data, at)];
  return { test: diagnostics.length === 0 ? shape.data : null, diagnostics, at };
}

function nowhere(file: string): ReadTest['at'] {
  return (_n, _path, message, rule = 'test.case') => ({
    severity: 'error',
    rule,
    message,
    file,
    line: 1,
    column: 1,
  });
}

function named({ runbook }: TestFile, source: YamlSource, file: string): readonly Diagnostic[] {
  const base = file.split(/[\\/]/).at(-1) ?? file;
  if (base === `${runbook}${SUFFIX}`) return [];
  const message = `It tests "${runbook}", but the file is called "${base}".`;
  return [
    source.at('error', 'test.file-name', ['runbook'], message, { hint: `call it ${runbook}${SUFFIX}` }),
  ];
}

/** A case is told by its name; and one with faults says what they lead to. */
function distinct({ cases }: TestFile, at: ReadTest['at']): readonly Diagnostic[] {
  return cases.flatMap((one, n) => {
    const found: Diagnostic[] = [];
    if (cases.findIndex(({ name }) => name === one.name) < n)
      found.push(at(n, ['name'], `There is another case "${one.name}".`));
    const says = Object.keys(one.steps).length + Object.keys(one.identity ?? {}).length;
    if (one.faults.length > 0 && says === 0)
      found.push(
        at(n, ['faults'], 'It does not say to which state of which step its faults lead: add "steps:".'),
      );
    return found;
  });
}

/** Something that is not as the test says; `path` is the place in the case that says so. */
export interface Problem {
  readonly path: Path;
  readonly message: string;
}

/** Names in a case that the runbook and the rehearsal host do not know. */
export function strangeNames(one: TestCase, runbook: Runbook, faults: readonly string[]): readonly Problem[] {
  const steps = stepsOf(runbook).map(({ step }) => step.id);
  const parameters = runbook.parameters.map(({ name }) => name);
  const secrets = runbook.parameters.filter(({ type }) => type.kind === 'secret').map(({ name }) => name);
  const known = (key: string, names: readonly string[], of: readonly string[], what: string) =>
    names.flatMap((name): readonly Problem[] => {
      if (of.includes(name)) return [];
      const near = suggestion(name, of);
      const message = `There is no ${what} "${name}"${near === undefined ? '' : `: ${near}`}.`;
      return [{ path: [key, name], message }];
    });
  return [
    ...known('steps', Object.keys(one.steps), steps, 'step'),
    ...known('then', Object.keys(one.then), steps, 'step'),
    ...known('custodians', Object.keys(one.custodians), steps, 'step'),
    ...known('answers', one.answers === 'auto' ? [] : Object.keys(one.answers), steps, 'step'),
    ...known(
      'variants',
      Object.keys(one.variants),
      runbook.variants.map(({ name }) => name),
      'variant',
    ),
    ...known('parameters', Object.keys(one.parameters), parameters, 'parameter'),
    ...known(
      'identity',
      Object.keys(one.identity ?? {}),
      runbook.targets.map(({ name }) => name),
      'target',
    ),
    ...known('secrets', Object.keys(one.secrets), secrets, 'secret'),
    ...one.faults.flatMap((fault, i) =>
      faults.includes(fault)
        ? []
        : [{ path: ['faults', i], message: `The rehearsal host has no fault "${fault}".` }],
    ),
  ];
}
