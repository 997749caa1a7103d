/** The command of a step as the runbook gives it with the values known at a moment. Nothing is sent or stored here. */
import type { RecordOf } from '../../contract/records.ts';
import { assertNever } from '../../contract/result.ts';
import type { Template } from '../../contract/runbook.ts';
import type { Step } from '../../contract/steps.ts';
import { describeTransfer } from './describe.ts';
import { renderCommand, renderText } from './template.ts';

/** Null when a value is not known: then no command could be sent. */
export function commandText(
  step: Step,
  purpose: RecordOf<'step.start'>['d']['purpose'],
  values: Readonly<Record<string, string>>,
): string | null {
  if (step.kind === 'transfer') {
    const path = renderText(step.path, values);
    const from = step.from === undefined ? undefined : renderText(step.from, values);
    const digest = step.sha256 === undefined ? undefined : renderText(step.sha256, values);
    if (!path.ok || from?.ok === false || digest?.ok === false) return null;
    return describeTransfer(step, {
      path: path.value,
      ...(from === undefined ? {} : { from: from.value }),
      ...(digest === undefined ? {} : { sha256: digest.value.trim().toLowerCase() }),
    });
  }
  const template = templateOf(step, purpose);
  const rendered = template === undefined ? null : renderCommand(template, values);
  return rendered?.ok === true ? rendered.value.text : null;
}

function templateOf(step: Step, purpose: RecordOf<'step.start'>['d']['purpose']): Template | undefined {
  switch (purpose) {
    case 'probe':
      return step.kind === 'run' || step.kind === 'custodians' ? step.probe?.run : undefined;
    case 'dry-run':
      return step.kind === 'run' ? step.dryRun?.run : undefined;
    case 'custodian':
      return step.kind === 'custodians' ? step.run : undefined;
    case 'run':
    case 'observe':
      return step.kind === 'run' || step.kind === 'observe' ? step.run : undefined;
    default:
      return assertNever(purpose);
  }
}
