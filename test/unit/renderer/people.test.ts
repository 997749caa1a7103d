import { encode } from 'uqr';
import { describe, expect, it } from 'vitest';
import type {
  KeyOnDesk,
  LedgerEntryView,
  PreparedPlan,
  TrustedSigner,
  TrustView,
} from '../../../electron/contract/people.ts';
import type { RunId } from '../../../electron/contract/ids.ts';
import type { JournalRecord } from '../../../electron/contract/records.ts';
import type { Plan } from '../../../electron/contract/plan.ts';
import type { HoldStep } from '../../../electron/contract/steps.ts';
import type { RunState, StepView } from '../../../electron/domain/run/state.ts';
import { recordMarks } from '../../../renderer/features/evidence/marks.ts';
import { ledgerRows, countStandings } from '../../../renderer/features/ledger/ledgerModel.ts';
import { hoursText, policyWith, requestHourChoices } from '../../../renderer/features/people/policyModel.ts';
import { policySentences } from '../../../renderer/features/people/policyWords.ts';
import { lineChanges, signerState, trustChange } from '../../../renderer/features/people/trustModel.ts';
import {
  planRows,
  standingOf,
  startBarred,
  windowBarred,
} from '../../../renderer/features/plans/planModel.ts';
import { keyRows } from '../../../renderer/features/requests/keyRows.ts';
import { looksLikeArmor, statementWords } from '../../../renderer/features/requests/statementWords.ts';
import { holdBarred, holdSlots } from '../../../renderer/features/run/holdModel.ts';
import { qrPath } from '../../../renderer/ui/QrCode.tsx';

const now = Date.parse('2026-11-22T02:00:00.000Z');
const later = '2026-11-22T03:00:00.000Z';
const runId = '20261122T020000Z-4f2a9c' as RunId;
const sha = 'ab'.repeat(32);

describe('a policy in words', () => {
  it('says what is asked for, and nothing where nothing is', () => {
    expect(policySentences({})).toEqual([]);
    expect(policySentences({ approvals: 0, holds: 'named', reviews: 0 })).toEqual([]);
    expect(policySentences({ approvals: 2, holds: 'signed', reviews: 1 })).toEqual([
      '2 approvals before it starts.',
      'Holds are passed with signatures, not by naming people.',
      '1 review that accepts the evidence.',
    ]);
  });
  it('leaves out what asks for nothing when it is edited', () => {
    expect(policyWith({ approvals: 2, holds: 'signed' }, { approvals: 0, holds: undefined })).toEqual({});
    expect(policyWith({}, { reviews: 1, anchors: 'logger' })).toEqual({ reviews: 1, anchors: 'logger' });
  });
  it('offers the span that is set also when it is none of the usual ones', () => {
    expect(requestHourChoices(5)).toContain(5);
    expect([hoursText(1), hoursText(24), hoursText(168)]).toEqual(['1 hour', '24 hours', '7 days']);
  });
});

