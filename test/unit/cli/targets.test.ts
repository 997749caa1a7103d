import { describe, expect, it } from 'vitest';
import { type Placed, placeTargets, type TargetArguments } from '../../../electron/cli/targets.ts';
import type { Result } from '../../../electron/contract/result.ts';

const PIN = `SHA256:${'a'.repeat(43)}`;
const nothing: TargetArguments = { targets: [], members: [], via: [], pins: [], legacy: [] };
const asked: string[] = [];

function place(
  args: Partial<TargetArguments>,
  earlier: Placed = { targets: {}, groups: {} },
): Promise<Result<Placed>> {
  asked.length = 0;
  return placeTargets({ ...nothing, ...args }, new Set(['fleet']), earlier, (text) => {
    asked.push(text);
    return Promise.resolve({ ok: true, value: { user: 'from-config', port: 2222 } });
  });
}

async function placed(args: Partial<TargetArguments>, earlier?: Placed): Promise<Placed> {
  const result = await place(args, earlier);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

describe('targets from the command line', () => {
  it('are taken as they are typed', async () => {
    const { targets } = await placed({
      targets: ['ops=alice@db1:2200', 'six=bob@[2001:db8::1]:22', 'here=local'],
    });
    expect(targets).toEqual({
      ops: { kind: 'ssh', user: 'alice', host: 'db1', port: 2200 },
      six: { kind: 'ssh', user: 'bob', host: '2001:db8::1', port: 22 },
      here: { kind: 'local' },
    });
    expect(asked).toEqual([]);
  });

  it('have the rest from the configuration', async () => {
    const { targets } = await placed({ targets: ['ops=db', 'web=carol@web1'] });
    expect(targets).toEqual({
      ops: { kind: 'ssh', user: 'from-config', host: 'db', port: 2222 },
      web: { kind: 'ssh', user: 'carol', host: 'web1', port: 2222 },
    });
    expect(asked).toEqual(['db', 'carol@web1']);
  });

  it('get jump hosts in order, pins and a reason for old algorithms', async () => {
    const { targets } = await placed({
      targets: ['ops=alice@db1:22'],
      via: ['ops=a@edge:22', 'ops=b@inner:2022'],
      pins: [`ops=${PIN}`, `ops=${PIN}`],
      legacy: ['ops=switch from 2009 = old'],
    });
    expect(targets).toEqual({
      ops: {
        kind: 'ssh',
        user: 'alice',
        host: 'db1',
        port: 22,
        via: [
          { user: 'a', host: 'edge', port: 22 },
          { user: 'b', host: 'inner', port: 2022 },
        ],
        pins: [PIN],
        legacy: 'switch from 2009 = old',
      },
    });
  });

  it('can be groups, with names from the hosts or of their own', async () => {
    const { targets, groups } = await placed({
      targets: ['fleet=r@web1.example:22,r@web1.other:22,r@10.0.0.7:22'],
      members: ['fleet=last:r@web9:22'],
      legacy: ['fleet=all of them are old'],
    });
    expect(groups).toEqual({ fleet: ['web1', 'web1-2', 'fleet-10-0-0-7', 'last'] });
    expect(Object.keys(targets)).toEqual(['web1', 'web1-2', 'fleet-10-0-0-7', 'last']);
    for (const address of Object.values(targets))
      expect(address).toMatchObject({ legacy: 'all of them are old' });
  });

  it('replace earlier ones, and options hold for earlier ones too', async () => {
    const earlier = {
      targets: { ops: { kind: 'ssh', user: 'u', host: 'h', port: 22 } },
      groups: {},
    } as const;
    expect((await placed({ via: ['ops=j@jump:22'] }, earlier as never)).targets).toMatchObject({
      ops: { host: 'h', via: [{ host: 'jump' }] },
    });
  });

  it('of a group that is named anew are the new ones alone', async () => {
    const old = { kind: 'ssh', user: 'u', host: 'gone', port: 22 };
    const earlier = { targets: { web1: old, db: old }, groups: { fleet: ['web1', 'db'] } };
    const { targets, groups } = await placed({ targets: ['fleet=r@web1:22'] }, earlier);
    expect(groups).toEqual({ fleet: ['web1'] });
    expect(targets).toEqual({ web1: { kind: 'ssh', user: 'r', host: 'web1', port: 22 } });
  });

  it.each([
    [{ targets: ['ops'] }, '--target ops'],
    [{ targets: ['Ops=a@b:1'] }, '--target Ops=a@b:1'],
    [{ targets: ['ops=-oProxyCommand=x'] }, 'is not a host'],
    [{ members: ['fleet=a@b:22'] }, '--member fleet=a@b:22'],
    [{ via: ['other=a@b:22'] }, 'other is not a target reached by SSH'],
    [{ targets: ['ops=local'], pins: [`ops=${PIN}`] }, 'not a target reached by SSH'],
    [{ targets: ['ops=a@b:22'], pins: ['ops=MD5:aa'] }, '--pin ops=MD5:aa cannot be used'],
    [{ targets: ['ops=a@b:22'], legacy: ['ops=x'] }, '--legacy ops=x cannot be used'],
  ])('%j is refused with words', async (args, words) => {
    expect(await place(args)).toMatchObject({
      ok: false,
      error: { code: 'bad-request', message: expect.stringContaining(words) },
    });
  });
});
