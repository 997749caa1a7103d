import { describe, expect, it } from 'vitest';
import type { LinkState } from '../../../electron/contract/views.ts';
import type { TargetView } from '../../../electron/domain/run/state.ts';
import { formatRoute, parseRoute } from '../../../renderer/app/router.ts';
import { attestProblem } from '../../../renderer/features/run/attestation.ts';
import { chipWords, linesOf, pieces } from '../../../renderer/features/run/Command.tsx';
import { readiness } from '../../../renderer/features/run/readiness.ts';
import { sortProblems } from '../../../renderer/features/start/request.ts';
import { auditorCommands } from '../../../renderer/features/evidence/auditor.ts';
import { safeLink } from '../../../renderer/ui/links.ts';

describe('routes', () => {
  it.each([
    '#/library',
    '#/library/a-b',
    '#/library/a-b/paper',
    '#/library/a-b/versions',
    '#/reference',
    '#/reference/jobs',
    '#/reference/jobs/heartbeat',
    '#/start/a-b?rehearsal=1',
    '#/start/a?origin=20261121T020311Z-4f2a9c',
    '#/run',
    '#/run/20261121T020311Z-4f2a9c',
    '#/evidence',
    '#/settings',
  ])('reads %s and writes it back', (hash) => {
    expect(formatRoute(parseRoute(hash))).toBe(hash);
  });
  it.each(['', '#/nowhere', '#/library/../x', '#/start/<b>'])('takes %j to the library', (hash) => {
    expect(parseRoute(hash)).toEqual({ place: 'library', id: null });
  });
});

describe('the command on the screen', () => {
  it('loses no character to its marks', () => {
    const command = 'helm upgrade x\n  --version 1';
    const values = [
      { start: 13, end: 14, name: 'release' },
      { start: 27, end: 28, name: 'v' },
      { start: 2, end: 99, name: 'bad' },
    ] as never;
    const cut = pieces(command, values);
    expect(cut.map((piece) => piece.text).join('')).toBe(command);
    expect(cut.filter((piece) => piece.name !== null).map((piece) => piece.text)).toEqual(['x', '1']);
    const lines = linesOf(cut);
    expect(lines).toHaveLength(2);
    expect(
      lines
        .flat()
        .map((piece) => piece.text)
        .join(''),
    ).toBe(command);
  });
  it('says a word of an expectation once', () => {
    expect(chipWords('exit', 'exit 2')).toEqual({ on: 'exit', must: '2' });
    expect(chipWords('stdout contains', 'contains "x"')).toEqual({ on: 'stdout', must: 'contains "x"' });
    expect(chipWords('stdout', 'has x')).toEqual({ on: 'stdout', must: 'has x' });
  });
});

describe('readiness to run', () => {
  const target = {
    name: 'ops',
    connected: true,
    identity: 'proven',
    identityChecks: [],
  } as unknown as TargetView;
  const preview = { command: 'ls', confirm: 'prod upgrade' } as never;
  const link = { state: 'connected' } as LinkState;
  const base = { barred: null, target, link, preview, typed: 'prod upgrade' };
  it('is given only with a proven host, a shown command and the typed words', () => {
    expect(readiness(base).kind).toBe('run');
    expect(readiness({ ...base, typed: 'prod' }).kind).toBe('barred');
    expect(readiness({ ...base, preview: null }).kind).toBe('barred');
    expect(readiness({ ...base, target: { ...target, identity: 'refuted' } }).kind).toBe('barred');
    expect(readiness({ ...base, target: { ...target, identity: 'unproven' } }).kind).toBe('wait');
    expect(readiness({ ...base, barred: 'storage' })).toEqual({ kind: 'barred', why: 'storage' });
  });
  it('offers to connect when there is no connection', () => {
    expect(readiness({ ...base, target: { ...target, connected: false }, link: undefined }).kind).toBe(
      'connect',
    );
    expect(
      readiness({ ...base, target: { ...target, connected: false }, link: { ...link, state: 'asking' } })
        .kind,
    ).toBe('wait');
  });
});

describe('attestations', () => {
  it('want the value itself', () => {
    expect(attestProblem({ kind: 'number', label: 'n' }, { kind: 'number', number: '1,5' })).not.toBeNull();
    expect(attestProblem({ kind: 'number', label: 'n' }, { kind: 'number', number: '-1.5' })).toBeNull();
    expect(
      attestProblem({ kind: 'checklist', items: ['a', 'b'] }, { kind: 'checklist', ticked: [0] }),
    ).not.toBeNull();
    expect(
      attestProblem({ kind: 'text', label: 't', minLength: 4 }, { kind: 'text', text: 'abc ' }),
    ).not.toBeNull();
  });
});

describe('start problems', () => {
  it('go to their field, or to the list when no field is theirs', () => {
    const sorted = sortProblems(
      [
        { field: 'targets.ops', message: 'a' },
        { field: 'runbook', message: 'b' },
      ],
      new Set(['targets.ops']),
    );
    expect(sorted).toEqual({ byField: { 'targets.ops': 'a' }, others: ['b'] });
  });
});

describe('links in prose', () => {
  it.each(['javascript:alert(1)', 'file:///etc/passwd', 'http://x', 'vscode://x', '//x', 'https://user@x/'])(
    'refuses %s',
    (url) => {
      expect(safeLink(url)).toBeNull();
    },
  );
  it('shows a look-alike name as what it is', () => {
    expect(safeLink('https://ex\u0430mple.com/')).toBe('https://xn--exmple-4nf.com/');
  });
});

describe('the auditor’s commands', () => {
  it('quote what is not safe on a shell line', () => {
    const lines = auditorCommands({
      bundle: { name: "a'b $(x).zip", bytes: 1, sha256: 'f' },
      signatures: [{ role: 'seal', principal: 'ws@device', fingerprint: 'f', keyType: 'ssh-ed25519' }],
      files: [],
    } as never);
    expect(lines[1]).toContain("'a'\\''b $(x).zip'");
    expect(lines.some((line) => line.includes('-n seal.evidence-v1@holdpoint'))).toBe(true);
  });
  it('hold nothing against the manifest that was signed under another statement', () => {
    const signatures = (['seal', 'operator', 'approve', 'verifier', 'review'] as const).map((role) => ({
      role,
    }));
    const lines = auditorCommands({
      bundle: { name: 'a.zip' },
      signatures: signatures.map((each) => ({
        ...each,
        principal: 'a@b',
      })),
    } as never);
    expect(lines.filter((line) => line.includes('-Y verify'))).toHaveLength(2);
  });
});
