/**
 * The authoring format, version 1, written once: the published JSON Schema and the parser both come from here. Shapes
 * only; what needs the whole document (names, order, quoting) is checked where the runbook is built.
 */
import { z } from 'zod';
import { PhaseId, RunbookId, StepId, TargetName, VarName } from '../../contract/ids.ts';
import { rerunPolicies, risks, runbookKinds } from '../../contract/runbook.ts';
import { CaptureMap, command, duration, Expect, line, pattern, prose, role, Scalar } from './schemaExpect.ts';

const Source = z
  .strictObject({
    document: line.optional().describe('Document the procedure comes from.'),
    section: line.optional().describe('Section of that document.'),
    line: z.int().min(1).optional().describe('Line of that document.'),
  })
  .meta({ id: 'source', description: 'Where this comes from.' });

const Probe = z
  .strictObject({
    on: TargetName.optional().describe("Target of the probe; the step's own when it is left out."),
    run: command.describe(
      'Read-only command that tells whether the step has taken effect. May hold ${name}.',
    ),
    expect: Expect,
    timeout: duration.optional().describe('How long the probe may take; 30s when it is left out.'),
  })
  .meta({
    id: 'probe',
    description: 'Settles the step when its outcome is not known, and before it is sent again.',
  });

const common = {
  id: StepId.describe('Id of the step, unique in the runbook: lower-case words joined by hyphens.'),
  title: line.optional().describe('What the step does, in a few words.'),
  why: prose.optional().describe('Why it is done. Markdown.'),
  caution: prose.optional().describe('What can go wrong; shown before the action. Markdown.'),
  note: prose.optional().describe('Anything else worth knowing. Markdown.'),
  planned: duration.optional().describe('How long it usually takes.'),
  risk: z.enum(risks).optional().describe('What it can do to the service. Every run step must state it.'),
  when: z
    .string()
    .min(1)
    .max(1000)
    .optional()
    .describe(
      'Condition (CEL) over variant, param, capture, choice and step; not applicable when it is false.',
    ),
  source: Source.optional(),
};
const on = TargetName.optional().describe(
  'Target to run it on. May be left out when the runbook has one target.',
);

export const RunStepSchema = z
  .strictObject({
    ...common,
    run: command.describe('Command that is sent once, on the word of the operator. May hold ${name}.'),
    on,
    mode: z
      .enum(['pty', 'exec'])
      .optional()
      .describe('pty (default): in the terminal. exec: without one, errors apart.'),
    expect: Expect.optional(),
    timeout: duration.optional().describe('How long it may take; 5m when it is left out.'),
    silence: duration.optional().describe('Warn when there is no output for this long.'),
    rerun: z
      .enum(rerunPolicies)
      .optional()
      .describe(
        'Whether it may be sent again: safe, check-first (with a probe) or never. safe for risk read, else never.',
      ),
    probe: Probe.optional(),
    capture: CaptureMap.optional(),
    confirm: z
      .strictObject({ type: line.describe('Text that must be typed to enable Run. May hold ${name}.') })
      .optional()
      .describe('Ask for a text before the command can be sent.'),
  })
  .meta({ id: 'runStep', description: 'Runs a command once.' });

export const ObserveStepSchema = z
  .strictObject({
    ...common,
    observe: command.describe('Read-only probe that is repeated until it holds. May hold ${name}.'),
    on,
    expect: Expect.optional(),
    every: duration.optional().describe('Pause between probes; 10s when it is left out.'),
    for: duration.optional().describe('How long to go on before the step fails; 5m when it is left out.'),
    times: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .describe('How many times in a row it must hold; 1 when it is left out.'),
    timeout: duration.optional().describe('How long one probe may take; 30s when it is left out.'),
    capture: CaptureMap.optional(),
  })
  .meta({ id: 'observeStep', description: 'Watches until something holds.' });

