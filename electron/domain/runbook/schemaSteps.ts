/** The steps of the authoring format, one schema for each kind. Shapes only, like schema.ts. */
import { z } from 'zod';
import { StepId } from '../../contract/ids.ts';
import { rerunPolicies } from '../../contract/runbook.ts';
import { detachers } from '../../contract/steps.ts';
import { common, DryRun, evidence, on, Probe, Undo, vendor } from './schemaCommon.ts';
import { CaptureMap, command, duration, Expect, line } from './schemaExpect.ts';
import {
  AttestStepSchema,
  CallStepSchema,
  CustodiansStepSchema,
  DecideStepSchema,
  HoldStepSchema,
  MeasureStepSchema,
  NotifyStepSchema,
} from './schemaPeople.ts';
import { sizePattern } from './size.ts';

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
    'dry-run': DryRun.optional(),
    rollback: Undo.optional(),
    verify: z
      .enum(['concurrent', 'independent'])
      .optional()
      .describe(
        'concurrent: a second person reads target and command before Run. independent: a second person checks afterwards by their own means.',
      ),
    ...vendor,
  })
  .meta({ id: 'runStep', description: 'Runs a command once.' });

/** A duration, or a reference to a parameter of that type. */
const time = z.string().min(1).max(80);
export const ObserveStepSchema = z
  .strictObject({
    ...common,
    observe: command.describe('Read-only probe that is repeated until it holds. May hold ${name}.'),
    on,
    expect: Expect.optional(),
    every: time.optional().describe('Pause between probes, such as 10s or ${pause} (the default is 10s).'),
    for: time
      .optional()
      .describe('How long to go on before the step fails, such as 5m or ${settle} (the default is 5m).'),
    times: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .describe('How many times in a row it must hold; 1 when it is left out.'),
    timeout: duration.optional().describe('How long one probe may take; 30s when it is left out.'),
    evidence,
    capture: CaptureMap.optional(),
    ...vendor,
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
        before: StepId.optional().describe(
          'Fetch: an earlier step that fetched the same file. The difference is kept.',
        ),
        change: z
          .enum(['changed', 'unchanged'])
          .optional()
          .describe('Whether the file must differ from the earlier one, or must not. Only with "before".'),
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

/** Each step kind by the key that decides it. */
export const stepSchemas = {
  run: RunStepSchema,
  observe: ObserveStepSchema,
  transfer: TransferStepSchema,
  attest: AttestStepSchema,
  decide: DecideStepSchema,
  hold: HoldStepSchema,
  notify: NotifyStepSchema,
  custodians: CustodiansStepSchema,
  measure: MeasureStepSchema,
  call: CallStepSchema,
} as const;
export const StepSchema = z.union([
  RunStepSchema,
  ObserveStepSchema,
  TransferStepSchema,
  AttestStepSchema,
  DecideStepSchema,
  HoldStepSchema,
  NotifyStepSchema,
  CustodiansStepSchema,
  MeasureStepSchema,
  CallStepSchema,
]);
export type StepInput = z.infer<typeof StepSchema>;
