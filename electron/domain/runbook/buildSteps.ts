/** From a step of the file to a step of the model: defaults filled in, what does not fit reported. */
import type {
  AttestInput,
  AttestStep,
  DecideStep,
  HoldStep,
  ObserveStep,
  Probe,
  RunStep,
  SourceRef,
  Step,
  StepCommon,
} from '../../contract/runbook.ts';
import type { Authoring } from './authoring.ts';
import { buildCaptures, buildExpect, duration } from './buildExpect.ts';
import { compact } from './compact.ts';
import { conditionRefs } from './condition.ts';
import type { StepInput } from './schema.ts';
import { suggestion } from './suggest.ts';
import type { Path } from './yamlSource.ts';

type InputOf<K extends string> = Extract<StepInput, Record<K, unknown>>;
type Defaults = { readonly source: SourceRef | undefined };

const RUN_TIMEOUT_MS = 5 * 60_000;
const PROBE_TIMEOUT_MS = 30_000;
const OBSERVE_EVERY_MS = 10_000;
const OBSERVE_FOR_MS = 5 * 60_000;

/** Null when the step has errors that leave nothing to build. */
export function buildStep(a: Authoring, step: StepInput, path: Path, defaults: Defaults): Step | null {
  checkWhen(a, step.when, [...path, 'when']);
  if ('run' in step) return buildRun(a, step, path, defaults);
  if ('observe' in step) return buildObserve(a, step, path, defaults);
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
  if ('hold' in step) return [];
  return Object.keys(step.capture ?? {}).map((name) => ({ name, kind: 'capture', path: ['capture', name] }));
}

function buildRun(a: Authoring, step: InputOf<'run'>, path: Path, defaults: Defaults): RunStep | null {
  const mode = step.mode ?? 'pty';
  const on = a.target(step.on, path);
  if (step.risk === undefined) {
    a.error('risk.missing', path, 'The risk of this command is not stated.', {
      hint: 'add "risk:" read, reversible, disruptive or irreversible',
    });
  }
  const rerun = step.rerun ?? (step.risk === 'read' ? 'safe' : 'never');
  if (rerun === 'check-first' && step.probe === undefined) {
    a.error('rerun.probe-missing', [...path, 'rerun'], '"check-first" needs a probe to check with.', {
      hint: 'add "probe:" with a read-only command and what it must show',
    });
  }
  const run = a.command(step.run, [...path, 'run']);
  const built = {
    ...common(a, step, path, defaults),
    kind: 'run' as const,
    run,
    mode,
    expect: buildExpect(a, step.expect, path, mode),
    timeoutMs: step.timeout === undefined ? RUN_TIMEOUT_MS : duration(a, step.timeout, [...path, 'timeout']),
    silenceMs: step.silence === undefined ? undefined : duration(a, step.silence, [...path, 'silence']),
    rerun,
    probe:
      step.probe === undefined || on === null
        ? undefined
        : (buildProbe(a, step.probe, on, [...path, 'probe']) ?? undefined),
    capture: buildCaptures(a, step.capture, path, mode),
    confirm: step.confirm === undefined ? undefined : a.text(step.confirm.type, [...path, 'confirm', 'type']),
  };
  return on === null ? null : compact({ ...built, on });
}

function buildProbe(
  a: Authoring,
  probe: NonNullable<InputOf<'run'>['probe']>,
  on: RunStep['on'],
  path: Path,
): Probe | null {
  const target = probe.on === undefined ? on : a.target(probe.on, path);
  const run = a.command(probe.run, [...path, 'run']);
  const expect = buildExpect(a, probe.expect, path, 'exec');
  const timeoutMs =
    probe.timeout === undefined ? PROBE_TIMEOUT_MS : duration(a, probe.timeout, [...path, 'timeout']);
  return target === null ? null : { on: target, run, expect, timeoutMs };
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
  const on = a.target(step.on, path);
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
    capture: buildCaptures(a, step.capture, path, 'exec'),
  };
  return on === null ? null : { ...built, on };
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
  return {
    ...common(a, { ...step, title: step.title ?? hold.title }, path, defaults),
    kind: 'hold',
    hold: hold.kind,
    signers,
  };
}

function common(
  a: Authoring,
  step: Omit<InputOf<'hold'>, 'hold'>,
  path: Path,
  defaults: Defaults,
): StepCommon {
  return compact({
    id: step.id,
    title: step.title ?? titleFrom(step.id),
    why: step.why,
    caution: step.caution,
    note: step.note,
    plannedMs: step.planned === undefined ? undefined : duration(a, step.planned, [...path, 'planned']),
    risk: step.risk ?? ('read' as const),
    when: step.when,
    source:
      step.source === undefined
        ? undefined
        : buildSource(a, step.source, [...path, 'source'], defaults.source),
  });
}

/** A source of a step may leave out the document when the runbook names it. */
export function buildSource(
  a: Authoring,
  source: NonNullable<StepInput['source']>,
  path: Path,
  inherited?: SourceRef,
): SourceRef | undefined {
  const document = source.document ?? inherited?.document;
  if (document === undefined) {
    a.error('source.document', path, 'The document is not named.', {
      hint: 'add "document:" here or in "source:" of the runbook',
    });
    return undefined;
  }
  return compact({ document, section: source.section, line: source.line });
}

/** `pre-checks` becomes `Pre checks`. */
export function titleFrom(id: string): string {
  const words = id.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
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