const label = line.describe('What the person is asked for.');
export const AttestStepSchema = z
  .strictObject({
    ...common,
    attest: z
      .strictObject({
        by: role.optional().describe('Who attests; the operator when it is left out.'),
        text: z
          .strictObject({
            label,
            pattern: pattern.optional().describe('Regular expression that the whole text must match.'),
            'min-length': z
              .int()
              .min(1)
              .max(4000)
              .optional()
              .describe('Least number of characters; 1 by default.'),
          })
          .optional()
          .describe('A text the person enters.'),
        number: z
          .strictObject({
            label,
            min: z.number().optional().describe('Least value that passes.'),
            max: z.number().optional().describe('Greatest value that passes.'),
            unit: line.optional().describe('Unit, shown behind the number.'),
          })
          .optional()
          .describe('A number the person reads off.'),
        choice: z
          .strictObject({
            label,
            options: z.array(Scalar).min(2).max(20).describe('What can be chosen.'),
            passes: z
              .array(Scalar)
              .min(1)
              .max(20)
              .optional()
              .describe('Options that let the step pass; all by default.'),
          })
          .optional()
          .describe('One of several answers.'),
        checklist: z.array(line).min(1).max(50).optional().describe('Points that must all be ticked.'),
        capture: VarName.optional().describe('Name under which later steps find the answer.'),
      })
      .describe('What a person reports: one of text, number, choice or checklist.'),
  })
  .meta({ id: 'attestStep', description: 'A person reports what they saw.' });

export const DecideStepSchema = z
  .strictObject({
    ...common,
    decide: z
      .strictObject({
        question: line.describe('What is to be decided.'),
        options: z
          .record(
            z
              .string()
              .max(64)
              .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be lower-case words joined by hyphens'),
            z.union([
              line,
              z.strictObject({
                title: line.describe('What this option means.'),
                reason: z.boolean().optional().describe('Whether a reason must be given.'),
              }),
            ]),
          )
          .describe('The options by id.'),
        capture: VarName.describe('Name of the choice for conditions (choice.<name>) and templates.'),
        by: role.optional().describe('Who decides; the operator when it is left out.'),
      })
      .describe('A choice that selects what follows.'),
  })
  .meta({ id: 'decideStep', description: 'A decision.' });

export const holdKinds = ['go', 'verify', 'point-of-no-return'] as const;
export const HoldStepSchema = z
  .strictObject({
    ...common,
    hold: z
      .strictObject({
        kind: z
          .enum(holdKinds)
          .describe('go: a go/no-go. verify: a second look. point-of-no-return: no way back after it.'),
        signers: z.array(role).min(1).max(10).describe('Roles that must sign, in this order.'),
        title: line.optional().describe('Title, when the step has none.'),
      })
      .describe('Nothing goes on until these people say so.'),
  })
  .meta({ id: 'holdStep', description: 'A hold point.' });

/** Each step kind by the key that decides it. */
export const stepSchemas = {
  run: RunStepSchema,
  observe: ObserveStepSchema,
  attest: AttestStepSchema,
  decide: DecideStepSchema,
  hold: HoldStepSchema,
} as const;
export const StepSchema = z.union([
  RunStepSchema,
  ObserveStepSchema,
  AttestStepSchema,
  DecideStepSchema,
  HoldStepSchema,
]);
export type StepInput = z.infer<typeof StepSchema>;

export const parameterTypes = [
  'text',
  'name',
  'version',
  'integer',
  'boolean',
  'choice',
  'path',
  'host',
  'url',
  'digest',
  'duration',
  'image',
  'secret',
] as const;
const ParameterSchema = z
  .strictObject({
    title: line.describe('Label in the start form.'),
    help: prose.optional().describe('Where to find the value. Markdown.'),
    type: z.enum(parameterTypes).describe('What values are accepted, and how they are quoted.'),
    required: z.boolean().optional().describe('Whether a value must be given; false when it is left out.'),
    default: Scalar.optional().describe('Value when none is given.'),
    example: Scalar.optional().describe('Example shown in the empty field.'),
    options: z.array(Scalar).min(1).max(50).optional().describe('The values of a choice.'),
    min: z.int().optional().describe('Least integer.'),
    max: z.int().optional().describe('Greatest integer.'),
    'max-length': z.int().min(1).max(4096).optional().describe('Longest text; 1000 when it is left out.'),
  })
  .meta({ id: 'parameter', description: 'A value that is asked for before the run starts.' });
export type ParameterInput = z.infer<typeof ParameterSchema>;

