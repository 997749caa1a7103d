import { describe, expect, it } from 'vitest';
import type { LibraryEntry, StartDraft } from '../../../electron/contract/views.ts';
import type { Route } from '../../../electron/contract/routes.ts';
import {
  noTarget,
  queryKey,
  queryOf,
  resolve,
  type RouteAnswer,
} from '../../../renderer/features/start/address.ts';
import { goodName, nameFor, nameProblem, parseMembers } from '../../../renderer/features/start/members.ts';
import { firstFields, queriesOf, toRequest } from '../../../renderer/features/start/request.ts';

const pin = `SHA256:${'a'.repeat(43)}`;

function known(...hops: readonly { readonly user: string; readonly port: number }[]): RouteAnswer {
  const route = { hops: hops.map((hop) => ({ host: 'h', alias: 'h', ...hop })) } as unknown as Route;
  return { state: 'known', route };
}
const failed: RouteAnswer = { state: 'failed', failure: { code: 'refused', message: 'no such alias' } };

describe('a typed address', () => {
  it('is complete by itself when user and port are there', () => {
    expect(resolve({ ...noTarget, text: 'ops@db:2222' }, undefined)).toEqual({
      kind: 'address',
      address: { kind: 'ssh', host: 'db', user: 'ops', port: 2222 },
    });
  });
  it('waits for its route, then takes what was left out from it and keeps the alias', () => {
    const fields = { ...noTarget, text: 'db' };
    expect(resolve(fields, undefined).kind).toBe('waiting');
    expect(resolve(fields, { state: 'asking' }).kind).toBe('waiting');
    expect(resolve(fields, known({ user: 'u', port: 1 }, { user: 'ops', port: 2200 }))).toEqual({
      kind: 'address',
      address: { kind: 'ssh', host: 'db', user: 'ops', port: 2200 },
    });
  });
  it('never takes what a person typed from the configuration', () => {
    expect(resolve({ ...noTarget, text: 'root@db' }, known({ user: 'ops', port: 2200 }))).toMatchObject({
      address: { user: 'root', port: 2200 },
    });
  });
  it('is 22 when nobody says a port, and needs a user from somebody', () => {
    expect(resolve({ ...noTarget, text: 'root@db' }, failed)).toMatchObject({ address: { port: 22 } });
    expect(resolve({ ...noTarget, text: 'db' }, failed)).toEqual({
      kind: 'bad',
      field: 'text',
      why: 'no such alias',
    });
  });
  it('keeps named jump hosts in order, each with its own user and port', () => {
    const fields = { ...noTarget, text: 'ops@db:22', via: 'gate, root@inner:2201' };
    const answer = known({ user: 'jump', port: 2200 }, { user: 'x', port: 1 }, { user: 'y', port: 2 });
    expect(resolve(fields, answer)).toEqual({
      kind: 'address',
      address: {
        kind: 'ssh',
        host: 'db',
        user: 'ops',
        port: 22,
        via: [
          { host: 'gate', user: 'jump', port: 2200 },
          { host: 'inner', user: 'root', port: 2201 },
        ],
      },
    });
    expect(resolve(fields, undefined).kind).toBe('waiting');
  });
  it.each([
    ['text', { text: 'a b' }],
    ['via', { text: 'ops@db:22', via: 'ops@:1' }],
    ['pins', { text: 'ops@db:22', pins: 'MD5:00' }],
    ['legacy', { text: 'ops@db:22', legacy: 'x' }],
  ] as const)('says that %s is wrong', (field, given) => {
    expect(resolve({ ...noTarget, ...given }, undefined)).toMatchObject({ kind: 'bad', field });
  });
  it('carries pins and the reason for old algorithms', () => {
    expect(
      resolve({ ...noTarget, text: 'ops@db:22', pins: `${pin}, ${pin}`, legacy: ' old box ' }, undefined),
    ).toMatchObject({ address: { pins: [pin, pin], legacy: 'old box' } });
  });
  it('is asked about only when it can be read', () => {
    expect(queryOf({ ...noTarget, text: '' })).toBeNull();
    expect(queryOf({ ...noTarget, text: ' db ', via: 'a,b' })).toEqual({ text: 'db', via: ['a', 'b'] });
    expect(queryKey({ text: 'a' })).not.toBe(queryKey({ text: 'a', via: ['b'] }));
  });
});

