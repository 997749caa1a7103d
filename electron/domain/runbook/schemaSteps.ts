/** The steps of the authoring format, one schema for each kind. Shapes only, like schema.ts. */
import { z } from 'zod';
import { StepId, TargetName, VarName } from '../../contract/ids.ts';
import { detachers, rerunPolicies, risks } from '../../contract/runbook.ts';
import { CaptureMap, command, duration, Expect, line, pattern, prose, role, Scalar } from './schemaExpect.ts';
import { sizePattern } from './size.ts';

export const Source = z
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
const evidence = z
  .literal('none')
  .optional()
  .describe('none: what comes back is shown and judged, and kept nowhere; a mark says so.');

const Across = z
  .strictObject({
    order: z
      .enum(['serial', 'canary', 'parallel'])
      .optional()
      .describe(
        'serial (default): one host after the other. canary: the first alone, and when it has passed the rest. parallel: all.',
      ),
    limit: z
      .int()
      .min(1)
      .max(500)
      .optional()
      .describe(
        'How many hosts at a time, after the canary; 10 when it is left out. Serial is one at a time.',
      ),
    'on-failure': z
      .enum(['stop', 'go-on'])
      .optional()
      .describe(
        'stop (default): no further host is started after one that did not pass. go-on: all are started.',
      ),
  })
  .meta({
    id: 'across',
    description: 'How the step goes over the hosts of a group. Only where the target is one.',
  });

export const RunStepSchema = z
  .strictObject({
    ...common,
    run: command.describe('Command that is sent once, on the word of the operator. May hold ${name}.'),
    on,
    mode: z
      .enum(['pty', 'exec', 'detached'])
      .optional()
      .describe(
        'pty (default): in the terminal. exec: without one, errors apart (default on a group). detached: goes on on the host when the link is lost.',
      ),
    detach: z
      .strictObject({
        with: z
          .enum(detachers)
          .describe('shell (default) needs nothing but a POSIX shell; the others must be on the host.'),
      })
      .optional()
      .describe('How a detached command is kept alive on the host. Only with mode detached.'),
    across: Across.optional(),
    expect: Expect.optional(),
    timeout: duration.optional().describe('How long it may take; 5m when it is left out.'),
    silence: duration.optional().describe('Warn when there is no output for this long.'),
    stdin: command
      .optional()
      .describe(
        'What the command gets on its standard input, to the byte, then the end of it. The only place for ${secret}. Only with mode exec.',
      ),
    evidence,
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
    evidence,
    capture: CaptureMap.optional(),
  })
  .meta({ id: 'observeStep', description: 'Watches until something holds.' });

const remotePath = line.max(1024);
export const TransferStepSchema = z
  .strictObject({
    ...common,
    transfer: z
      .strictObject({
        fetch: remotePath
          .optional()
          .describe(
            'Absolute path on the host of the file that is fetched into the evidence. May hold ${name}.',
          ),
        put: z
          .strictObject({
            from: remotePath.describe("Absolute path on the operator's computer. May hold ${name}."),
            to: remotePath.describe('Absolute path on the host. May hold ${name}.'),
          })
          .optional()
          .describe('A file that is put on the host.'),
        sha256: line
          .optional()
          .describe('SHA-256 digest the file must have: 64 hex digits. May hold ${name}.'),
        max: z
          .union([z.int().min(1), z.string().regex(sizePattern, 'must be a size such as 512 KiB or 10 MiB')])
          .optional()
          .describe(
            'Largest size, in bytes or as 512 KiB or 10 MiB; 1 MiB when it is left out, 64 MiB at most.',
          ),
      })
      .describe('A small file that is fetched from the host or put there: either fetch or put.'),
    on,
    timeout: duration.optional().describe('How long it may take; 5m when it is left out.'),
    rerun: z
      .enum(['safe', 'never'])
      .optional()
      .describe('Whether it may be done again; safe when it is left out.'),
  })
  .meta({
    id: 'transferStep',
    description: 'Fetches a small file from a host, or puts one there, with its digest on record.',
  });

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
        signers: z
          .array(role)
          .min(1)
          .max(10)
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

/** Each step kind by the key that decides it. */
export const stepSchemas = {
  run: RunStepSchema,
  observe: ObserveStepSchema,
  transfer: TransferStepSchema,
  attest: AttestStepSchema,
  decide: DecideStepSchema,
  hold: HoldStepSchema,
} as const;
export const StepSchema = z.union([
  RunStepSchema,
  ObserveStepSchema,
  TransferStepSchema,
  AttestStepSchema,
  DecideStepSchema,
  HoldStepSchema,
]);
export type StepInput = z.infer<typeof StepSchema>;