const VariantSchema = z
  .strictObject({
    title: line.describe('Label in the start form.'),
    options: z
      .record(
        z
          .string()
          .max(64)
          .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be lower-case words joined by hyphens'),
        line,
      )
      .describe('Titles of the options by id.'),
    default: z.string().optional().describe('Option that is chosen at first.'),
  })
  .meta({ id: 'variant', description: 'A choice made before the run starts that selects steps.' });

const IdentitySchema = z
  .strictObject({
    title: line.optional().describe('What the command proves.'),
    run: command.describe('Read-only command. May hold ${name} of parameters and variants.'),
    equals: Scalar.optional().describe('What its whole output must be. May hold ${name}.'),
    contains: Scalar.optional().describe('What its output must hold. May hold ${name}.'),
    matches: pattern.optional().describe('Regular expression its output must match.'),
    expect: Expect.optional(),
  })
  .meta({ id: 'identity', description: 'A command that proves we are where we think we are.' });
export type IdentityInput = z.infer<typeof IdentitySchema>;

const TargetSchema = z
  .strictObject({
    title: line.describe('What kind of host it is.'),
    identity: z
      .array(IdentitySchema)
      .max(20)
      .optional()
      .describe('Proofs that must all hold before Run is enabled.'),
  })
  .meta({
    id: 'target',
    description: 'A host the runbook works on. Its address is given when the run starts.',
  });

const PhaseSchema = z
  .strictObject({
    id: PhaseId.describe('Id of the phase, unique in the runbook.'),
    title: line.optional().describe('Title of the phase.'),
    budget: duration.optional().describe('Time the phase may take.'),
    steps: z.array(StepSchema).min(1).max(200).describe('Steps in the order they are done.'),
  })
  .meta({ id: 'phase', description: 'A group of steps.' });

export const RunbookSchema = z
  .strictObject({
    runbook: z.literal(1).describe('Version of the format: 1.'),
    id: RunbookId.describe('Id of the runbook; the file is called <id>.runbook.yaml.'),
    title: line.describe('Title of the runbook.'),
    version: z
      .union([
        z
          .string()
          .regex(/^\d+(\.\d+){0,2}([-+][0-9A-Za-z.-]+)?$/, 'must be a version such as 1.2.0')
          .max(32),
        z.number(),
      ])
      .describe('Version of the runbook, such as 1.2.0.'),
    kind: z.enum(runbookKinds).describe('What the runbook is for.'),
    service: line.describe('Service it works on.'),
    summary: prose.describe('What it does, in two or three sentences. Markdown.'),
    source: Source.optional(),
    downtime: line.optional().describe('What users notice, such as rolling or 15 minutes.'),
    objectives: z
      .strictObject({
        rollback: duration.optional().describe('Longest time a rollback may take.'),
        rto: duration.optional().describe('Recovery time objective.'),
        rpo: duration.optional().describe('Recovery point objective.'),
      })
      .optional()
      .describe('Times that must be kept.'),
    rollback: RunbookId.optional().describe('Runbook to offer when this one fails.'),
    roles: z
      .array(role)
      .min(1)
      .optional()
      .describe('Roles that take part; only the operator when it is left out.'),
    abort: z.array(line).max(50).optional().describe('When to stop; shown at the start and at each hold.'),
    variants: z.record(VarName, VariantSchema).optional().describe('Choices made before the start, by name.'),
    targets: z.record(TargetName, TargetSchema).optional().describe('Hosts the runbook works on, by name.'),
    parameters: z
      .record(VarName, ParameterSchema)
      .optional()
      .describe('Values asked for before the start, by name.'),
    phases: z.array(PhaseSchema).min(1).max(50).describe('Phases in the order they are done.'),
  })
  .describe('Holdpoint runbook, format version 1.');
export type RunbookInput = z.infer<typeof RunbookSchema>;

/** JSON Schema (draft 2020-12) of the authoring format, for editors. */
export function runbookJsonSchema(): Readonly<Record<string, unknown>> {
  return {
    title: 'Holdpoint runbook',
    ...z.toJSONSchema(RunbookSchema, { target: 'draft-2020-12', io: 'input' }),
  };
}
