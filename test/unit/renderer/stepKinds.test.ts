import { describe, expect, it } from 'vitest';
import type { StepId } from '../../../electron/contract/ids.ts';
import type { Template } from '../../../electron/contract/runbook.ts';
import type { CustodiansStep, MeasureStep, Step } from '../../../electron/contract/steps.ts';
import type { StepView } from '../../../electron/domain/run/state.ts';
import { exactSpan, exactStamp } from '../../../renderer/format/time.ts';
import { custodiansNow, nameProblem } from '../../../renderer/features/run/custodians.ts';
import { emlOf } from '../../../renderer/features/run/eml.ts';
import { filled } from '../../../renderer/features/run/fill.ts';
import { measuredNow, records } from '../../../renderer/features/run/measured.ts';
import { isHidden } from '../../../renderer/features/run/SecondPerson.tsx';
import { stepRows } from '../../../renderer/features/run/stepRows.ts';

const ref = (name: string): Template =>
  ({ source: `\${${name}}`, parts: [{ kind: 'ref', name, raw: false }] }) as unknown as Template;

describe('a message as a file', () => {
  const decoded = (eml: string): string =>
    Buffer.from(eml.slice(eml.indexOf('\r\n\r\n') + 4), 'base64').toString('utf8');

  it('holds its text to the byte, with the line ends of mail', () => {
    const eml = emlOf({
      to: 'ops@example.com',
      subject: 'Window opens',
      body: 'Hallo Jörg,\n\n02:00 UTC.\n',
    });
    expect(decoded(eml)).toBe('Hallo Jörg,\r\n\r\n02:00 UTC.\r\n');
    expect(eml).toContain('\r\nSubject: Window opens\r\n');
    expect(eml).toContain('To: ops@example.com\r\n');
    expect(eml.split('\r\n').every((line) => line.length <= 78)).toBe(true);
  });
  it('takes all addresses, and nobody where there is none', () => {
    const two = emlOf({ to: 'Ops <ops@example.com>; Jana jana@example.com', subject: undefined, body: '' });
    expect(two).toContain('To: ops@example.com,\r\n jana@example.com\r\n');
    expect(emlOf({ to: 'All platform owners', subject: '', body: '' })).toContain(
      'To: All platform owners:;',
    );
  });
  it('lets no value add a header', () => {
    const eml = emlOf({
      to: 'a\r\nBcc: x@evil.example',
      subject: 'a\r\nBcc: y@evil.example',
      body: '\nBcc: z',
    });
    const head = eml.slice(0, eml.indexOf('\r\n\r\n')).split('\r\n');
    expect(head.filter((line) => /^bcc/i.test(line))).toEqual([]);
    expect(head.map((line) => line.split(':')[0])).toEqual([
      'To',
      'Subject',
      'X-Unsent',
      'MIME-Version',
      'Content-Type',
      'Content-Transfer-Encoding',
    ]);
  });
  it('encodes a long subject in other letters in words of at most 75 characters', () => {
    const subject =
      'Údržba MazeVaultu začíná ve 02:00 UTC a skončí nejpozději ve 04:30 UTC — žádné přihlášení';
    const eml = emlOf({ to: 'a@example.com', subject, body: '' });
    const words = [...eml.matchAll(/=\?utf-8\?B\?([A-Za-z0-9+/=]+)\?=/g)];
    expect(words.length).toBeGreaterThan(1);
    expect(words.every(([word]) => word.length <= 75)).toBe(true);
    expect(words.map(([, text = '']) => Buffer.from(text, 'base64').toString('utf8')).join('')).toBe(subject);
  });
});

describe('a time before it is taken', () => {
  const step = (op: 'below' | 'at-most', ms: number): MeasureStep =>
    ({ kind: 'measure', from: ref('t_fail'), to: ref('t_ok'), limit: { op, ms } }) as unknown as MeasureStep;

  it('reads RFC 3339 and seconds alike', () => {
    const values = { t_fail: '2026-11-22T02:00:00Z', t_ok: '1795313699.500' };
    const at = measuredNow(step('below', 900_000), values);
    expect(at.ms).toBe(1795313699500 - Date.parse('2026-11-22T02:00:00Z'));
  });
  it('keeps below and at most apart', () => {
    const values = { t_fail: '2026-11-22T02:00:00Z', t_ok: '2026-11-22T03:15:00+01:00' };
    expect(measuredNow(step('below', 900_000), values)).toMatchObject({ ms: 900_000, within: false });
    expect(measuredNow(step('at-most', 900_000), values)).toMatchObject({ ms: 900_000, within: true });
  });
  it('says what is missing and what is no instant, and is never within its limit then', () => {
    const open = measuredNow(step('below', 1), { t_fail: 'yesterday' });
    expect(open).toMatchObject({
      from: { ms: null, open: null },
      to: { open: 't_ok' },
      ms: null,
      within: false,
    });
    const back = measuredNow(step('below', 1), {
      t_fail: '2026-11-22T02:00:01Z',
      t_ok: '2026-11-22T02:00:00Z',
    });
    expect(back).toMatchObject({ ms: -1000, within: false });
  });
  it('is said to the millisecond, so that 14:59.5 never reads as 15 minutes', () => {
    expect(exactSpan(899_500)).toBe('14 min 59.5 s');
    expect(exactSpan(900_000)).toBe('15 min');
    expect(exactSpan(3_600_000 + 5000)).toBe('1 h 5 s');
    expect(exactSpan(0)).toBe('0 s');
  });
  it('is taken between instants that are said as exactly, and are no longer for it where they are whole', () => {
    expect(exactStamp('2026-11-22T01:14:59.500Z')).toBe('Sun 2026-11-22 01:14:59.5 UTC');
    expect(exactStamp('2026-11-22T01:14:59.007Z')).toBe('Sun 2026-11-22 01:14:59.007 UTC');
    expect(exactStamp('2026-11-22T01:15:00Z')).toBe('Sun 2026-11-22 01:15:00 UTC');
    expect(exactStamp('yesterday')).toBe('yesterday');
  });
  it('knows the step that records an instant, by one name and by many', () => {
    const one = { kind: 'attest', capture: 't_ok' } as unknown as Step;
    const many = { kind: 'run', capture: [{ name: 't_fail' }, { name: 't_ok' }] } as unknown as Step;
    expect([one, many, { kind: 'notify' } as unknown as Step].map((each) => records(each, 't_fail'))).toEqual(
      [false, true, false],
    );
    expect(records(one, 't_ok')).toBe(true);
  });
});

