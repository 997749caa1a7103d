/** What a runbook asks for, in words: expectations, limits, kinds. Used where no run has filled in the values yet. */
import type {
  Comparison,
  Expectation,
  ParameterType,
  Risk,
  Role,
  RunbookKind,
  TextTest,
} from '../../electron/contract/runbook.ts';
import type {
  AttestInput,
  Channel,
  Detacher,
  FanOut,
  HoldStep,
  MeasureStep,
  StepKind,
} from '../../electron/contract/steps.ts';
import type { AttestValue, CommandEnd, RunResult } from '../../electron/contract/records.ts';
import type { StepStatus } from '../../electron/domain/run/state.ts';
import { t, type MessageKey } from '../i18n/t.ts';
import { exactSpan, wordSpan } from './time.ts';

function comparison(compare: Comparison): string {
  if (compare.op === 'in') return t('cmp.in', { values: compare.values.map((v) => v.source).join(', ') });
  return t(`cmp.${compare.op}`, { value: compare.value.source });
}

function textTest(test: TextTest): string {
  switch (test.test) {
    case 'equals':
      return t('test.equals', { value: test.value.source });
    case 'contains':
      return t('test.contains', { value: test.value.source });
    case 'matches':
      return t('test.matches', { pattern: test.pattern });
    case 'empty':
      return test.empty ? t('test.empty') : t('test.not-empty');
    case 'lines':
      return t('test.lines', { compare: comparison(test.compare) });
    case 'number':
      return t('test.number', { compare: comparison(test.compare), unit: test.unit ?? '' });
    case 'json':
      return t('test.json', { path: test.path, compare: comparison(test.compare) });
    case 'date':
      return test.notOlderThanMs === undefined
        ? t('test.date-after', { value: test.after?.source ?? '' })
        : t('test.date-age', { span: wordSpan(test.notOlderThanMs) });
    case 'digest':
      return t('test.digest', { value: test.value.source });
    case 'same-as':
      return t('test.same-as', { name: test.capture });
  }
}

/** Where it is looked for and what must be there. */
export function expectationWords(expectation: Expectation): { readonly on: string; readonly must: string } {
  if (expectation.on === 'exit') {
    return { on: t('on.exit'), must: t('test.exit', { codes: expectation.codes.join(', ') }) };
  }
  const words = textTest(expectation.test);
  return { on: expectation.on, must: expectation.negate ? t('test.not', { test: words }) : words };
}

export const kindWords: Readonly<Record<StepKind, MessageKey>> = {
  run: 'kind.run',
  observe: 'kind.observe',
  transfer: 'kind.transfer',
  attest: 'kind.attest',
  decide: 'kind.decide',
  hold: 'kind.hold',
  wait: 'kind.wait',
  notify: 'kind.notify',
  custodians: 'kind.custodians',
  measure: 'kind.measure',
};
export const channelWords: Readonly<Record<Channel, MessageKey>> = {
  email: 'channel.email',
  chat: 'channel.chat',
  phone: 'channel.phone',
  paging: 'channel.paging',
  'status-page': 'channel.status-page',
  ticket: 'channel.ticket',
};
export const detacherWords: Readonly<Record<Detacher, MessageKey>> = {
  shell: 'detacher.shell',
  'systemd-run': 'detacher.systemd-run',
  tmux: 'detacher.tmux',
};
export const holdWords: Readonly<Record<HoldStep['hold'], MessageKey>> = {
  go: 'hold.go',
  verify: 'hold.verify',
  'point-of-no-return': 'hold.ponr',
};
export const riskWords: Readonly<Record<Risk, MessageKey>> = {
  read: 'risk.read',
  reversible: 'risk.reversible',
  disruptive: 'risk.disruptive',
  irreversible: 'risk.irreversible',
};
export const roleWords: Readonly<Record<Role, MessageKey>> = {
  operator: 'role.operator',
  verifier: 'role.verifier',
  owner: 'role.owner',
  witness: 'role.witness',
  custodian: 'role.custodian',
};
export const runbookKindWords: Readonly<Record<RunbookKind, MessageKey>> = {
  upgrade: 'rk.upgrade',
  rollback: 'rk.rollback',
  'disaster-recovery': 'rk.dr',
  'key-rotation': 'rk.key',
  maintenance: 'rk.maintenance',
  verification: 'rk.verification',
  emergency: 'rk.emergency',
  reference: 'rk.reference',
};
export const resultWords: Readonly<Record<RunResult, MessageKey>> = {
  success: 'result.success',
  'success-with-deviations': 'result.deviations',
  failed: 'result.failed',
  'rolled-back': 'result.rolled-back',
  aborted: 'result.aborted',
  crashed: 'result.crashed',
};
export const stateWords: Readonly<Record<StepStatus['state'], MessageKey>> = {
  waiting: 'state.waiting',
  current: 'state.current',
  running: 'state.running',
  passed: 'state.passed',
  attested: 'state.attested',
  decided: 'state.decided',
  held: 'state.held',
  notified: 'state.notified',
  failed: 'state.failed',
  unknown: 'state.unknown',
  'not-applicable': 'state.na',
  skipped: 'state.skipped',
  overridden: 'state.overridden',
};