describe('a statement in words', () => {
  const approval = {
    format: 1,
    kind: 'approval',
    runId,
    planSha256: sha,
    runbook: { id: 'a', version: '1', sha256: sha },
    operator: 'alice@example.com',
    ticket: 'CHG-1 \u202eevil',
    requestedAt: later,
    expiresAt: later,
    nonce: '0'.repeat(32),
  };
  it('is read from the very text, with every control and direction character visible', () => {
    const words = statementWords(`${JSON.stringify(approval)}\n`);
    expect(words?.means).toBe('request.approval');
    expect(words?.facts.find((each) => each.label === 'request.ticket')?.value).toBe('CHG-1 <U+202E>evil');
  });
  it.each([
    '',
    'x',
    '{}',
    '[]',
    '{"kind":"other"}',
    '{"kind":"approval"}',
    '{"kind":"hold","guards":1}',
    'null',
  ])('is none for %j', (text) => {
    expect(statementWords(text)).toBeNull();
  });
  it('names what stands behind a hold', () => {
    const hold = {
      ...approval,
      kind: 'hold',
      step: 'go',
      head: sha,
      guards: [{ step: 'drop', target: 'db', commandSha256: sha }],
    };
    expect(statementWords(JSON.stringify(hold))?.guards).toEqual([
      { step: 'drop', target: 'db', sha256: 'abab…abab' },
    ]);
    expect(statementWords(JSON.stringify({ ...hold, unguarded: ['fetch'] }))?.unguarded).toEqual(['fetch']);
  });
  it('tells a signature from other text', () => {
    const armor = '-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----\n';
    expect(looksLikeArmor(armor)).toBe(true);
    expect(looksLikeArmor(`  ${armor.replaceAll('\n', '\r\n')} `)).toBe(true);
    expect(looksLikeArmor(`${armor}more`)).toBe(false);
    expect(looksLikeArmor('-----BEGIN OPENSSH PRIVATE KEY-----\nx\n-----END OPENSSH PRIVATE KEY-----')).toBe(
      false,
    );
  });
});

describe('keys for a role', () => {
  const key = (comment: string, listed: KeyOnDesk['listed']): KeyOnDesk => ({
    source: { kind: 'agent', fingerprint: comment },
    keyType: 'ssh-ed25519',
    fingerprint: `SHA256:${comment}`,
    comment,
    encrypted: false,
    listed,
  });
  it('puts first those that count; the operator’s own does not, and one listed for another role does not', () => {
    const rows = keyRows(
      [
        key('own', [{ principal: 'alice@example.com', roles: ['approve'] }]),
        key('other-role', [{ principal: 'bob@example.com', roles: ['review'] }]),
        key('good', [{ principal: 'carol@example.com', roles: ['approve'] }]),
      ],
      'approve',
      'alice@example.com',
    );
    expect(rows.map((row) => [row.key.comment, row.counts])).toEqual([
      ['good', true],
      ['own', false],
      ['other-role', false],
    ]);
  });
  it('lets somebody sign who has a second name there that may', () => {
    const two = key('two', [
      { principal: 'alice@example.com', roles: ['approve'] },
      { principal: 'zoe@example.com', roles: ['approve'] },
    ]);
    // The host judges by the key, too: one key under two names is never offered as somebody else's.
    expect(keyRows([two], 'approve', 'alice@example.com')[0]?.counts).toBe(false);
  });
});

describe('plans that wait', () => {
  const plan = (more: Partial<PreparedPlan>): PreparedPlan =>
    ({
      runId,
      state: 'waiting',
      needed: 2,
      approvals: [],
      secrets: [],
      expiresAt: later,
      title: 'x',
      ...more,
    }) as unknown as PreparedPlan;
  it('expires by the clock here, whatever the host last said', () => {
    expect(standingOf(plan({ state: 'approved' }), now)).toBe('approved');
    expect(standingOf(plan({ state: 'approved' }), Date.parse(later))).toBe('expired');
  });
  it('puts approved ones first and expired ones last', () => {
    const rows = planRows(
      [
        plan({ title: 'old', expiresAt: '2026-11-22T01:00:00.000Z' }),
        plan({ title: 'late', expiresAt: '2026-11-22T09:00:00.000Z' }),
        plan({ title: 'soon' }),
        plan({ title: 'ready', state: 'approved' }),
      ],
      now,
    );
    expect(rows.map((row) => row.title)).toEqual(['ready', 'soon', 'late', 'old']);
  });
  it('starts only approved, in time and with its secrets', () => {
    expect(startBarred(plan({}), {}, now)).toBe('2 approvals are missing.');
    const ready = plan({ state: 'approved', secrets: ['a', 'b'] });
    expect(startBarred(ready, { a: 'x', b: '' }, now)).toBe('Give the secrets: b.');
    expect(startBarred(ready, { a: 'x', b: 'y' }, now)).toBe('');
    expect(startBarred(ready, { a: 'x', b: 'y' }, Date.parse(later))).toMatch(/expired/);
  });
  it('waits for its window, unless it is a rehearsal', () => {
    const window = { from: '2026-11-22T02:30:00.000Z', to: later } as NonNullable<Plan['window']>;
    const at = (minutes: number): number => now + minutes * 60_000;
    expect(windowBarred({ rehearsal: false, window }, at(0))).toBe(
      'The window begins in 30 min, Sun 2026-11-22 02:30:00 UTC.',
    );
    expect(windowBarred({ rehearsal: false, window }, at(30))).toBe('');
    expect(windowBarred({ rehearsal: false, window }, at(60))).toMatch(/window is over/);
    expect(windowBarred({ rehearsal: true, window }, at(60))).toBe('');
    expect(windowBarred({ rehearsal: false }, at(60))).toBe('');
    expect(windowBarred(undefined, at(60))).toBe('');
  });
});

