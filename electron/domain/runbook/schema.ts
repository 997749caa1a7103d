/**
 * The authoring format, version 1, written once: the published JSON Schema and the parser both come from here. Shapes
 * only; what needs the whole document (names, order, quoting) is checked where the runbook is built.
 */
import { z } from 'zod';
import { PhaseId, RunbookId, Sha256, TargetName, VarName } from '../../contract/ids.ts';
import { runbookKinds } from '../../contract/runbook.ts';
import { command, duration, Expect, line, pattern, prose, role, Scalar } from './schemaExpect.ts';
import { Source } from './schemaCommon.ts';
import { StepSchema } from './schemaSteps.ts';

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
    from: z
      .string()
      .max(200)
      .regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+){1,2}$/, 'must be page.entry.value of the reference pages')
      .optional()
      .describe('Entry of the reference pages the default comes from: page.entry.value.'),
    site: z.string().max(64).optional().describe('Site whose overlay gave the default. Written by the app.'),
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

export type VariantInput = z.infer<typeof VariantSchema>;

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
    group: z
      .boolean()
      .optional()
      .describe(
        'Whether it is several hosts; which ones is said when the run starts. Only run steps go to a group.',
      ),
    local: z
      .boolean()
      .optional()
      .describe(
        "Whether it may be the operator's own computer; only then does a real run get a shell there.",
      ),
    anchor: z
      .boolean()
      .optional()
      .describe("Whether the app may write the head of the journal into this host's log (logger)."),
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

export type TargetInput = z.infer<typeof TargetSchema>;

const PolicySchema = z
  .strictObject({
    approvals: z
      .int()
      .min(0)
      .max(10)
      .optional()
      .describe('How many people approve the plan before the start.'),
    holds: z.literal('signed').optional().describe('signed: people pass holds with their own keys.'),
    reviews: z.int().min(0).max(10).optional().describe('How many people review the evidence and accept it.'),
    timestamp: z
      .literal('required')
      .optional()
      .describe("required: a timestamp token (RFC 3161) over the operator's signature."),
    anchors: z
      .literal('logger')
      .optional()
      .describe('logger: the head of the journal goes into the log of hosts that allow it.'),
  })
  .meta({
    id: 'policy',
    description:
      "What the evidence of a real run must have. The stricter of this and the desk's policy holds.",
  });

const PhaseSchema = z
  .strictObject({
    id: PhaseId.describe('Id of the phase, unique in the runbook.'),
    title: line.optional().describe('Title of the phase.'),
    budget: duration.optional().describe('Time the phase may take.'),
    steps: z.array(StepSchema).min(1).max(200).describe('Steps in the order they are done.'),
  })
  .meta({ id: 'phase', description: 'A group of steps.' });

const LinkedSchema = z
  .strictObject({
    sources: z
      .array(
        z.strictObject({
          kind: z.enum(['called', 'overlay']).describe('What the file is.'),
          id: z.string().max(64).describe('Id of the runbook, or name of the site.'),
          version: z.string().max(32).describe('Version of the file.'),
          sha256: Sha256.describe('Digest of the file.'),
        }),
      )
      .describe('Other files, in the order they were read.'),
    overlay: z
      .array(
        z.strictObject({
          site: z.string().max(64).describe('Site of the overlay.'),
          what: z.enum(['parameter', 'vendor-confirm']).describe('What was changed.'),
          name: z.string().max(64).describe('Parameter or step.'),
          was: z.string().max(65_536).describe('What stood there before.'),
          is: z.string().max(65_536).describe('What stands there now.'),
        }),
      )
      .optional()
      .describe('What the overlay of the site changed.'),
    reference: z
      .record(z.string().max(200), z.string().max(8000))
      .optional()
      .describe('Values that were taken from the reference pages, by path.'),
  })
  .meta({
    id: 'linked',
    description:
      'What the runbook was put together from, what the overlay of the site changed, and the values of the reference pages it took. Written by the app.',
  });

export const RunbookSchema = z
  .strictObject({
    runbook: z.literal(1).describe('Version of the format: 1.'),
    linked: LinkedSchema.optional(),
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
    policy: PolicySchema.optional(),
    facts: z
      .record(z.string().max(64), Scalar)
      .optional()
      .describe(
        'Facts for the change record, by the names that belong to the kind. May hold ${name} of parameters, variants and captures.',
      ),
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
