/** The overlay of a site: values and product commands that only the site knows. Never part of a shipped runbook. */
import { z } from 'zod';
import { RunbookId, StepId, VarName } from '../../../contract/ids.ts';
import { rerunPolicies } from '../../../contract/runbook.ts';
import { DryRun, Probe, Undo } from '../schemaCommon.ts';
import { CaptureMap, command, duration, Expect, line, Scalar } from '../schemaExpect.ts';
import { AttestStepSchema } from '../schemaPeople.ts';

/** What fills in one step that says `vendor-confirm`: a command, or what a person does by hand instead. */
const Filling = z.strictObject({
  run: command.optional().describe('The command of the product. May hold ${name}.'),
  mode: z
    .enum(['pty', 'exec', 'detached'])
    .optional()
    .describe('How it is sent; as the step has it when left out.'),
  expect: Expect.optional(),
  probe: Probe.optional(),
  timeout: duration.optional().describe('How long it may take.'),
  rerun: z.enum(rerunPolicies).optional().describe('Whether it may be sent again.'),
  capture: CaptureMap.optional(),
  'dry-run': DryRun.optional(),
  rollback: Undo.optional(),
  'by-hand': AttestStepSchema.shape.attest.optional().describe('What a person does and reports instead.'),
});
export type Filling = z.infer<typeof Filling>;

const anyRunbook = z.union([RunbookId, z.literal('*')]);
export const OverlaySchema = z
  .strictObject({
    overlay: z.literal(1).describe('Version of the format: 1.'),
    site: z
      .string()
      .max(64)
      .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be lower-case words joined by hyphens')
      .describe('Name of the site; the file is called <site>.overlay.yaml.'),
    version: z.union([z.string().min(1).max(32), z.number()]).describe('Version of the overlay.'),
    confirmed: z
      .strictObject({
        by: line.describe('Who confirmed the commands.'),
        on: z
          .string()
          .regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a date, YYYY-MM-DD')
          .describe('When, YYYY-MM-DD.'),
      })
      .describe('Who stands for it.'),
    parameters: z
      .record(anyRunbook, z.record(VarName, Scalar))
      .optional()
      .describe('Defaults of parameters, by runbook; under * for all that have one of that name.'),
    vendor: z
      .record(RunbookId, z.record(StepId, Filling))
      .optional()
      .describe('Product commands, by runbook and step.'),
  })
  .describe('Holdpoint site overlay, format version 1.');
export type OverlayInput = z.infer<typeof OverlaySchema>;

/** JSON Schema (draft 2020-12) of the overlay, for editors. */
export function overlayJsonSchema(): Readonly<Record<string, unknown>> {
  return {
    title: 'Holdpoint site overlay',
    ...z.toJSONSchema(OverlaySchema, { target: 'draft-2020-12', io: 'input' }),
  };
}
