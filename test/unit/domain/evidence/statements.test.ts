/** Statements as bytes and back: one form only, and nothing that people sign is read in another. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Statement } from '../../../../electron/contract/statements.ts';
import { Statement as Schema } from '../../../../electron/contract/statements.ts';
import { escapeText } from '../../../../electron/domain/evidence/jcs.ts';
import {
  MAX_STATEMENT_CHARS,
  parseStatement,
  parseStatementOf,
  signRequest,
  statementText,
} from '../../../../electron/domain/evidence/statements.ts';

const sha = 'a'.repeat(64);
const at = '2026-11-22T01:02:03.000Z';
const nonce = '0'.repeat(32);
const runId = '20261122T010203Z-aabbcc';
const made = (value: unknown): Statement => Schema.parse(value);

const approval = made({
  format: 1,
  kind: 'approval',
  runId,
  planSha256: sha,
  runbook: { id: 'upgrade', version: '1.0.0', sha256: sha },
  operator: 'alice@example.com',
  ticket: 'CHG-1',
  requestedAt: at,
  expiresAt: at,
  nonce,
});
const hold = made({
  format: 1,
  kind: 'hold',
  runId,
  planSha256: sha,
  step: 'go-live',
  head: sha,
  guards: [{ step: 'act', target: 'ops', commandSha256: sha }],
  requestedAt: at,
  expiresAt: at,
  nonce,
});
const review = (comment: string) =>
  made({
    format: 1,
    kind: 'review',
    runId,
    manifestSha256: sha,
    verdict: 'accepted',
    comment,
    requestedAt: at,
    nonce,
  });

describe('a statement', () => {
  test('is one canonical line, and reads back as what it was, whatever people wrote', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (comment) => {
        const statement = review(escapeText(comment));
        const text = statementText(statement);
        expect(text.split('\n')).toHaveLength(2);
        expect(parseStatement(text)).toEqual({ ok: true, value: statement });
      }),
      { numRuns: 100, seed: 4 },
    );
    for (const statement of [approval, hold]) {
      expect(parseStatement(statementText(statement))).toEqual({ ok: true, value: statement });
    }
  });

  test('is read in no other form', () => {
    const text = statementText(hold);
    const bad = [
      '',
      text.trimEnd(),
      `${text}\n`,
      ` ${text}`,
      text.replace('\n', '\r\n'),
      text.replace('{', '{ '),
      text.replace('"format":1', '"format":1.0'),
      text.replace('"format":1', '"format":2'),
      text.replace('"format":1', '"extra":1,"format":1'),
      text.replace('"kind":"hold"', '"kind":"hold","kind":"hold"'),
      text.replace('"kind":"hold"', '"kind":"pass"'),
      text.replace(runId, '../../etc/passwd'),
      text.replace(sha, sha.toUpperCase()),
      'x'.repeat(MAX_STATEMENT_CHARS + 1),
    ];
    for (const one of bad) expect(parseStatement(one).ok, one.slice(0, 80)).toBe(false);
    expect(parseStatementOf('approval', text)).toEqual({
      ok: false,
      error: 'it is of kind hold, not approval',
    });
  });

  test('goes out with the name, the namespace and the command that stock OpenSSH needs', () => {
    if (hold.kind === 'enrolment' || approval.kind === 'enrolment') throw new Error('none of these');
    expect(signRequest(hold, statementText(hold), sha as never, 'verifier')).toEqual({
      name: `${runId}.hold-go-live.json`,
      text: statementText(hold),
      sha256: sha,
      namespace: 'verifier.evidence-v1@holdpoint',
      command: `ssh-keygen -Y sign -f KEY -n verifier.evidence-v1@holdpoint ${runId}.hold-go-live.json`,
      expiresAt: at,
    });
    expect(signRequest(approval, '', sha as never, 'approve').name).toBe(`${runId}.approval.json`);
  });
});
