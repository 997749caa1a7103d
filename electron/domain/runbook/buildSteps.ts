/** From a step of the file to a step of the model: defaults filled in, what does not fit reported. */
import type { Template } from '../../contract/runbook.ts';
import type { AttestInput, AttestStep, DecideStep, ObserveStep, Step } from '../../contract/steps.ts';
import type { Authoring } from './authoring.ts';
import { buildEvidence, common, type Defaults, type InputOf, PROBE_TIMEOUT_MS } from './buildCommon.ts';
import { buildCaptures, buildExpect, duration } from './buildExpect.ts';
import { buildCustodians, buildHold, buildMeasure, buildNotify } from './buildPeople.ts';
import { buildRun } from './buildRun.ts';
import { buildTransfer } from './buildTransfer.ts';
import { compact } from './compact.ts';
import { conditionRefs } from './condition.ts';
import type { StepInput } from './schemaSteps.ts';
import { suggestion } from './suggest.ts';
import { constantOf } from './template.ts';
import type { Path } from './yamlSource.ts';

const OBSERVE_EVERY = '10s';
const OBSERVE_FOR = '5m';

/** Null when the step has errors that leave nothing to build. */
export function buildStep(a: Authoring, step: StepInput, path: Path, defaults: Defaults): Step | null {
  checkWhen(a, step.when, [...path, 'when']);
  if ('run' in step) return buildRun(a, step, path, defaults);
  if ('observe' in step) return buildObserve(a, step, path, defaults);
  if ('transfer' in step) return buildTransfer(a, step, path, defaults);
  if ('attest' in step) return buildAttest(a, step, path, defaults);
  if ('decide' in step) return buildDecide(a, step, path, defaults);
  if ('hold' in step) return buildHold(a, step, path, defaults);
  if ('notify' in step) return buildNotify(a, step, path, defaults);
  if ('custodians' in step) return buildCustodians(a, step, path, defaults);
  if ('measure' in step) return buildMeasure(a, step, path, defaults);
  a.error('call.unlinked', [...path, 'call'], `The steps of "${step.call.runbook}" are not here.`, {
    hint: 'read it together with the library it calls from',
  });
  return null;
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
  if ('measure' in step) return [{ name: step.capture, kind: 'capture', path: ['capture'] }];
  if (!('run' in step) && !('observe' in step)) return [];
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
  const every = time(a, step.every ?? OBSERVE_EVERY, [...path, 'every']);
  const until = time(a, step.for ?? OBSERVE_FOR, [...path, 'for']);
  const times = step.times ?? 1;
  if (every.ms !== null && until.ms !== null && every.ms * (times - 1) > until.ms) {
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
    every: every.template,
    for: until.template,
    times,
    timeoutMs:
      step.timeout === undefined ? PROBE_TIMEOUT_MS : duration(a, step.timeout, [...path, 'timeout']),
    evidence: buildEvidence(a, step, path),
    capture: buildCaptures(a, step.capture, path, 'exec'),
  };
  return on === null ? null : compact({ ...built, on });
}

/** A duration (then `ms` is known already), or the value of one parameter of that type. */
function time(
  a: Authoring,
  text: string,
  path: Path,
): { readonly template: Template; readonly ms: number | null } {
  const template = a.text(text, path);
  if (constantOf(template) !== undefined) return { template, ms: duration(a, text, path) };
  const [part, more] = template.parts;
  const named = part?.kind === 'ref' && !part.raw ? a.names.get(part.name) : undefined;
  if (more !== undefined || named?.kind !== 'parameter' || named.type.kind !== 'duration') {
    a.error('observe.time', path, `"${text.slice(0, 40)}" is not a duration.`, {
      hint: 'write 30s, 15m, 1h30m, or ${name} of one parameter of type duration',
    });
  }
  return { template, ms: null };
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
