/** From a step of the file to a step of the model: defaults filled in, what does not fit reported. */
import type {
  AttestInput,
  AttestStep,
  DecideStep,
  HoldStep,
  ObserveStep,
  Step,
} from '../../contract/runbook.ts';
import type { Authoring } from './authoring.ts';
import { buildEvidence, common, type Defaults, type InputOf, PROBE_TIMEOUT_MS } from './buildCommon.ts';
import { buildCaptures, buildExpect, duration } from './buildExpect.ts';
import { buildRun } from './buildRun.ts';
import { buildTransfer } from './buildTransfer.ts';
import { compact } from './compact.ts';
import { conditionRefs } from './condition.ts';
import type { StepInput } from './schemaSteps.ts';
import { suggestion } from './suggest.ts';
import type { Path } from './yamlSource.ts';

const OBSERVE_EVERY_MS = 10_000;
const OBSERVE_FOR_MS = 5 * 60_000;

/** Null when the step has errors that leave nothing to build. */
export function buildStep(a: Authoring, step: StepInput, path: Path, defaults: Defaults): Step | null {
  checkWhen(a, step.when, [...path, 'when']);
  if ('run' in step) return buildRun(a, step, path, defaults);
  if ('observe' in step) return buildObserve(a, step, path, defaults);
  if ('transfer' in step) return buildTransfer(a, step, path, defaults);
  if ('attest' in step) return buildAttest(a, step, path, defaults);
  if ('decide' in step) return buildDecide(a, step, path, defaults);
  return buildHold(a, step, path, defaults);
}

/** What a step makes available to later ones. */
export function madeBy(
  step: StepInput,
): readonly { readonly name: string; readonly kind: 'capture' | 'choice'; readonly path: Path }[] {
  if ('decide' in step) return [{ name: step.decide.capture, kind: 'choice', path: ['decide', 'capture'] }];
  if ('attest' in step) {
    const name = step.attest.capture;
    return name === undefined ? [] : [{ name, kind: 'capture', path: ['attest', 'capture'] }];
  }
  if ('hold' in step || 'transfer' in step) return [];
  return Object.keys(step.capture ?? {}).map((name) => ({ name, kind: 'capture', path: ['capture', name] }));
}

function buildObserve(
  a: Authoring,
  step: InputOf<'observe'>,
  path: Path,
  defaults: Defaults,
): ObserveStep | null {
  if (step.risk !== undefined && step.risk !== 'read') {
    a.error(
      'observe.risk',
      [...path, 'risk'],
      `A probe that is repeated must only read; this one is "${step.risk}".`,
      {
        hint: 'make the change in a run step of its own',
      },
    );
  }
  const on = a.oneHost(step.on, path, 'A probe that is repeated looks at one host.');
  const everyMs = step.every === undefined ? OBSERVE_EVERY_MS : duration(a, step.every, [...path, 'every']);
  const forMs = step.for === undefined ? OBSERVE_FOR_MS : duration(a, step.for, [...path, 'for']);
  const times = step.times ?? 1;
  if (everyMs * (times - 1) > forMs) {
    a.error('observe.too-short', path, `${String(times)} probes do not fit into the time.`, {
      hint: 'raise "for" or lower "every"',
    });
  }
  const built = {
    ...common(a, step, path, defaults),
    kind: 'observe' as const,
    risk: 'read' as const,
    run: a.command(step.observe, [...path, 'observe']),
    expect: buildExpect(a, step.expect, path, 'exec'),
    everyMs,
    forMs,
    times,
    timeoutMs:
      step.timeout === undefined ? PROBE_TIMEOUT_MS : duration(a, step.timeout, [...path, 'timeout']),
    evidence: buildEvidence(a, step, path),
    capture: buildCaptures(a, step.capture, path, 'exec'),
  };
  return on === null ? null : compact({ ...built, on });
}

function buildAttest(
  a: Authoring,
  step: InputOf<'attest'>,
  path: Path,
  defaults: Defaults,
): AttestStep | null {
  const at = [...path, 'attest'];
  const input = attestInput(a, step.attest, at);
  if (input === null) return null;
  return compact({
    ...common(a, step, path, defaults),
    kind: 'attest' as const,
    by: step.attest.by === undefined ? 'operator' : a.role(step.attest.by, [...at, 'by']),
    input,
    capture: step.attest.capture,
  });
}

