/** What a step leaves on a host for the next one, and that it was lost, as the record tells it. */
import { describe, expect, test } from 'vitest';
import type { RecordBody } from '../../../../electron/contract/records.ts';
import { bookOf, observeStep, Play, runStep, SHA } from './book.ts';

const connect = (more: Record<string, unknown> = {}) =>
  ({
    type: 'host.connect',
    d: {
      target: 'ops',
      address: 'ops@db:22',
      hostKey: { type: 'ssh-ed25519', fingerprint: 'SHA256:k' },
      pin: 'known',
      auth: 'publickey',
      kex: 'k',
      cipher: 'c',
      server: 's',
      shell: 'bash',
      ...more,
    },
  }) as unknown as RecordBody;
const LOST = { type: 'net.lost', d: { target: 'ops', why: 'gone' } } as unknown as RecordBody;
const file = (name: string) => ({ file: `outputs/${name}`, bytes: 1, sha256: SHA });
const sent = (step: string, purpose: 'run' | 'observe' | 'probe' = 'run') =>
  ({
    type: 'step.start',
    d: {
      step,
      attempt: 1,
      purpose,
      target: 'ops',
      command: file('01.cmd'),
      wire: file('01.wire'),
      mode: 'pty',
      recording: 'recordings/01.cast',
      output: 'outputs/01.out',
    },
  }) as unknown as RecordBody;

function ops(...records: readonly RecordBody[]) {
  const play = new Play(bookOf([runStep('s'), observeStep('o')])).start();
  for (const record of records) play.add(record);
  return play.state.targets['ops'];
}

describe('what a step leaves on a host', () => {
  test('is there from the first command on, over losses, and not after probes or where nothing is kept', () => {
    expect(ops(connect())).not.toHaveProperty('carried');
    expect(ops(connect(), sent('s'))).toMatchObject({ carried: true });
    expect(ops(connect(), sent('s'), LOST, connect())).toMatchObject({ carried: true, connected: true });
    expect(ops(connect(), sent('s', 'probe'))).not.toHaveProperty('carried');
    expect(ops(connect({ uncarried: true }), sent('s'))).not.toHaveProperty('carried');
    expect(ops(connect({ shell: 'none' }), sent('s'))).not.toHaveProperty('carried');
  });

  test('is lost until the next command is sent, whatever comes in between', () => {
    const again = connect({ stateLost: true });
    expect(ops(connect(), sent('s'), LOST, again)).toMatchObject({ stateLost: true });
    expect(ops(connect(), sent('s'), LOST, again)).not.toHaveProperty('carried');
    expect(ops(connect(), sent('s'), LOST, again, LOST, connect())).toMatchObject({ stateLost: true });
    expect(ops(connect(), sent('s'), LOST, again, sent('s', 'probe'))).toMatchObject({ stateLost: true });
    const after = ops(connect(), sent('s'), LOST, again, sent('s'));
    expect(after).toMatchObject({ carried: true });
    expect(after).not.toHaveProperty('stateLost');
  });
});
