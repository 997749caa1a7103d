/** Which hop a replaced host key is for, and whether known_hosts really changed. */
import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RecordBody } from '../../../../electron/contract/records.ts';
import type { ConnectOptions } from '../../../../electron/host/connect/connection.ts';
import { isReplaced, withReplacement } from '../../../../electron/host/runs/keyReplacement.ts';
import { temporary } from './temporary.ts';

const record = {} as RecordBody;
const hop = (host: string, port: number) => ({
  host,
  port,
  user: 'ops',
  knownHosts: [],
  identityFiles: [],
  keepAlive: { intervalMs: 0, count: 3 },
});
const reach = (jumps: readonly string[]): ConnectOptions => ({
  ...hop('10.0.0.1', 22),
  jumps: jumps.map((host) => hop(host, 22)),
  ask: () => Promise.resolve({ kind: 'cancel' }),
  timeoutMs: 1,
});
const changedAt = (address: string) => ({
  record,
  changed: {
    address,
    name: 'x',
    old: [],
    shown: { type: 'ssh-ed25519', fingerprint: 'SHA256:new', randomart: '' },
  },
});

test('replaces at the hop that showed the key, and nowhere else', () => {
  const options = reach(['bastion', '::1']);
  const atJump = withReplacement(options, changedAt('ops@[::1]:22'));
  if (!atJump.ok) throw new Error(atJump.error.message);
  expect(atJump.value.replace).toBeUndefined();
  expect(atJump.value.jumps?.map((jump) => jump.replace)).toEqual([undefined, { fingerprint: 'SHA256:new' }]);
  const atHost = withReplacement(options, changedAt('ops@10.0.0.1:22'));
  expect(atHost.ok && atHost.value.replace).toEqual({ fingerprint: 'SHA256:new' });
  expect(atHost.ok && atHost.value.jumps?.some((jump) => jump.replace !== undefined)).toBe(false);
  expect(withReplacement(options, changedAt('ops@elsewhere:22')).ok).toBe(false);
});

test('counts as done only when the line of the old key is gone and the new key is there', async () => {
  const key = () => randomBytes(32).toString('base64');
  const [old, next] = [key(), key()];
  const fingerprint = (blob: string) =>
    `SHA256:${createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '')}`;
  const file = join(await temporary(), 'known_hosts');
  const by = {
    record,
    changed: {
      ...changedAt('ops@a:22').changed,
      old: [{ type: 'ssh-ed25519', fingerprint: fingerprint(old), file, line: 2 }],
      shown: { type: 'ssh-ed25519', fingerprint: fingerprint(next), randomart: '' },
    },
  };
  expect(await isReplaced(by)).toBe(false);
  await writeFile(file, `# mine\na ssh-ed25519 ${old}\n`);
  expect(await isReplaced(by)).toBe(false);
  // The same key is known for another host; that says nothing of this one.
  await writeFile(file, `# mine\na ssh-ed25519 ${old}\nb ssh-ed25519 ${next}\n`);
  expect(await isReplaced(by)).toBe(false);
  await writeFile(file, `# mine\na ssh-ed25519 ${next}\n`);
  expect(await isReplaced(by)).toBe(true);
});