function attestInput(a: Authoring, attest: InputOf<'attest'>['attest'], path: Path): AttestInput | null {
  const given = (['text', 'number', 'choice', 'checklist'] as const).filter(
    (key) => attest[key] !== undefined,
  );
  if (given.length !== 1) {
    const message =
      given.length === 0 ? 'Nothing is asked for.' : `Only one of ${given.join(' and ')} can be asked for.`;
    a.error('attest.input', path, message, { hint: 'exactly one of text, number, choice, checklist' });
    return null;
  }
  const { text, number, choice, checklist } = attest;
  if (text !== undefined) {
    if (text.pattern !== undefined) a.pattern(text.pattern, [...path, 'text', 'pattern']);
    return compact({
      kind: 'text' as const,
      label: text.label,
      pattern: text.pattern,
      minLength: text['min-length'] ?? 1,
    });
  }
  if (number !== undefined) {
    if (number.min !== undefined && number.max !== undefined && number.min > number.max) {
      a.error('attest.limits', [...path, 'number', 'min'], 'The least value is above the greatest.');
    }
    return compact({
      kind: 'number' as const,
      label: number.label,
      min: number.min,
      max: number.max,
      unit: number.unit,
    });
  }
  if (choice !== undefined) return attestChoice(a, choice, [...path, 'choice']);
  return { kind: 'checklist', items: checklist ?? [] };
}

function attestChoice(
  a: Authoring,
  choice: NonNullable<InputOf<'attest'>['attest']['choice']>,
  path: Path,
): AttestInput {
  const options = choice.options.map((option, i) => a.scalar(option, [...path, 'options', i]));
  const passes = choice.passes?.map((option, i) => a.scalar(option, [...path, 'passes', i])) ?? options;
  if (new Set(options).size < options.length)
    a.error('attest.options', [...path, 'options'], 'An option stands here twice.');
  for (const [i, option] of passes.entries()) {
    if (options.includes(option)) continue;
    a.error('attest.options', [...path, 'passes', i], `"${option}" is not one of the options.`, {
      hint: suggestion(option, options),
    });
  }
  return { kind: 'choice', label: choice.label, options, passes };
}

function buildDecide(a: Authoring, step: InputOf<'decide'>, path: Path, defaults: Defaults): DecideStep {
  const { decide } = step;
  const at = [...path, 'decide'];
  const options = Object.entries(decide.options).map(([id, option]) =>
    typeof option === 'string'
      ? { id, title: option, reason: false }
      : { id, title: option.title, reason: option.reason ?? false },
  );
  if (options.length < 2)
    a.error('decide.options', [...at, 'options'], 'A decision needs two options at least.');
  return {
    ...common(a, { ...step, title: step.title ?? decide.question }, path, defaults),
    kind: 'decide',
    by: decide.by === undefined ? 'operator' : a.role(decide.by, [...at, 'by']),
    question: decide.question,
    options,
    capture: decide.capture,
  };
}

function buildHold(a: Authoring, step: InputOf<'hold'>, path: Path, defaults: Defaults): HoldStep {
  const { hold } = step;
  const signers = hold.signers.map((role, i) => a.role(role, [...path, 'hold', 'signers', i]));
  const { needs } = hold;
  if (needs !== undefined && needs > signers.length) {
    a.error(
      'hold.needs',
      [...path, 'hold', 'needs'],
      `${String(needs)} signatures of ${String(signers.length)} signers.`,
      {
        hint: `use 1 to ${String(signers.length)}, or name more signers; a role may stand there several times`,
      },
    );
  }
  return compact({
    ...common(a, { ...step, title: step.title ?? hold.title }, path, defaults),
    kind: 'hold' as const,
    hold: hold.kind,
    signers,
    needs,
  });
}

function checkWhen(a: Authoring, when: string | undefined, path: Path): void {
  if (when === undefined) return;
  const refs = conditionRefs(when);
  if (!refs.ok) {
    a.error('when.invalid', path, `The condition cannot be used: ${refs.error}.`);
    return;
  }
  for (const { scope, name } of refs.value) {
    const find = { text: name, n: 0 };
    if (scope === 'param') checkParam(a, name, path, { find });
    else if (scope === 'variant') a.checkReference(name, path, ['variant'], 'variant.unknown', { find });
    else if (scope === 'capture') a.checkReference(name, path, ['capture'], 'capture.unknown', { find });
    else if (scope === 'choice') a.checkReference(name, path, ['choice'], 'choice.unknown', { find });
    else if (!a.stepIds.includes(name)) {
      a.error('step.unknown', path, `There is no step "${name}".`, {
        find,
        hint: suggestion(name, a.stepIds),
      });
    } else if (!a.stepsDone.has(name)) {
      a.error('step.too-early', path, `Step "${name}" does not come before this one.`, { find });
    }
  }
}

function checkParam(a: Authoring, name: string, path: Path, more: Parameters<Authoring['error']>[3]): void {
  const named = a.checkReference(name, path, ['parameter'], 'parameter.unknown', more);
  if (named?.kind === 'parameter' && named.type.kind === 'secret') {
    a.error(
      'secret.in-condition',
      path,
      `"${name}" is a secret; it is never stored, so nothing can depend on it.`,
      more,
    );
  }
}
