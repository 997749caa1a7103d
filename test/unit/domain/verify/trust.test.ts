import { describe, expect, it } from 'vitest';
import { anchorLineOf, parseAnchors } from '../../../../electron/domain/verify/anchorLog.ts';
import { findings } from '../../../../electron/domain/verify/findings.ts';
import { printable } from '../../../../electron/domain/verify/report.ts';
import { demanded, parseMinimum } from '../../../../electron/domain/verify/trust.ts';

describe('the minimum of a verifier', () => {
  it('is read from words with commas between', () => {
    expect(parseMinimum('approvals=2, reviews=1,operator,signed-holds,timestamp,anchors')).toEqual({
      ok: true,
      value: {
        approvals: 2,
        reviews: 1,
        signatures: ['seal', 'operator'],
        holds: 'signed',
        timestamp: 'required',
        anchors: 'logger',
      },
    });
    expect(parseMinimum('')).toEqual({ ok: true, value: {} });
  });

  it.each(['approvals', 'approvals=x', 'approvals=11', 'timestamp=1', 'toString', 'reviews=-1', 'review'])(
    'refuses %s',
    (text) => {
      expect(parseMinimum(text)).toMatchObject({ ok: false, error: { code: 'bad-request' } });
    },
  );

  it('and the plan: the stricter of both holds', () => {
    const plan = { signatures: ['seal' as const], approvals: 2, timestamp: 'required' as const };
    expect(demanded(plan, { signatures: ['seal', 'operator'], approvals: 1, reviews: 1 })).toMatchObject({
      signatures: ['seal', 'operator'],
      approvals: 2,
      reviews: 1,
      timestamp: 'required',
    });
  });
});

describe('a log outside', () => {
  const head = 'ab'.repeat(32);
  const line = `Nov 21 02:03:11 ops holdpoint-evidence: run=20261121T020311Z-4f2a9c seq=7 head=${head}`;

  it('is searched for heads, whatever stands around them', () => {
    expect(parseAnchors(`noise\r\n${line}\r\n{"m":"${line}"}\n`)).toEqual([
      { line: 2, runId: '20261121T020311Z-4f2a9c', seq: 7, head },
      { line: 3, runId: '20261121T020311Z-4f2a9c', seq: 7, head },
    ]);
  });

  it.each([`${line}ab`, line.replace('seq=7', 'seq='), line.replace('run=', 'xrun='), 'x'.repeat(100_000)])(
    'has no head in %.60s',
    (text) => {
      expect(anchorLineOf(text, 1)).toBeNull();
    },
  );
});

it('every finding has its level in its family and a sentence', () => {
  for (const [id, [level, sentence]] of Object.entries(findings)) {
    expect(id).toMatch(/^[a-z]+\.[a-z][a-z0-9-]*$/);
    expect(['container', 'L1', 'L2', 'L3']).toContain(level);
    expect(sentence).toMatch(/^[A-Z].*\.$/s);
  }
});

it('nothing of a bundle can steer a terminal', () => {
  const hostile = '\x1b]0;x\x07\u202eevil\u009b31m\r\n\u{1f600}';
  expect(printable(hostile)).toMatch(/^[\x20-\x7e]*$/);
  expect(printable('x'.repeat(10_000_000)).length).toBeLessThan(700);
});
