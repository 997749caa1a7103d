/** The format of reference pages: facts of a service with their source, for people and for the defaults of parameters. */
import { z } from 'zod';
import { durationPattern } from '../runbook/duration.ts';

const id = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be lower-case words joined by hyphens');
const line = z
  .string()
  .min(1)
  .max(400)
  .regex(/^[^\n\r]*$/, 'must be a single line');
const prose = z.string().min(1).max(4000);

/** One line, or the first and the last of several. */
const Lines = z.union([z.int().min(1), z.tuple([z.int().min(1), z.int().min(1)])]);

/** Exactly one of the first three says what it is; the text of the source stays beside it. */
const ValueSchema = z
  .strictObject({
    duration: z
      .string()
      .max(40)
      .regex(durationPattern, 'must be a duration such as 30s, 15m or 1h30m')
      .optional()
      .describe('A length of time, such as 60s or 24h.'),
    number: z.number().optional().describe('A number; its unit stands beside it.'),
    text: prose.optional().describe('Anything else, as it is used.'),
    unit: line.optional().describe('Unit of the number.'),
    what: line.optional().describe('What the value counts for, where there are several.'),
    configurable: line.optional().describe('Where it can be changed, such as the name of a variable.'),
  })
  .meta({ id: 'referenceValue', description: 'A value that runbooks may take as a default.' });

const ExpertSchema = z.strictObject({
  note: prose.describe('What somebody who knows the subject adds. Markdown.'),
  defects: z.array(z.int().min(1).max(99)).max(20).optional().describe('Numbers in runbooks/defects.yaml.'),
});

const EntrySchema = z
  .strictObject({
    id: id.describe('Unique in the page; the middle part of the path of its values.'),
    title: line.describe('Name of the thing, as the source has it.'),
    number: z.int().min(1).optional().describe('Its number in the source.'),
    section: line.optional().describe('Section of the source.'),
    scope: line.optional().describe('Where it applies, such as backend, agent or gateway.'),
    values: z.record(id, ValueSchema).optional().describe('Values by name; the last part of the path.'),
    description: prose.optional().describe('What the source says about it, in its words.'),
    expert: ExpertSchema.optional(),
    runbooks: z.array(id).max(20).optional().describe('Runbooks that do it or depend on it.'),
    lines: Lines.describe('Lines of the source it stands for.'),
  })
  .meta({ id: 'referenceEntry', description: 'One thing to know.' });

export const ReferenceSchema = z
  .strictObject({
    reference: z.literal(1).describe('Version of the format: 1.'),
    id: id.describe('Id of the page; the file is called <id>.reference.yaml.'),
    title: line,
    service: line.describe('Service it is about.'),
    summary: prose.describe('What stands on the page. Markdown.'),
    source: z.strictObject({ document: line.describe('Document it comes from, without its ending.') }),
    /** Lines that name the page or its tables and are no entry. */
    headings: z
      .array(z.strictObject({ lines: Lines, section: line.optional() }))
      .max(100)
      .optional()
      .describe('Headings and table heads of the source that the page stands for.'),
    entries: z.array(EntrySchema).min(1).max(200),
  })
  .describe('Holdpoint reference page, format version 1.');
export type ReferenceInput = z.infer<typeof ReferenceSchema>;
export type ValueInput = z.infer<typeof ValueSchema>;
