/** The steps that people do, from the file to the model: holds, waits, messages, custodians, and times that are taken. */
import type { CustodiansStep, HoldStep, MeasureStep, NotifyStep, WaitStep } from '../../contract/steps.ts';
import type { Authoring } from './authoring.ts';
import { common, type Defaults, type InputOf } from './buildCommon.ts';
import { buildExpect, duration } from './buildExpect.ts';
import { buildProbe } from './buildRun.ts';
import { compact } from './compact.ts';
import { parseDuration } from './duration.ts';
import { constantOf } from './template.ts';
import type { Path } from './yamlSource.ts';

const TURN_TIMEOUT_MS = 10 * 60_000;

/** A hold that people sign, or a wait for a time. */
export function buildHold(
  a: Authoring,
  step: InputOf<'hold'>,
  path: Path,
  defaults: Defaults,
): HoldStep | WaitStep | null {
  const { hold } = step;
  const at = [...path, 'hold'];
  const shared = common(a, { ...step, title: step.title ?? hold.title }, path, defaults);
  if (hold.kind === 'wait') return buildWait(a, hold, shared, at);
  if (hold.for !== undefined) {
    a.error('hold.for', [...at, 'for'], 'Only a hold of kind wait has a time.', {
      key: true,
      hint: 'use "kind: wait", or remove "for"',
    });
  }
  if (hold.signers === undefined) {
    a.error('hold.signers', at, 'Nobody is named who lets it go on.', { hint: 'add "signers: [owner]"' });
    return null;
  }
  const signers = hold.signers.map((role, i) => a.role(role, [...at, 'signers', i]));
  const { needs } = hold;
  if (needs !== undefined && needs > signers.length) {
    a.error(
      'hold.needs',
      [...at, 'needs'],
      `${String(needs)} signatures of ${String(signers.length)} signers.`,
      {
        hint: `use 1 to ${String(signers.length)}, or name more signers; a role may stand there several times`,
      },
    );
  }
  return compact({ ...shared, kind: 'hold' as const, hold: hold.kind, signers, needs });
}

function buildWait(
  a: Authoring,
  hold: InputOf<'hold'>['hold'],
  shared: ReturnType<typeof common>,
  path: Path,
): WaitStep | null {
  for (const key of ['signers', 'needs'] as const) {
    if (hold[key] === undefined) continue;
    a.error('hold.wait', [...path, key], 'A wait ends by time; nobody signs it.', {
      key: true,
      hint: 'make a hold of kind go after it',
    });
  }
  if (hold.for === undefined) {
    a.error('hold.wait', path, 'How long it waits is not said.', { hint: 'add "for: 30m"' });
    return null;
  }
  const list = typeof hold.for === 'string' ? [hold.for] : hold.for;
  const times = list.map((text, i) => {
    const at = typeof hold.for === 'string' ? [...path, 'for'] : [...path, 'for', i];
    const template = a.text(text, at);
    const constant = constantOf(template);
    if (constant !== undefined && !parseDuration(constant).ok) {
      a.error('hold.wait', at, `"${constant.slice(0, 40)}" is not a duration.`, {
        hint: 'write 30s, 15m, 1h30m, or ${name} of a parameter of type duration',
      });
    }
    return template;
  });
  return { ...shared, kind: 'wait', for: times };
}

export function buildNotify(
  a: Authoring,
  step: InputOf<'notify'>,
  path: Path,
  defaults: Defaults,
): NotifyStep {
  const { channel, to, subject, body, by } = step.notify;
  const at = [...path, 'notify'];
  return compact({
    ...common(a, step, path, defaults),
    kind: 'notify' as const,
    by: by === undefined ? ('operator' as const) : a.role(by, [...at, 'by']),
    channel,
    to: a.text(to, [...at, 'to']),
    subject: subject === undefined ? undefined : a.text(subject, [...at, 'subject']),
    body: a.text(body, [...at, 'body']),
  });
}

/** Null when it has no target. */
export function buildCustodians(
  a: Authoring,
  step: InputOf<'custodians'>,
  path: Path,
  defaults: Defaults,
): CustodiansStep | null {
  const { custodians } = step;
  const at = [...path, 'custodians'];
  const on = a.oneHost(step.on, path, 'Custodians type at one host.');
  a.role('custodian', at);
  if (step.risk === undefined) {
    a.error('risk.missing', path, 'The risk of this command is not stated.', {
      hint: 'add "risk:" read, reversible, disruptive or irreversible',
    });
  }
  if (custodians.needs > custodians.of) {
    a.error(
      'custodians.needs',
      [...at, 'needs'],
      `${String(custodians.needs)} of ${String(custodians.of)} cannot be.`,
      {
        hint: `use 1 to ${String(custodians.of)}`,
      },
    );
  }
  const shared = common(a, step, path, defaults);
  const run = a.command(custodians.run, [...at, 'run']);
  const expect = buildExpect(a, custodians.expect ?? { exit: 0 }, at, 'pty');
  const timeoutMs =
    custodians.timeout === undefined ? TURN_TIMEOUT_MS : duration(a, custodians.timeout, [...at, 'timeout']);
  if (on === null) return null;
  const probe = buildProbe(a, custodians.probe, on, [...at, 'probe']);
  if (probe === null) return null;
  const { needs, of } = custodians;
  return { ...shared, kind: 'custodians', on, run, expect, timeoutMs, needs, of, probe };
}

/** Null when no limit is given. */
export function buildMeasure(
  a: Authoring,
  step: InputOf<'measure'>,
  path: Path,
  defaults: Defaults,
): MeasureStep | null {
  const { from, to, below } = step.measure;
  const atMost = step.measure['at-most'];
  const at = [...path, 'measure'];
  const shared = common(a, step, path, defaults);
  const ends = { from: a.text(from, [...at, 'from']), to: a.text(to, [...at, 'to']) };
  if ((below === undefined) === (atMost === undefined)) {
    a.error('measure.limit', at, 'A time that is taken has one limit.', {
      hint: 'either "below:" or "at-most:"',
    });
    return null;
  }
  const limit =
    below === undefined
      ? { op: 'at-most' as const, ms: duration(a, atMost ?? '0s', [...at, 'at-most']) }
      : { op: 'below' as const, ms: duration(a, below, [...at, 'below']) };
  return { ...shared, kind: 'measure', ...ends, limit, capture: step.capture };
}
