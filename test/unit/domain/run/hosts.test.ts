/** What people ask about a host apart from any step, and what is remembered of hosts. */
import { describe, expect, test } from 'vitest';
import type { IntentOf } from '../../../../electron/contract/intents.ts';
import type { RecordBody } from '../../../../electron/contract/records.ts';
import type { ChangedHostKey } from '../../../../electron/contract/result.ts';
import { checkConsistency } from '../../../../electron/domain/evidence/consistency.ts';
import { decide, hasDeviations } from '../../../../electron/domain/run/decide.ts';
import { keyReplacement } from '../../../../electron/domain/run/hosts.ts';
import { bookOf, groupStep, intentOf, OPERATOR, Play, refusal, runStep } from './book.ts';
import { send, target } from './crowd.ts';

const SHOWN = 'SHA256:uNiVztksCsDhcc0u9e8BrWGXg+/qB6TnLkFhVbOIbw4';
const changed: ChangedHostKey = {
  address: 'ops@db:22',
  name: 'db',
  old: [{ type: 'ssh-ed25519', fingerprint: 'SHA256:old', file: '/home/a/.ssh/known_hosts', line: 3 }],
  shown: { type: 'ssh-ed25519', fingerprint: SHOWN, randomart: '' },
};

function replacing(more: Record<string, unknown> = {}): IntentOf<'replace-host-key'> {
  return intentOf({
    kind: 'replace-host-key',
    target: 'ops',
    fingerprint: SHOWN,
    reason: 'the host was set up anew, CHG-7',
    second: 'Bob Novak',
    ...more,
  }) as IntentOf<'replace-host-key'>;
}

const fresh = () => new Play(bookOf([runStep('s'), groupStep('g')])).start(['web-1']);
const ask = (play: Play, intent: ReturnType<typeof intentOf>) =>
  decide(play.state, intent, { by: OPERATOR, head: play.head });

describe('replacing a host key', () => {
  test('takes two people, a reason and the fingerprint that the host has shown', () => {
    const play = fresh();
    expect(ask(play, replacing())).toEqual({ ok: true, value: [] });
    const record = keyReplacement(play.state, replacing(), OPERATOR, changed, '/home/a/.ssh/known_hosts');
    expect(record).toMatchObject({
      value: {
        type: 'host.key-replaced',
        d: { target: 'ops', host: 'db', by: OPERATOR, second: 'Bob Novak', new: { fingerprint: SHOWN } },
      },
    });
    if (record.ok) play.append([record.value]);
    expect(play.state.keysReplaced).toMatchObject([
      { target: 'ops', old: ['ssh-ed25519 SHA256:old'], new: `ssh-ed25519 ${SHOWN}`, second: 'Bob Novak' },
    ]);
    expect(hasDeviations(play.state)).toBe(true);
  });

  test('makes a run with success a run with deviations, for the verifier too', () => {
    const play = new Play(bookOf([])).start();
    const record = keyReplacement(
      { ...play.state, targets: fresh().state.targets },
      replacing(),
      OPERATOR,
      changed,
      'known_hosts',
    );
    if (record.ok) play.append([record.value]);
    play.add({ type: 'run.end', d: { result: 'success' } });
    expect(checkConsistency(play.records).map(({ id }) => id)).toEqual(['run.result']);
  });

  test.each([
    ['the operator again', { second: ' aLICE  mEYER ' }, 'another person than the operator'],
    ['an invisible second person', { second: ' ' }, 'Name the second person'],
    ['no reason', { reason: '   ' }, 'Say why'],
    ['an unknown host', { target: 'db' }, 'no host db'],
    ['a group', { target: 'web' }, 'web is a group'],
  ])('refuses %s', (_, more, says) => {
    expect(refusal(ask(fresh(), replacing(more)))).toContain(says);
  });

  test('refuses a host that is connected under the key on record', () => {
    expect(refusal(ask(fresh().connect(), replacing()))).toContain('nothing to replace');
    expect(ask(fresh(), replacing({ target: 'web-1' })).ok).toBe(true);
  });

  test.each([
    ['another fingerprint', 'SHA256:p2QAMXNIC1TJYWeIOttrVc98/R1BUFWu3/LiyKgUfQM', 'another fingerprint'],
    ['an MD5 one', 'MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48', 'MD5'],
    ['half of it', SHOWN.slice(0, 20), 'no whole SHA256'],
  ])('gives no record for %s', (_, fingerprint, says) => {
    const record = keyReplacement(fresh().state, replacing({ fingerprint }), OPERATOR, changed, 'f');
    expect(refusal(record)).toContain(says);
    expect(refusal(record)).toMatch(/^trust: /);
  });
});

describe('following a live shell', () => {
  const track = (host: string) => intentOf({ kind: 'track-shell', target: host });

  test('needs a host that is connected and busy with no step', () => {
    const play = fresh();
    expect(refusal(ask(play, track('ops')))).toContain('not connected');
    play.connect().connect('web-1');
    expect(ask(play, track('ops'))).toEqual({ ok: true, value: [] });
    play.add({ type: 'step.skip', d: { step: 's' as never, reason: 'no need', by: OPERATOR } });
    send(play, 'g', 'web-1');
    expect(refusal(ask(play, track('web-1')))).toContain('is running on web-1');
    expect(ask(play, track('ops')).ok, 'another host is free').toBe(true);
  });
});

describe('what is remembered', () => {
  const add = (play: Play, record: Record<string, unknown>) => {
    play.add(record as unknown as RecordBody);
  };

  test('who closed a connection, how it was made, and the last command of the live shell', () => {
    const play = fresh();
    const hop = {
      address: 'jump@bastion:22',
      hostKey: { type: 'ssh-ed25519', fingerprint: 'SHA256:j' },
      pin: 'pinned',
      auth: 'publickey',
      kex: 'k',
      cipher: 'c',
      server: 's',
    };
    const d = { ...hop, target: 'ops', address: 'ops@db:22', shell: 'none', engine: 'openssh' };
    add(play, { type: 'host.connect', d: { ...d, via: [hop], legacy: 'old switch', uncarried: true } });
    expect(play.state.targets['ops']).toMatchObject({
      shell: 'none',
      engine: 'openssh',
      via: ['jump@bastion:22'],
      legacy: 'old switch',
      uncarried: true,
    });
    const observed = { target: 'ops', recording: 'recordings/x.cast', fromByte: 4, exit: 2, depth: 1 };
    add(play, { type: 'shell.observed', d: observed });
    expect(play.state.targets['ops']?.lastObserved).toMatchObject({ exit: 2, depth: 1 });
    add(play, { type: 'net.lost', d: { target: 'ops', why: 'gone', side: 'there' } });
    expect(play.state.targets['ops']).toMatchObject({ connected: false, lostWhy: 'gone', lostSide: 'there' });
    add(play, { type: 'net.lost', d: { target: 'ops', why: 'old journals say no side' } });
    expect(play.state.targets['ops']).not.toHaveProperty('lostSide');
    add(play, { type: 'desk.gap', d: { ms: 60_000 } });
    expect(play.state.gaps).toMatchObject([{ ms: 60_000 }]);
    expect(hasDeviations(play.state), 'neither a gap nor what a shell said counts').toBe(false);
    expect(play.state.targets[target('web')]?.group).toBe(true);
  });
});
