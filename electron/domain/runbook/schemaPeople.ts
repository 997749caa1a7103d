/** The steps that people do, in the authoring format, one schema for each kind. Shapes only, like schema.ts. */
import { z } from 'zod';
import { RunbookId, TargetName, VarName } from '../../contract/ids.ts';
import { channels } from '../../contract/steps.ts';
import { common, on, Probe, vendor } from './schemaCommon.ts';
import { command, duration, Expect, line, pattern, role, Scalar } from './schemaExpect.ts';

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
    verify: z
      .literal('independent')
      .optional()
      .describe(
        'independent: a second person answers again without seeing the first answer, and both must agree.',
      ),
    ...vendor,
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

const waitTime = z.string().min(1).max(80);
export const holdKinds = ['go', 'verify', 'point-of-no-return', 'wait'] as const;
export const HoldStepSchema = z
  .strictObject({
    ...common,
    hold: z
      .strictObject({
        kind: z
          .enum(holdKinds)
          .describe(
            'go: a go/no-go. verify: a second look. point-of-no-return: no way back after it. wait: until a time is over.',
          ),
        for: z
          .union([waitTime, z.array(waitTime).min(1).max(10)])
          .optional()
          .describe('wait: how long, such as 30m or ${token_ttl}. Several are added up.'),
        signers: z
          .array(role)
          .min(1)
          .max(10)
          .optional()
          .describe('Roles that must sign, in this order. A role that stands here twice is two people.'),
        needs: z
          .int()
          .min(1)
          .max(10)
          .optional()
          .describe('How many of them are enough; all when it is left out.'),
        title: line.optional().describe('Title, when the step has none.'),
      })
      .describe('Nothing goes on until these people say so.'),
  })
  .meta({ id: 'holdStep', description: 'A hold point.' });

const message = z.string().min(1).max(8000);
export const NotifyStepSchema = z
  .strictObject({
    ...common,
    notify: z
      .strictObject({
        channel: z.enum(channels).describe('How it is sent. The app itself sends nothing.'),
        to: line.describe('Whom it goes to. May hold ${name}.'),
        subject: line.optional().describe('Subject. May hold ${name}.'),
        body: message.describe('Text of the message. May hold ${name}.'),
        by: role.optional().describe('Who sends it; the operator when it is left out.'),
      })
      .describe('A message that is filled in, shown, copied or saved, and recorded as sent.'),
  })
  .meta({ id: 'notifyStep', description: 'A person sends a message.' });

const most = z.int().min(1).max(20);
export const CustodiansStepSchema = z
  .strictObject({
    ...common,
    custodians: z
      .strictObject({
        run: command.describe(
          'Command that is sent once for each custodian, who answers its prompts. May hold ${name}.',
        ),
        needs: most.describe('How many different people are enough.'),
        of: most.describe('How many people hold a share.'),
        expect: Expect.optional(),
        timeout: duration.optional().describe('How long one turn may take; 10m when it is left out.'),
        probe: Probe.describe('Tells after the last turn whether all together had their effect.'),
      })
      .describe('Several people in turn, each at a prompt of their own; nothing they type is kept.'),
    on,
    ...vendor,
  })
  .meta({ id: 'custodiansStep', description: 'k of n custodians give their part.' });

export const MeasureStepSchema = z
  .strictObject({
    ...common,
    measure: z
      .strictObject({
        from: line.describe('Instant it begins at, such as ${t_fail}: RFC 3339, or seconds since 1970.'),
        to: line.describe('Instant it ends at.'),
        below: duration.optional().describe('It must be shorter than this.'),
        'at-most': duration.optional().describe('It must not be longer than this.'),
      })
      .describe('The time between two recorded instants, taken and judged by the app.'),
    capture: VarName.describe('Name of the time in whole seconds, for later steps and the report.'),
  })
  .meta({ id: 'measureStep', description: 'Takes the time between two instants.' });

export const CallStepSchema = z
  .strictObject({
    ...common,
    call: z
      .strictObject({
        runbook: RunbookId.describe('Id of the runbook whose steps stand here.'),
        with: z
          .record(VarName, Scalar)
          .optional()
          .describe('Its parameters: ${name} of a parameter or capture of this runbook, or a default.'),
        targets: z
          .record(TargetName, TargetName)
          .optional()
          .describe('Its targets by their names here; those of the same name when left out.'),
      })
      .describe('Another runbook runs as a part of this one.'),
  })
  .meta({ id: 'callStep', description: 'The steps of another runbook.' });