describe('the trust', () => {
  const signer = (more: Partial<TrustedSigner>): TrustedSigner => ({
    line: 1,
    principals: ['a@b'],
    roles: ['approve'],
    keyType: 'ssh-ed25519',
    fingerprint: 'SHA256:x',
    revoked: false,
    ...more,
  });
  it('says why a line does not count', () => {
    expect(signerState(signer({}), now).tone).toBe('ok');
    expect(signerState(signer({ revoked: true }), now)).toEqual({ tone: 'bad', text: 'revoked' });
    expect(signerState(signer({ problem: 'small-order key' }), now).text).toBe('small-order key');
    expect(signerState(signer({ validBefore: '2026-11-22T02:00:00.000Z' }), now).tone).toBe('bad');
    expect(signerState(signer({ validAfter: later }), now).tone).toBe('warn');
    expect(signerState(signer({ roles: [] }), now).tone).toBe('warn');
  });
  it('shows what a change adds and takes away, whatever the line endings and comments', () => {
    expect(lineChanges('# c\na\nb\n', '# d\r\nb\r\nc\r\n')).toEqual({ added: ['c'], gone: ['a'] });
    expect(lineChanges('a\n', '\n# x\n a \n')).toEqual({ added: [], gone: [] });
  });
  it('sends only the parts that were changed', () => {
    const before = { allowedSigners: 'a', revoked: 'r', tsaCa: '' } as unknown as TrustView;
    expect(trustChange(before, { allowedSigners: 'a', revoked: '', tsaCa: '' })).toEqual({ revoked: '' });
  });
});

describe('the ledger', () => {
  const entry = (seq: number, type: LedgerEntryView['type'], id: string): LedgerEntryView =>
    ({ seq, type, runId: id, t: later }) as unknown as LedgerEntryView;
  it('is one row a run, newest first, and loses none', () => {
    const rows = ledgerRows([
      entry(0, 'open', 'a'),
      entry(1, 'open', 'b'),
      entry(2, 'seal', 'a'),
      entry(3, 'seal', 'ghost'),
      entry(4, 'abandon', 'b'),
      entry(5, 'open', 'c'),
    ]);
    expect(rows.map((row) => [row.runId, row.standing, row.opened?.seq, row.closed?.seq])).toEqual([
      ['c', 'open', 5, undefined],
      ['ghost', 'sealed', undefined, 3],
      ['b', 'abandoned', 1, 4],
      ['a', 'sealed', 0, 2],
    ]);
    expect(countStandings(rows)).toEqual({ open: 1, sealed: 2, abandoned: 1 });
  });
});

describe('a QR code', () => {
  it('draws each dark module once and no light one', () => {
    const { data } = encode('20261122T020000Z-4f2a9c', { ecc: 'L', border: 2 });
    const drawn = new Set<string>();
    for (const [, x = '', y = '', width = ''] of qrPath(data).matchAll(/M(\d+) (\d+)h(\d+)v1H\d+z/g)) {
      for (let i = 0; i < Number(width); i += 1) drawn.add(`${String(Number(x) + i)}:${y}`);
    }
    const dark = data.flatMap((row, y) => row.flatMap((on, x) => (on ? [`${String(x)}:${String(y)}`] : [])));
    expect([...drawn].sort()).toEqual(dark.sort());
  });
});

