import { describe, expect, it } from 'vitest';
import type { Bridge, BridgeListener } from '../../../renderer/api/bridge.ts';
import { createClient } from '../../../renderer/api/client.ts';
import { readHostFrame, readStreamFrame, readTextFrame } from '../../../renderer/api/frames.ts';
import { takeToken } from '../../../renderer/api/token.ts';

function lineTo(): {
  bridge: Bridge;
  sent: { id: number; method: string; arg: unknown }[];
  host: () => BridgeListener;
  cut: () => void;
} {
  const sent: { id: number; method: string; arg: unknown }[] = [];
  let listener: BridgeListener | null = null;
  let up = true;
  return {
    sent,
    host: () => {
      if (listener === null) throw new Error('not started');
      return listener;
    },
    cut: () => {
      up = false;
      listener?.status({ state: 'lost', retryAt: null });
    },
    bridge: {
      start: (to) => {
        listener = to;
      },
      send: (frame) => {
        if (up) sent.push(frame);
        return up;
      },
      close: () => undefined,
    },
  };
}

describe('client', () => {
  it('gives each reply to its own call', async () => {
    const line = lineTo();
    const client = createClient(line.bridge);
    const first = client.call('library.list', {});
    const second = client.call('run.list', {});
    line.host().frame({ kind: 'reply', id: line.sent[1]?.id ?? 0, reply: { ok: true, value: [] } });
    line.host().frame({
      kind: 'reply',
      id: line.sent[0]?.id ?? 0,
      reply: { ok: true, value: { runbooks: [], broken: [] } },
    });
    expect(await first).toEqual({ ok: true, value: { runbooks: [], broken: [] } });
    expect(await second).toEqual({ ok: true, value: [] });
  });
  it('keeps what a page asks before the connection is there, and sends it then, once', async () => {
    const line = lineTo();
    let there = false;
    const client = createClient({
      ...line.bridge,
      send: (frame) => there && line.bridge.send(frame),
    });
    const early = client.call('library.list', {});
    there = true;
    line.host().status({ state: 'open' });
    line.host().status({ state: 'open' });
    expect(line.sent).toHaveLength(1);
    const reply = { ok: true as const, value: { runbooks: [], broken: [] } };
    line.host().frame({ kind: 'reply', id: line.sent[0]?.id ?? 0, reply });
    expect(await early).toEqual(reply);
  });
  it('keeps nothing that is asked while the connection is made again', async () => {
    const line = lineTo();
    let there = true;
    const client = createClient({
      ...line.bridge,
      send: (frame) => there && line.bridge.send(frame),
    });
    line.host().status({ state: 'open' });
    there = false;
    line.host().status({ state: 'lost', retryAt: null });
    line.host().status({ state: 'connecting' });
    expect(await client.call('library.list', {})).toMatchObject({ ok: false, error: { code: 'network' } });
    there = true;
    line.host().status({ state: 'open' });
    expect(line.sent).toEqual([]);
  });
  it('settles every call when contact is lost, and says what is kept', async () => {
    const line = lineTo();
    const client = createClient(line.bridge);
    const waiting = client.call('desk.info', {});
    line.cut();
    expect(await waiting).toMatchObject({ ok: false, error: { code: 'network' } });
    expect(await client.call('desk.info', {})).toMatchObject({ ok: false, error: { code: 'network' } });
  });
  it('keeps terminal bytes that come before their listener', () => {
    const line = lineTo();
    const client = createClient(line.bridge);
    line.host().stream(7, new Uint8Array([1]));
    const got: number[] = [];
    client.onStream(7, (bytes) => got.push(...bytes));
    line.host().stream(7, new Uint8Array([2]));
    expect(got).toEqual([1, 2]);
  });
});

describe('frames', () => {
  it('reads the stream number big-endian', () => {
    expect(readStreamFrame(new Uint8Array([0, 0, 1, 2, 65, 66]).buffer)).toEqual({
      stream: 258,
      bytes: new Uint8Array([65, 66]),
    });
    expect(readStreamFrame(new Uint8Array([0, 0]).buffer)).toBeNull();
  });
  it('drops what is no frame', () => {
    expect(readTextFrame('{')).toBeNull();
    expect(readTextFrame('[]')).toBeNull();
    expect(readHostFrame({ kind: 'reply', id: '1' })).toBeNull();
    expect(readHostFrame({ kind: 'event', event: null })).toBeNull();
  });
});

describe('token', () => {
  const token = 'A'.repeat(43);
  it('leaves the address and stays with the tab', () => {
    const kept = new Map<string, string>();
    const seen: string[] = [];
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    };
    const history = { replaceState: (_: unknown, __: string, url: string) => void seen.push(url) };
    expect(takeToken({ location: { hash: `#t=${token}`, pathname: '/' }, history, storage })).toBe(token);
    expect(seen).toEqual(['/']);
    expect(takeToken({ location: { hash: '#/library', pathname: '/' }, history, storage })).toBe(token);
  });
});
