/** The part of the authoring format that says what must be seen: expectations, captures and the kinds of text they use. */
import { z } from 'zod';
import { VarName } from '../../contract/ids.ts';
import { roles } from '../../contract/runbook.ts';
import { durationPattern } from './duration.ts';

export const prose = z.string().min(1).max(8000);
export const line = z
  .string()
  .min(1)
  .max(400)
  .regex(/^[^\n\r]*$/, 'must be a single line');
export const duration = z
  .string()
  .max(40)
  .regex(durationPattern, 'must be a duration such as 30s, 15m or 1h30m');
export const command = z.string().min(1).max(65_536);
export const pattern = z.string().min(1).max(1000);
const jsonPath = z
  .string()
  .min(1)
  .max(400)
  .describe('JSON path of one value, such as $.status or $.items[0]["name"].');
export const role = z.enum(roles);

/** A value written bare in YAML (`equals: 1.20`) counts as the text that stands in the file. */
export const Scalar = z.union([z.string().max(8000), z.number(), z.boolean()]);
export type Scalar = z.infer<typeof Scalar>;

export const comparisonKeys = ['equals', 'at-least', 'at-most', 'above', 'below', 'in'] as const;
const comparison = {
  equals: Scalar.optional().describe('Must be this. May hold ${name}.'),
  'at-least': Scalar.optional().describe('Must be this number or more. May hold ${name}.'),
  'at-most': Scalar.optional().describe('Must be this number or less. May hold ${name}.'),
  above: Scalar.optional().describe('Must be more than this number. May hold ${name}.'),
  below: Scalar.optional().describe('Must be less than this number. May hold ${name}.'),
  in: z.array(Scalar).min(1).max(50).optional().describe('Must be one of these. Each may hold ${name}.'),
};

const Lines = z
  .strictObject(comparison)
  .meta({ id: 'lines', description: 'Limits on the number of lines; a final line break does not count.' });
const NumberTest = z
  .strictObject({
    ...comparison,
    unit: z
      .string()
      .min(1)
      .max(20)
      .optional()
      .describe('Unit that must follow the number, such as % or GiB.'),
  })
  .meta({ id: 'numberTest', description: 'The output must be one number, and within these limits.' });
const JsonTest = z.strictObject({ path: jsonPath, ...comparison }).meta({
  id: 'jsonTest',
  description: 'The output must be JSON, and the value at the path within these limits.',
});
const DateTest = z
  .strictObject({
    'not-older-than': duration.optional().describe('The date must be at most this long ago.'),
    after: Scalar.optional().describe(
      'The date must be later than this date, now, or now+30d. May hold ${name}.',
    ),
  })
  .meta({
    id: 'dateTest',
    description: 'The output must be one date (RFC 3339, YYYY-MM-DD or as openssl prints it).',
  });

const textTests = {
  equals: Scalar.optional().describe(
    'The whole output, without final line breaks, must be this text. May hold ${name}.',
  ),
  contains: Scalar.optional().describe('The output must hold this text. May hold ${name}.'),
  matches: pattern
    .optional()
    .describe('A regular expression must match somewhere; ^ and $ match at each line.'),
  empty: z.boolean().optional().describe('Whether there must be no output (true) or some output (false).'),
  lines: Lines.optional(),
  number: NumberTest.optional(),
  json: JsonTest.optional(),
  date: DateTest.optional(),
  digest: Scalar.optional().describe(
    'The output must hold exactly one SHA-256 digest, and it must be this one.',
  ),
  'same-as': VarName.optional().describe('The output must be what this capture of an earlier step holds.'),
};
const NegatedTests = z
  .strictObject(textTests)
  .meta({ id: 'negatedTests', description: 'What must not hold. Fails when there is no output to look at.' });
export const StreamTests = z.strictObject({ ...textTests, not: NegatedTests.optional() }).meta({
  id: 'streamTests',
  description:
    'Tests of the output; several keys are several expectations. None passes on empty output unless it says so.',
});
export type StreamTests = z.infer<typeof StreamTests>;

const stream = z.union([StreamTests, z.array(StreamTests).min(1).max(20)]);
const exitCode = z.int().min(0).max(255);
export const Expect = z
  .strictObject({
    exit: z
      .union([exitCode, z.array(exitCode).min(1).max(20)])
      .optional()
      .describe('Exit status, or a list of those allowed. 0 when it is left out.'),
    stdout: stream
      .optional()
      .describe('What the standard output must show (in mode pty: all that is on the screen).'),
    stderr: stream
      .optional()
      .describe('What the error output must show. Only in mode exec, where it is apart.'),
  })
  .meta({ id: 'expect', description: 'What must be seen for the step to pass. Every clause must hold.' });
export type Expect = z.infer<typeof Expect>;

const stdStream = z.enum(['stdout', 'stderr']);
const CapturePick = z.strictObject({
  from: stdStream.optional().describe('Which output to take it from; stdout when it is left out.'),
  match: pattern.optional().describe('A regular expression; its first group is taken, or all of the match.'),
  json: jsonPath.optional(),
});
export const CaptureMap = z.record(VarName, z.union([stdStream, CapturePick])).meta({
  id: 'capture',
  description: 'Values taken from the output for later steps and the report, by name.',
});
export type CaptureMap = z.infer<typeof CaptureMap>;