describe('members of a group', () => {
  it('are read from pasted lines in the usual forms', () => {
    const { members, bad } = parseMembers(
      `web-a ops@10.0.0.1:22\n\n# note\nops@db1.example.com ${pin}\r\ndb2.example.com # third`,
      new Set(),
    );
    expect(bad).toEqual([]);
    expect(members).toEqual([
      { name: 'web-a', text: 'ops@10.0.0.1:22', pins: '' },
      { name: 'db1', text: 'ops@db1.example.com', pins: pin },
      { name: 'db2', text: 'db2.example.com', pins: '' },
    ]);
  });
  it('never loses a line that cannot be read: its number is told', () => {
    expect(parseMembers('a b\nA b\na c\nx y z\n-oX=1', new Set()).bad).toEqual([2, 3, 4, 5]);
    expect(parseMembers('a b', new Set(['a'])).bad).toEqual([1]);
  });
  it('get names that can stand in the record, each once', () => {
    const taken = new Set<string>();
    for (const host of ['10.0.0.1', 'ops@DB_1.example.com', 'ops@[2001:db8::1]:22', 'x'.repeat(80)]) {
      for (let n = 0; n < 12; n += 1) {
        const name = nameFor(host, taken);
        expect(goodName(name), name).toBe(true);
        expect(taken.has(name)).toBe(false);
        taken.add(name);
      }
    }
  });
  it('tells a name that is none or there twice', () => {
    const members = ['a', 'a', 'B', 'ops'].map((name) => ({ name, text: '', pins: '' }));
    const others = new Set(['ops']);
    expect(members.map((_, index) => nameProblem(members, index, others))).toEqual([
      'twice',
      'twice',
      'shape',
      'twice',
    ]);
  });
});

const entry = {
  sha256: 'f',
  runbook: {
    id: 'r',
    parameters: [],
    variants: [],
    targets: [
      { name: 'ops', title: 'Ops', identity: [] },
      { name: 'web', title: 'Web', group: true, identity: [] },
      { name: 'desk', title: 'Desk', local: true, identity: [] },
    ],
  },
} as unknown as LibraryEntry;
const draft: StartDraft = { parameters: {}, variants: {}, targets: {} };

describe('the request', () => {
  it('names every member once, under its group and with its address', () => {
    const fields = {
      ...firstFields(entry, draft, false),
      targets: { ops: { ...noTarget, text: 'ops@a:22' } },
      groups: {
        web: {
          members: [
            { name: 'w1', text: 'ops@b:22', pins: '' },
            { name: 'w2', text: 'ops@c:22', pins: pin },
          ],
          via: 'jump@gate:22',
          legacy: '',
        },
      },
    };
    const built = toRequest(entry, fields, false, null, new Map());
    expect(built.problems).toEqual([]);
    expect(built.waiting).toBe(false);
    expect(built.request.groups).toEqual({ web: ['w1', 'w2'] });
    expect(Object.keys(built.request.targets).sort()).toEqual(['desk', 'ops', 'w1', 'w2']);
    expect(built.request.targets).toMatchObject({
      desk: { kind: 'local' },
      w2: { host: 'c', pins: [pin], via: [{ host: 'gate', user: 'jump', port: 22 }] },
    });
    expect(queriesOf(entry, fields, false)).toHaveLength(3);
  });
  it('is none without members, and a member cannot have the name of a target', () => {
    const empty = toRequest(entry, firstFields(entry, draft, false), false, null, new Map());
    expect(empty.problems.map((each) => each.field)).toEqual(['targets.ops', 'groups.web']);
    const group = { members: [{ name: 'ops', text: 'ops@b:22', pins: '' }], via: '', legacy: '' };
    const fields = { ...firstFields(entry, draft, false), groups: { web: group } };
    expect(toRequest(entry, fields, false, null, new Map()).problems.at(-1)?.field).toBe('groups.web');
  });
  it('has members of its own in a rehearsal, and asks about no host', () => {
    const fields = firstFields(entry, draft, true);
    const built = toRequest(entry, fields, true, null, new Map());
    expect(built.problems).toEqual([]);
    expect(built.request.groups?.['web' as never]).toEqual(['web-1', 'web-2', 'web-3']);
    expect(Object.values(built.request.targets).every((address) => address.kind === 'rehearsal')).toBe(true);
    expect(queriesOf(entry, fields, true)).toEqual([]);
  });
  it('takes the addresses of an earlier run over', () => {
    const from = firstFields(
      entry,
      {
        ...draft,
        targets: {
          ops: { kind: 'ssh', host: 'a', user: 'ops', port: 2222, pins: [pin], legacy: 'old box' },
          w1: { kind: 'ssh', host: 'b', user: 'ops', port: 22 },
          desk: { kind: 'ssh', host: 'd', user: 'ops', port: 22 },
        },
        groups: { web: ['w1'] } as unknown as NonNullable<StartDraft['groups']>,
      },
      false,
    );
    expect(from.targets['ops']).toEqual({ text: 'ops@a:2222', via: '', pins: pin, legacy: 'old box' });
    expect(from.groups['web']?.members).toEqual([{ name: 'w1', text: 'ops@b', pins: '' }]);
    expect(from.local['desk']).toBe(false);
  });
});
