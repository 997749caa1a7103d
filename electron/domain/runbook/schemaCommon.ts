/** What steps of every kind may carry in the authoring format. Shapes only, like schema.ts. */
import { z } from 'zod';
import { RunbookId, StepId, TargetName } from '../../contract/ids.ts';
import { risks } from '../../contract/runbook.ts';
import { command, duration, Expect, line, prose } from './schemaExpect.ts';

export const Source = z
  .strictObject({
    document: line.optional().describe('Document the procedure comes from.'),
    section: line.optional().describe('Section of that document.'),
    line: z.int().min(1).optional().describe('Line of that document.'),
    'to-line': z.int().min(1).optional().describe('Last line, where it is more than one.'),
  })
  .meta({ id: 'source', description: 'Where this comes from.' });

export const Probe = z
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

const Part = z
  .strictObject({
    runbook: RunbookId.describe('Id of the called runbook.'),
    title: line.describe('Its title.'),
    version: z.string().max(32).describe('Its version.'),
    call: StepId.describe('Step that calls it.'),
    step: StepId.describe('Id of this step there.'),
  })
  .meta({ id: 'part', description: 'Where a step of a called runbook comes from. Written by the app.' });

const Filled = z
  .strictObject({
    site: z.string().max(64).describe('Site of the overlay.'),
    by: line.describe('Who stands for it.'),
    on: z.string().max(10).describe('Day they confirmed it.'),
  })
  .meta({
    id: 'filled',
    description: 'Who confirmed the command, by the overlay of the site. Written by the app.',
  });

/** A command of its own with what it must show: a harmless twin, or the way back. */
const Twin = z.strictObject({
  run: command.describe('The command. May hold ${name}.'),
  expect: Expect.optional(),
  timeout: duration.optional().describe('How long it may take; 5m when it is left out.'),
});

export const DryRun = z
  .union([command, Twin])
  .describe('Harmless twin that shows what the command would do. It never passes the step.');

export const Undo = z
  .union([
    RunbookId,
    Twin.extend({
      title: line.optional().describe('What it does, in a few words.'),
      on: TargetName.optional().describe("Target; the step's own when it is left out."),
      risk: z.enum(risks).describe('What it can do to the service.'),
    }),
  ])
  .describe(
    'Takes the step back: a command, or the id of a runbook. Those of steps that were done are offered last first.',
  );

export const common = {
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
  part: Part.optional(),
};

/** What an overlay may fill in, and the mark of one that did. */
export const vendor = {
  'vendor-confirm': prose
    .optional()
    .describe(
      'Nobody has given this product command: what it has to do, and how it is done by hand. Not runnable until the overlay of the site fills it in. Markdown.',
    ),
  filled: Filled.optional(),
};
export const on = TargetName.optional().describe(
  'Target to run it on. May be left out when the runbook has one target.',
);
export const evidence = z
  .literal('none')
  .optional()
  .describe('none: what comes back is shown and judged, and kept nowhere; a mark says so.');
