/** Where a run goes to: what a start request must say of targets and groups, and what the form begins with. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StartRequest } from '../../../../electron/contract/start.ts';
import type { StepId, TargetName } from '../../../../electron/contract/ids.ts';
import type { Plan } from '../../../../electron/contract/plan.ts';
import type { Runbook } from '../../../../electron/contract/runbook.ts';
import { fetchedPath, kindOf, pathProblem } from '../../../../electron/domain/evidence/names.ts';
import type { LoadedRunbook } from '../../../../electron/host/library/library.ts';
import { placeProblems } from '../../../../electron/host/runs/placeCheck.ts';
import { draftFor } from '../../../../electron/host/runs/runForms.ts';
import { commandBase } from '../../../../electron/host/runs/runFolder.ts';

const runbook = {
  targets: [
    { name: 'ops', title: 'Operations', identity: [] },
    { name: 'desk', title: 'The desk', local: true, identity: [] },
    { name: 'web', title: 'Web servers', group: true, identity: [] },
  ],
  parameters: [],
  variants: [],
} as unknown as Runbook;

const ssh = (host: string, more: Record<string, unknown> = {}) => ({
  kind: 'ssh',
  host,
  port: 22,
  user: 'ops',
  ...more,
});
const good = {
  ops: ssh('a'),
  desk: { kind: 'local' },
  'web-1': ssh('b'),
  'web-2': ssh('c'),
};

function problems(change: Record<string, unknown>): readonly string[] {
  const request = { rehearsal: false, targets: good, groups: { web: ['web-1', 'web-2'] }, ...change };
  return placeProblems(request as unknown as StartRequest, runbook).map(
    ({ field, message }) => `${field}: ${message}`,
  );
}

describe('the places of a start request', () => {
  test('are fine when each target and each member has an address', () => {
    expect(problems({})).toEqual([]);
  });

  test.each([
    [{ groups: {} }, 'groups.web: Say which hosts Web servers means: at least one.'],
    [{ groups: { web: ['web-1', 'web-1'] } }, 'groups.web: web-1 stands there twice.'],
    [
      { groups: { web: ['web-1', 'ops'] } },
      'groups.web: ops is the name of a target: give the host another name.',
    ],
    [{ groups: { web: ['web-1'], db: ['x'] } }, 'groups.db: This runbook has no such group.'],
    [{ targets: { ...good, 'web-2': ssh('B') } }, 'groups.web: web-1 and web-2 are the same host: ops@B:22.'],
    [{ targets: { ...good, web: ssh('d') } }, 'targets.web: This runbook has no such target.'],
    [
      { targets: { ops: good.ops, desk: good.desk, 'web-1': good['web-1'] } },
      'targets.web-2: Say where web-2 is: user@host:port.',
    ],
    [
      { targets: { ...good, ops: { kind: 'local' } } },
      'targets.ops: The runbook does not ask for this computer: say on which host ops is.',
    ],
    [
      { targets: { ...good, desk: ssh('d') } },
      'targets.desk: The runbook runs The desk on this computer: no other host will do.',
    ],
    [{ targets: { ...good, ops: { kind: 'rehearsal' } } }, 'targets.ops: A real run needs a real host.'],
    [{ rehearsal: true }, 'targets.ops: A rehearsal runs on the rehearsal host only.'],
    [
      { targets: { ...good, ops: ssh('a', { legacy: '    ' }) } },
      'targets.ops: Say why old algorithms may be used with this host.',
    ],
    [
      { targets: { ...good, ops: ssh('a', { via: [{ host: 'a', port: 22, user: 'ops' }] }) } },
      'targets.ops: ops@a:22 cannot be its own jump host.',
    ],
  ])('are refused by field: %j', (change, expected) => {
    expect(problems(change)).toContain(expected);
  });

  test('may not have one host in two groups, nor a member under the name of a target or a group', () => {
    const two = {
      ...runbook,
      targets: [...runbook.targets, { name: 'db', title: 'Databases', group: true, identity: [] }],
    } as unknown as Runbook;
    const said = (groups: Record<string, readonly string[]>) =>
      placeProblems({ rehearsal: false, targets: good, groups } as unknown as StartRequest, two).map(
        ({ field, message }) => `${field}: ${message}`,
      );
    expect(said({ web: ['web-1'], db: ['web-2'] })).toEqual([]);
    expect(said({ web: ['web-1', 'web-2'], db: ['web-2'] })).toEqual([
      'groups.db: web-2 stands there twice.',
    ]);
    expect(said({ web: ['web-1', 'web-2'], db: ['web'] })).toContain(
      'groups.db: web is the name of a target: give the host another name.',
    );
    expect(said({ web: ['web-1', 'web-2'], db: ['ops'] })).toContain(
      'groups.db: ops is the name of a target: give the host another name.',
    );
  });

  test('may name one address for hosts behind different jump hosts', () => {
    const behind = (jump: string) => ssh('10.0.0.1', { via: [{ host: jump, port: 22, user: 'ops' }] });
    expect(problems({ targets: { ...good, 'web-1': behind('x'), 'web-2': behind('y') } })).toEqual([]);
  });
});

describe('the start form', () => {
  const entry = { runbook } as unknown as LoadedRunbook;
  const last = {
    targets: good,
    groups: { web: ['web-1', 'web-2'] },
  } as unknown as Plan;

  test('begins with the groups of the last run, and with the computer where the runbook asks for it', () => {
    const draft = draftFor(entry, false, null, last);
    expect(draft.groups).toEqual({ web: ['web-1', 'web-2'] });
    expect(draft.targets).toEqual({ desk: good.desk, 'web-1': good['web-1'], 'web-2': good['web-2'] });
    expect(draftFor(entry, false, null, null).groups).toBeUndefined();
  });

  test('rehearses a group on hosts of its own', () => {
    const draft = draftFor(entry, true, null, null);
    expect(draft.groups).toEqual({ web: ['web-1', 'web-2'] });
    expect(Object.values(draft.targets).every(({ kind }) => kind === 'rehearsal')).toBe(true);
  });
});

describe('a fetched file', () => {
  test.each([
    ['/etc/app/config.yaml', 'files/01-take/config.yaml'],
    ['/root/.bashrc', 'files/01-take/dot-bashrc'],
    ['/srv/CON', 'files/01-take/file-CON'],
    ['/tmp/..', 'files/01-take/file'],
    ['/', 'files/01-take/file'],
  ])('%s is kept under a name that is safe anywhere', (path, expected) => {
    expect(fetchedPath('01-take', path)).toBe(expected);
  });

  test('is never kept under a name that the evidence refuses', () => {
    const longest = commandBase(99_999, 's'.repeat(64) as StepId, 't'.repeat(32) as TargetName, true);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (remote) => {
        for (const base of ['01-take', longest]) {
          const path = fetchedPath(base, `/srv/${remote}`);
          expect(pathProblem(path)).toBeNull();
          expect(kindOf(path)).toBe('fetched');
        }
      }),
    );
  });
});
