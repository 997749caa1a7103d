import { describe, expect, it } from 'vitest';
import type { LibraryEntry, StartDraft } from '../../../electron/contract/views.ts';
import { checkKey } from '../../../renderer/features/start/useStartCheck.ts';
import { firstFields, toRequest } from '../../../renderer/features/start/request.ts';
import { besideUtc, parseUtc, windowProblems } from '../../../renderer/features/start/window.ts';

const entry = {
  sha256: 'ab'.repeat(32),
  runbook: {
    id: 'a',
    targets: [
      { name: 'ops', title: 'Ops', identity: [] },
      { name: 'web', title: 'Web', group: true, identity: [] },
    ],
    parameters: [
      { name: 'release', title: 'Release', type: { kind: 'text' }, required: true },
      { name: 'password', title: 'Password', type: { kind: 'secret' }, required: true },
    ],
    variants: [],
  },
} as unknown as LibraryEntry;
const address = { kind: 'ssh', host: 'ops', user: 'deploy', port: 2222, anchor: true } as const;
const draft = {
  parameters: { release: '1.2', password: 'from-an-old-plan' },
  variants: {},
  targets: { ops: address, 'web-1': { ...address, host: 'web' } },
  groups: { web: ['web-1'] },
} as unknown as StartDraft;

describe('a secret in the start form', () => {
  it('is never prefilled and never among the parameters', () => {
    const fields = firstFields(entry, draft, false);
    expect(JSON.stringify(fields)).not.toContain('from-an-old-plan');
    const { request } = toRequest(entry, fields, false, null, new Map(), { password: 's3cret', empty: '' });
    expect(request.secrets).toEqual({ password: 's3cret' });
    expect(request.parameters).toEqual({ release: '1.2' });
  });
  it('is not part of what is kept with a check, and a retyped one is checked anew', () => {
    const { request } = toRequest(entry, firstFields(entry, draft, false), false, null, new Map(), {
      password: 's3cret',
    });
    expect(checkKey(request, 1)).not.toContain('s3cret');
    expect(checkKey(request, 1)).not.toBe(checkKey(request, 2));
  });
});

describe('what else the form asks', () => {
  const base = firstFields(entry, draft, false);
  it('takes over which hosts may be written to, and says it of each', () => {
    expect(base.anchor).toEqual({ ops: true, web: true });
    const { request } = toRequest(
      entry,
      { ...base, anchor: { ops: true, web: false } },
      false,
      null,
      new Map(),
    );
    expect(request.targets).toMatchObject({ ops: { anchor: true } });
    expect(request.targets['web-1' as never]).not.toHaveProperty('anchor');
  });
  it('sends impact, way back and window only where they were filled in', () => {
    const bare = toRequest(entry, base, false, null, new Map()).request;
    expect(bare.change).toEqual({ ticket: '', reason: '' });
    expect(bare).not.toHaveProperty('window');
    const full = toRequest(
      entry,
      {
        ...base,
        securityImpact: ' none ',
        fallback: 'restore',
        window: { on: true, from: '2026-11-22 02:00', to: '2026-11-22T04:00' },
      },
      false,
      null,
      new Map(),
    ).request;
    expect(full.change).toMatchObject({ securityImpact: 'none', fallback: 'restore' });
    expect(full.window).toEqual({ from: '2026-11-22T02:00:00.000Z', to: '2026-11-22T04:00:00.000Z' });
  });
});

describe('a change window in UTC', () => {
  it.each(['2026-02-30 02:00', '2026-11-22 24:10', '2026-11-22', '22.11.2026 02:00', ''])(
    'does not take %j for a time',
    (text) => {
      expect(parseUtc(text)).toBeNull();
    },
  );
  it('shows the desk’s own clock beside it, across midnight too', () => {
    expect(besideUtc('2026-11-22 23:30', 'Europe/Prague')).toBe('00:30 Prague · Mon');
    expect(besideUtc('tomorrow', 'Europe/Prague')).toBe('');
  });
  it('ends after it begins', () => {
    const window = { on: true, from: '2026-11-22 02:00', to: '2026-11-22 02:00' };
    expect(windowProblems(window).map((each) => each.field)).toEqual(['window.to']);
    expect(windowProblems({ ...window, on: false })).toEqual([]);
    expect(windowProblems({ ...window, to: '2026-11-22 02:01' })).toEqual([]);
  });
});