/** By what a step has passed, with when. */
export const passedWords: Readonly<Record<Extract<StepStatus, { state: 'passed' }>['via'], MessageKey>> = {
  checks: 'past.passed',
  probe: 'past.probe',
  targets: 'past.targets',
  time: 'past.time',
  measure: 'past.passed',
};

/** How a step goes over the members of a group, in one sentence. */
export function fanOutWords(fanOut: FanOut): string {
  const how =
    fanOut.order === 'serial'
      ? t('fan.serial')
      : fanOut.order === 'canary'
        ? t('fan.canary', { n: fanOut.limit })
        : t('fan.parallel', { n: fanOut.limit });
  return t('fan.all', { how, then: t(fanOut.onFailure === 'stop' ? 'fan.stop' : 'fan.go-on') });
}

/** What a value must look like, for the help of a form field. */
export function parameterHelp(type: ParameterType): string {
  switch (type.kind) {
    case 'integer':
      if (type.min !== undefined && type.max !== undefined)
        return t('type.integer-range', { min: type.min, max: type.max });
      return type.min === undefined ? t('type.integer') : t('type.integer-min', { min: type.min });
    case 'choice':
      return t('type.choice');
    case 'text':
    case 'name':
    case 'version':
    case 'boolean':
    case 'path':
    case 'host':
    case 'url':
    case 'digest':
    case 'duration':
    case 'image':
    case 'secret':
      return t(`type.${type.kind}`);
  }
}

/** How a command ended. */
export function endWords(end: CommandEnd): string {
  switch (end.how) {
    case 'exit':
      return t('end.exit', { code: end.code });
    case 'signal':
      return t('end.signal', { signal: end.signal });
    case 'lost':
      return t('end.lost', { why: end.why });
    case 'timeout':
      return t('end.timeout', { span: wordSpan(end.afterMs) });
  }
}

/** What a person reported. */
export function attestedWords(input: AttestInput, value: AttestValue): string {
  switch (value.kind) {
    case 'text':
      return value.text;
    case 'number':
      return input.kind === 'number' && input.unit !== undefined
        ? t('attest.with-unit', { n: value.number, unit: input.unit })
        : value.number;
    case 'choice':
      return value.option;
    case 'checklist':
      return t('attest.ticked', {
        n: value.ticked.length,
        of: input.kind === 'checklist' ? input.items.length : value.ticked.length,
      });
  }
}

/** What a measured time is held against. */
export function limitWords(limit: MeasureStep['limit']): string {
  return t(limit.op === 'below' ? 'measure.below' : 'measure.at-most', { span: exactSpan(limit.ms) });
}
