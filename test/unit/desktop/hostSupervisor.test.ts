import { describe, expect, it, vi } from 'vitest';
import {
  MAX_RESTARTS,
  RESTART_WINDOW_MS,
  superviseHost,
  type SupervisorOptions,
} from '../../../electron/desktop/hostSupervisor.ts';
import { createFileSecretBox } from '../../../electron/host/settings/fileSecretBox.ts';
import { FakePort, FakeUtilityProcess } from '../../fakes/electron.ts';

function supervised() {
  const hosts: FakeUtilityProcess[] = [];
  const clock = { now: 0 };
  const onOpenRuns = vi.fn();
  const onGivenUp = vi.fn();
  // The fake is a UtilityProcess as far as the supervisor uses one.
  const options = {
    fork: () => {
      const host = new FakeUtilityProcess();
      hosts.push(host);
      return host;
    },
    start: { version: '1', appDir: '/app' },
    secrets: createFileSecretBox(),
    pdf: { print: (html: string) => Promise.resolve({ ok: true, value: new TextEncoder().encode(html) }) },
    onOpenRuns,
    onGivenUp,
    now: () => clock.now,
  } as unknown as SupervisorOptions;
  const supervisor = superviseHost(options);
  const last = () => {
    const host = hosts.at(-1);
    if (host === undefined) throw new Error('no host');
    return host;
  };
  return { supervisor, hosts, last, clock, onOpenRuns, onGivenUp };
}

const asPort = (port: FakePort) =>
  port as unknown as Parameters<ReturnType<typeof superviseHost>['connectPage']>[0];

describe('the host process', () => {
  it('may die now and then without end, but not often in a short while', () => {
    const { hosts, last, clock, onGivenUp } = supervised();
    for (let times = 0; times < 3 * MAX_RESTARTS; times += 1) {
      clock.now += RESTART_WINDOW_MS;
      last().emit('exit', 1);
    }
    expect(onGivenUp).not.toHaveBeenCalled();
    expect(hosts).toHaveLength(1 + 3 * MAX_RESTARTS);
    for (let times = 0; times < MAX_RESTARTS; times += 1) last().emit('exit', 1);
    expect(onGivenUp).toHaveBeenCalledOnce();
    const count = hosts.length;
    last().emit('exit', 1);
    expect(hosts).toHaveLength(count);
  });

  it('has no open runs once it is dead', () => {
    const { last, onOpenRuns } = supervised();
    last().emit('message', { type: 'open-runs', count: 2 });
    last().emit('exit', 1);
    expect(onOpenRuns.mock.calls).toEqual([[2], [0]]);
  });

  it('is not restarted when it said that it cannot start', () => {
    const { hosts, last, onGivenUp } = supervised();
    last().emit('message', { type: 'failed', failure: { code: 'storage', message: 'read-only' } });
    last().emit('exit', 1);
    expect(onGivenUp).toHaveBeenCalledExactlyOnceWith({ code: 'storage', message: 'read-only' });
    expect(hosts).toHaveLength(1);
  });

  it('gets the pages that waited through a restart, each once', () => {
    const { supervisor, hosts, last } = supervised();
    last().emit('message', { type: 'ready' });
    last().emit('exit', 1);
    const port = new FakePort();
    supervisor.connectPage(asPort(port));
    expect(last().sent.filter(({ ports }) => ports.length > 0)).toEqual([]);
    last().emit('message', { type: 'ready' });
    expect(hosts).toHaveLength(2);
    expect(last().sent.filter(({ ports }) => ports[0] === port)).toHaveLength(1);
  });

  it('has its secrets sealed by the shell', async () => {
    const { last } = supervised();
    last().emit('message', { type: 'seal', id: 4, bytes: new Uint8Array([1]) });
    await vi.waitFor(() => {
      expect(last().sent.at(-1)?.message).toMatchObject({ type: 'sealed', id: 4, result: { ok: true } });
    });
  });

  it('has its report pages printed by the shell', async () => {
    const { last } = supervised();
    last().emit('message', { type: 'print', id: 7, html: '<p>x</p>' });
    await vi.waitFor(() => {
      expect(last().sent.at(-1)?.message).toMatchObject({ type: 'printed', id: 7, result: { ok: true } });
    });
  });

  it('is told to close and not started again; pages that come late are closed', async () => {
    const { supervisor, hosts, last } = supervised();
    const closed = supervisor.close();
    expect(last().sent.at(-1)?.message).toEqual({ type: 'close' });
    last().emit('exit', 0);
    await closed;
    expect(hosts).toHaveLength(1);
    const late = new FakePort();
    expect(supervisor.connectPage(asPort(late))).toBe(false);
    expect(late.closed).toBe(true);
  });
});