describe('custodians', () => {
  const step = { kind: 'custodians', needs: 2, of: 3 } as unknown as CustodiansStep;
  const view = (turns: readonly object[]): StepView => ({ step, turns }) as unknown as StepView;
  const passed = (name: string): object => ({ name, attempt: 1, state: 'passed' });

  it('are complete when so many different people have passed', () => {
    expect(custodiansNow(view([passed('Ann'), passed('Ann')]), step).complete).toBe(false);
    const failed = { ...passed('Bob'), state: 'failed' };
    expect(custodiansNow(view([passed('Ann'), failed]), step)).toEqual({ done: ['Ann'], complete: false });
    expect(custodiansNow(view([passed('Ann'), passed('Bob')]), step).complete).toBe(true);
  });
  it('are never the same person twice, however the name is written, nor the operator', () => {
    expect(nameProblem('', [], 'Alice')).not.toBeNull();
    expect(nameProblem('  aNN  lee ', ['Ann Lee'], 'Alice')).toContain('must be another person');
    expect(nameProblem('ALICE', [], 'Alice')).toContain('operator');
    expect(nameProblem('Bob', ['Ann Lee'], 'Alice')).toBeNull();
  });
});

describe('what one reads of a template', () => {
  it('keeps a reference without a value as it stands', () => {
    const template = {
      source: '',
      parts: [{ kind: 'text', text: 'in ' }, ...ref('a').parts, ...ref('b').parts],
    };
    expect(filled(template as unknown as Template, { a: '5m' })).toEqual({
      text: 'in 5m${b}',
      open: ['b'],
      values: [{ name: 'a', value: '5m' }],
    });
  });
});

const stepView = (id: string, state: string, more: object = {}): StepView =>
  ({ step: { id, kind: 'run', ...more }, status: { state } }) as unknown as StepView;

describe('the first answer', () => {
  it('is hidden until the second person has given theirs', () => {
    const first = stepView('count', 'attested');
    const second = (state: string): StepView =>
      stepView('count-second-check', state, { kind: 'attest', independentOf: 'count' });
    expect(isHidden(first, [first, second('current')])).toBe(true);
    expect(isHidden(first, [first, second('waiting')])).toBe(true);
    expect(isHidden(first, [first, second('attested')])).toBe(false);
    expect(isHidden(first, [first])).toBe(false);
  });
});

describe('steps of a called runbook', () => {
  const part = { runbook: 'check', title: 'Check', version: '1.0.0', call: 'verify', step: 'x' };
  const views = [
    stepView('a', 'passed'),
    stepView('verify-1', 'passed', { part }),
    stepView('verify-2', 'passed', { part }),
    stepView('b', 'current'),
  ];
  const shown = (keep: readonly string[], open: readonly (readonly [string, boolean])[] = [], of = views) =>
    stepRows(of, keep as readonly StepId[], new Map(open.map(([call, is]) => [call as StepId, is]))).map(
      (row) => (row.kind === 'part' ? `${row.key} ${String(row.done)}/${String(row.of)}` : row.view.step.id),
    );

  it('fold under their head when all of them are done, and open by hand', () => {
    expect(shown(['b'])).toEqual(['a', 'verify 2/2', 'b']);
    expect(shown(['b'], [['verify', true]])).toEqual(['a', 'verify 2/2', 'verify-1', 'verify-2', 'b']);
  });
  it('stay open while the turn or the look is among them', () => {
    expect(shown(['verify-2'], [['verify', false]])).toContain('verify-1');
  });
  it('stay open while they are not done, and fold by hand', () => {
    const half = [stepView('verify-1', 'passed', { part }), stepView('verify-2', 'waiting', { part })];
    expect(shown([], [], half)).toEqual(['verify 1/2', 'verify-1', 'verify-2']);
    expect(shown([], [['verify', false]], half)).toEqual(['verify 1/2']);
  });
});
