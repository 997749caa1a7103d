import { EventEmitter } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import type { Reply } from '../../../electron/contract/calls.ts';
import { fail, ok, type Result } from '../../../electron/contract/result.ts';
import type { FromHost, HostStart, ToHost } from '../../../electron/desktop/hostMessages.ts';
import { type ComposeHost, serveShell } from '../../../electron/desktop/hostService.ts';
import type { SecretBox } from '../../../electron/host/ports.ts';
import { FakePort } from '../../fakes/electron.ts';
import { fakeHost, type FakeHost } from '../../fakes/host.ts';

const start: HostStart = {
  type: 'start',
  version: '1',
  appDir: '/app',
  protection: 'os-keyring',
  notices: [],
};

class FakeShell extends EventEmitter {
  readonly sent: FromHost[] = [];
  postMessage(message: FromHost): void {
    this.sent.push(message);
  }
  say(data: ToHost, ports: readonly FakePort[] = []): void {
    this.emit('message', { data, ports });
  }
  types(): readonly string[] {
    return this.sent.map((message) => message.type);
  }
}

async function running(host: FakeHost, compose: ComposeHost = () => Promise.resolve(ok(host))) {
  const shell = new FakeShell();
  const exit = vi.fn();
  serveShell(shell, compose, exit);
  shell.say(start);
  await vi.waitFor(() => {
    expect(shell.types()).toEqual(expect.arrayContaining(['ready']));
  });
  return { shell, exit };
}

describe('printing', () => {
  it('asks the shell, and hands each answer to whoever asked', async () => {
    let pdf: Parameters<ComposeHost>[2] | undefined;
    const { shell } = await running(fakeHost(), (_start, _secrets, printer) => {
      pdf = printer;
      return Promise.resolve(ok(fakeHost()));
    });
    const first = pdf?.print('<p>1</p>');
    const second = pdf?.print('<p>2</p>');
    const asked = shell.sent.flatMap((message) => (message.type === 'print' ? [message] : []));
    expect(asked.map(({ html }) => html)).toEqual(['<p>1</p>', '<p>2</p>']);
    shell.say({ type: 'printed', id: asked[1]?.id ?? 0, result: ok(new Uint8Array([2])) });
    shell.say({ type: 'printed', id: asked[0]?.id ?? 0, result: ok(new Uint8Array([1])) });
    expect(await first).toEqual(ok(new Uint8Array([1])));
    expect(await second).toEqual(ok(new Uint8Array([2])));
  });
});

describe('pages', () => {
  it('are greeted, answered and sent terminal bytes over their own port', async () => {
    const host = fakeHost();
    const { shell } = await running(host);
    const port = new FakePort();
    shell.say({ type: 'page' }, [port]);
    expect(port.started).toBe(true);
    expect(port.sent).toEqual(['{"kind":"welcome"}']);
    port.emit('message', { data: JSON.stringify({ id: 3, method: 'desk.info', arg: {} }) });
    await vi.waitFor(() => {
      expect(port.sent[1]).toBe('{"kind":"reply","id":3,"reply":{"ok":true,"value":"desk.info"}}');
    });
    host.sinks.at(-1)?.stream(2, new Uint8Array([9]));
    expect(port.sent[2]).toEqual(new Uint8Array([0, 0, 0, 2, 9]));
  });

  it.each([
    ['no text', new Uint8Array([1])],
    ['no call', '{}'],
    ['no JSON', '{'],
  ])('that send %s are cut off, and the host goes on', async (_name, data) => {
    const host = fakeHost();
    const { shell } = await running(host);
    const before = host.open;
    const port = new FakePort();
    shell.say({ type: 'page' }, [port]);
    expect(host.open).toBe(before + 1);
    port.emit('message', { data });
    expect(port.closed).toBe(true);
    expect(host.open).toBe(before);
  });

  it('that come before there is a host are told to ask again', () => {
    const shell = new FakeShell();
    serveShell(shell, () => new Promise(() => undefined), vi.fn());
    const port = new FakePort();
    shell.say({ type: 'page' }, [port]);
    expect(port.closed).toBe(true);
  });
});

describe('open runs', () => {
  it('are counted at the start and whenever the runs change', async () => {
    let statuses = ['open', 'ended'];
    const host = fakeHost((): Promise<Reply> => Promise.resolve(ok(statuses.map((status) => ({ status })))));
    const { shell } = await running(host);
    await vi.waitFor(() => {
      expect(shell.sent).toContainEqual({ type: 'open-runs', count: 1 });
    });
    statuses = ['open', 'open', 'locked'];
    host.sinks[0]?.event({ type: 'runs.changed' });
    host.sinks[0]?.event({ type: 'runs.changed' });
    await vi.waitFor(() => {
      expect(shell.sent).toContainEqual({ type: 'open-runs', count: 2 });
    });
  });
});

describe('start and end', () => {
  it('tells the shell why there is no host', async () => {
    const shell = new FakeShell();
    const failure = fail('storage', 'The disk is read-only.');
    serveShell(shell, () => Promise.resolve(failure), vi.fn());
    shell.say(start);
    await vi.waitFor(() => {
      expect(shell.sent).toEqual([{ type: 'failed', failure: failure.error }]);
    });
  });

  it('does not leak what broke', async () => {
    const log = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
    const shell = new FakeShell();
    serveShell(shell, () => Promise.reject(new Error('secret detail')), vi.fn());
    shell.say(start);
    await vi.waitFor(() => {
      expect(shell.types()).toEqual(['failed']);
    });
    expect(JSON.stringify(shell.sent)).not.toContain('secret detail');
    expect(String(log.mock.calls[0]?.[0])).toContain('secret detail');
  });

  it('closes the host before it exits', async () => {
    const host = fakeHost();
    const { shell, exit } = await running(host);
    shell.say({ type: 'close' });
    await vi.waitFor(() => {
      expect(exit).toHaveBeenCalledWith(0);
    });
    expect(host.closed).toBe(true);
  });
});

describe('secrets', () => {
  it('are sealed and opened by the shell, each answer to its own question', async () => {
    const boxes: SecretBox[] = [];
    const { shell } = await running(fakeHost(), (_start, secrets) => {
      boxes.push(secrets);
      return Promise.resolve(ok(fakeHost()));
    });
    const [secrets] = boxes;
    if (secrets === undefined) throw new Error('no box');
    expect(secrets.protection).toBe('os-keyring');
    const sealed = secrets.seal(new Uint8Array([1]));
    const opened: Promise<Result<Uint8Array>> = secrets.open(new Uint8Array([2]));
    const questions = shell.sent.flatMap((message) =>
      message.type === 'seal' || message.type === 'unseal' ? [message] : [],
    );
    expect(questions.map(({ type, bytes }) => [type, [...bytes]])).toEqual([
      ['seal', [1]],
      ['unseal', [2]],
    ]);
    shell.say({ type: 'sealed', id: questions[1]?.id ?? 0, result: fail('auth', 'locked') });
    shell.say({ type: 'sealed', id: questions[0]?.id ?? 0, result: ok(new Uint8Array([7])) });
    expect(await sealed).toEqual(new Uint8Array([7]));
    expect(await opened).toMatchObject({ ok: false, error: { code: 'auth' } });
  });
});
