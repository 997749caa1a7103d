/** From the runbook's templates to the bytes that will be sent, and from what came back to checks. */
import type { Check, CommandEnd } from '../../contract/records.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Capture, Expectation, Probe, Template } from '../../contract/runbook.ts';
import type { Step, TransferStep } from '../../contract/steps.ts';
import { describeTransfer, type FilledTransfer, isWithheld } from '../../domain/runbook/describe.ts';
import { evaluateCondition } from '../../domain/runbook/condition.ts';
import { evaluate } from '../../domain/runbook/expectation.ts';
import { pickCaptures } from '../../domain/runbook/capture.ts';
import { renderCommand, renderText } from '../../domain/runbook/template.ts';
import type { Plan } from '../../contract/plan.ts';
import type { VarName } from '../../contract/ids.ts';
import type { RunSecrets } from '../secrets/runSecrets.ts';
import type { Purpose, RunState } from '../../domain/run/state.ts';
import { scopeOf } from '../../domain/run/scope.ts';
import type { EvaluateWhen } from '../../domain/run/settle.ts';

type Values = Readonly<Record<string, string>>;

/** A command ready to be sent, with what must be seen. */
export interface Rendered {
  readonly text: string;
  readonly marks: readonly { readonly start: number; readonly end: number; readonly name: string }[];
  readonly expect: readonly Expectation[];
  readonly capture: readonly Capture[];
  readonly values: Values;
  readonly timeoutMs: number;
  readonly confirm?: string;
  /** What a transfer step moves; its text is only the description of it. */
  readonly transfer?: FilledTransfer;
  /** Names of the secrets that it gets on its standard input. */
  readonly fed?: readonly VarName[];
  /** What it gets there. In memory only, from the moment it is sent. */
  readonly stdin?: string;
  /** Nothing of what comes back is kept. */
  readonly withheld?: boolean;
}

/** As long as preparing a host may take: one that is worked on in the night is often in trouble. */
const IDENTITY_TIMEOUT_MS = 60_000;
/** Output beyond this is recorded, but not searched for expectations. */
export const EVALUATE_BYTES = 4 * 1024 * 1024;

/** An identity proof. */
export function renderProbe(run: Template, expect: readonly Expectation[], values: Values): Result<Rendered> {
  return render(run, { expect, capture: [], timeoutMs: IDENTITY_TIMEOUT_MS }, values);
}

/** What a step (or its probe) sends now. `refused` when it has no command. */
export function renderStep(step: Step, purpose: Purpose, values: Values): Result<Rendered> {
  const beside = besideCommand(step, purpose);
  const kept = purpose === 'probe' || !isWithheld(step) ? {} : { withheld: true };
  if (beside !== undefined) {
    const made = render(beside.run, { ...beside, capture: [] }, values);
    return made.ok ? ok({ ...made.value, ...kept }) : made;
  }
  if (step.kind === 'custodians' && purpose === 'custodian') {
    const turn = render(step.run, { ...step, capture: [] }, values);
    return turn.ok ? ok({ ...turn.value, ...kept }) : turn;
  }
  if (step.kind === 'transfer') return renderTransfer(step, values);
  if (step.kind !== 'run' && step.kind !== 'observe') return fail('refused', `${step.title} has no command.`);
  const made = render(step.run, step, values);
  if (!made.ok) return made;
  const rendered: Rendered = {
    ...made.value,
    ...kept,
    ...(step.kind === 'run' && step.stdin !== undefined ? { fed: fedBy(step.stdin, values) } : {}),
  };
  if (step.kind !== 'run' || step.confirm === undefined) return ok(rendered);
  const confirm = renderText(step.confirm, values);
  return confirm.ok ? ok({ ...rendered, confirm: confirm.value }) : confirm;
}

/** A command that stands beside the step's own: its probe or its twin. */
function besideCommand(step: Step, purpose: Purpose): Omit<Probe, 'on'> | undefined {
  if (purpose === 'probe') return step.kind === 'run' || step.kind === 'custodians' ? step.probe : undefined;
  return purpose === 'dry-run' && step.kind === 'run' ? step.dryRun : undefined;
}

/** What a template needs and no parameter, variant or capture is: secrets, whose values are never among those. */
function fedBy(stdin: Template, values: Values): readonly VarName[] {
  const names = stdin.parts.flatMap((part) =>
    part.kind === 'ref' && !Object.hasOwn(values, part.name) ? [part.name] : [],
  );
  return [...new Set(names)];
}

/** What a command gets on its standard input, to the byte. `refused` when a secret is not in memory. */
export function renderInput(
  stdin: Template,
  values: Values,
  secrets: Pick<RunSecrets, 'get'>,
): Result<string> {
  let text = '';
  for (const part of stdin.parts) {
    if (part.kind === 'text') {
      text += part.text;
      continue;
    }
    const value = Object.hasOwn(values, part.name) ? values[part.name] : secrets.get(part.name);
    if (value === undefined) {
      return fail('refused', `The step needs ${part.name}, and it has not been given.`, {
        kept: 'Nothing was sent.',
        hint: 'The run was started without it: skip the step, or start another run with it.',
      });
    }
    text += value;
  }
  return ok(text);
}

/** Nothing of it goes through a shell: paths and digest are filled in as they are. */
function renderTransfer(step: TransferStep, values: Values): Result<Rendered> {
  const path = renderText(step.path, values);
  if (!path.ok) return path;
  const from = step.from === undefined ? null : renderText(step.from, values);
  if (from?.ok === false) return from;
  const digest = step.sha256 === undefined ? null : renderText(step.sha256, values);
  if (digest?.ok === false) return digest;
  const transfer: FilledTransfer = {
    path: path.value,
    ...(from === null ? {} : { from: from.value }),
    ...(digest === null ? {} : { sha256: digest.value.trim().toLowerCase() }),
  };
  const text = describeTransfer(step, transfer);
  return ok({ text, marks: [], expect: [], capture: [], timeoutMs: step.timeoutMs, values, transfer });
}

function render(
  run: Template,
  what: {
    readonly expect: readonly Expectation[];
    readonly capture: readonly Capture[];
    readonly timeoutMs: number;
  },
  values: Values,
): Result<Rendered> {
  const made = renderCommand(run, values);
  if (!made.ok) return made;
  return ok({
    text: made.value.text,
    marks: made.value.values,
    expect: what.expect,
    capture: what.capture,
    timeoutMs: what.timeoutMs,
    values,
  });
}

/** What was seen of a command, as text and bounded. */
export interface Seen {
  readonly end: CommandEnd;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly truncated: boolean;
}

export interface Judged {
  readonly checks: readonly Check[];
  readonly captures: Result<Readonly<Record<string, string>>, string>;
}

/** Every expectation and capture of a rendered command, against what was seen. */
export function judge(rendered: Rendered, seen: Seen, now: Date): Judged {
  const decode = (bytes: Uint8Array) => new TextDecoder('utf-8').decode(bytes);
  const observation = {
    end: seen.end,
    stdout: decode(seen.stdout),
    stderr: decode(seen.stderr),
    truncated: seen.truncated,
  };
  return {
    checks: evaluate(rendered.expect, observation, rendered.values, now),
    captures: pickCaptures(rendered.capture, observation),
  };
}

/** Evaluates `when` with the facts of a run. */
export function whenOf(plan: Plan): EvaluateWhen {
  return (when: string, state: RunState) => evaluateCondition(when, scopeOf(state, plan));
}