describe('marks on the record', () => {
  it('shows witnesses, masked secrets, what was given and what was not kept, in their order', () => {
    const record = (seq: number, type: string, d: object): JournalRecord =>
      ({ _seq: seq, _prev: sha, mono: 0, t: later, type, d }) as unknown as JournalRecord;
    const marks = recordMarks(
      [
        record(1, 'step.start', { step: 'dump', attempt: 2, fed: ['password'], withheld: true }),
        record(2, 'step.start', { step: 'plain', attempt: 1 }),
        record(3, 'redaction', { file: 'f', rule: 'password', count: 2 }),
        record(4, 'anchor.emit', { target: 'db', method: 'logger', seq: 3, head: sha, ok: true }),
        record(5, 'anchor.emit', {
          target: 'web',
          method: 'logger',
          seq: 3,
          head: sha,
          ok: false,
          detail: 'no logger\u001b[2J',
        }),
      ],
      (id) => id.toUpperCase(),
    );
    expect(marks.map((mark) => [mark.seq, mark.tone, mark.text])).toEqual([
      [1, 'plain', 'DUMP got password on its standard input.'],
      [1, 'plain', 'DUMP, attempt 2: what came back was judged and kept nowhere.'],
      [3, 'plain', 'password, 2 times in f'],
      [4, 'plain', 'The head at record 3 was written to the log of db.'],
      [5, 'warn', 'The head could not be written to the log of web. no logger<U+001B>[2J'],
    ]);
  });
});

describe('the places of a signed hold', () => {
  const step = {
    kind: 'hold',
    id: 'go',
    title: 'Go',
    hold: 'go',
    signers: ['operator', 'verifier', 'owner'],
    needs: 2,
  };
  const signature = (role: string, principal: string, statement = sha): object => ({
    role,
    principal,
    fingerprint: `SHA256:${principal}`,
    statement,
    at: later,
  });
  const view = (signatures: readonly object[]): StepView =>
    ({
      step,
      status: { state: 'current' },
      request: { statement: { sha256: sha }, guards: [], expiresAt: later, signatures },
    }) as unknown as StepView;
  const state = { principal: 'alice@example.com' } as unknown as RunState;
  const given = (signatures: readonly object[]): readonly (string | undefined)[] =>
    holdSlots(state, view(signatures), step as unknown as HoldStep).map((slot) => slot.given?.principal);

  it('are filled by role, each person once, and not by what was signed under another statement', () => {
    expect(
      given([
        signature('owner', 'carol@example.com', 'cd'.repeat(32)),
        signature('verifier', 'bob@example.com'),
        signature('owner', 'BOB@example.com'),
        signature('operator', 'alice@example.com'),
      ]),
    ).toEqual(['alice@example.com', 'bob@example.com', undefined]);
  });
  it('say what is missing, and that time is over', () => {
    const why = (signatures: readonly object[], at = now): string => {
      const hold = view(signatures);
      return holdBarred(
        hold,
        step as unknown as HoldStep,
        holdSlots(state, hold, step as unknown as HoldStep),
        at,
      );
    };
    const two = [signature('operator', 'alice@example.com'), signature('verifier', 'bob@example.com')];
    expect(why([])).toBe('2 more signatures are needed, from any of these: operator, verifier, owner.');
    expect(why(two.slice(0, 1))).toBe('One more signature is needed, from any of these: verifier, owner.');
    expect(why(two)).toBe('');
    expect(why(two, Date.parse(later))).toMatch(/expired/);
    expect(holdBarred({ step } as unknown as StepView, step as unknown as HoldStep, [], now)).toMatch(
      /No signatures have been asked for/,
    );
  });
});
