/** Who may talk to the browser shell: raw clients against the real server, one test a rule. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { MAX_FRAME_BYTES } from '../../electron/contract/wire.ts';
import { type RunningServer, startServer } from '../../electron/serve/server.ts';
import { type FakeHost, fakeHost } from '../fakes/host.ts';

let folder: string;
let root: string;
let host: FakeHost;
let server: RunningServer;
let authority: string;
let token: string;
let output: string;
const clients: WebSocket[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'holdpoint-serve-'));
  root = path.join(folder, 'renderer');
  await mkdir(path.join(root, 'assets'), { recursive: true });
  await writeFile(path.join(root, 'index.html'), '<!doctype html><title>Holdpoint</title>');
  await writeFile(path.join(root, 'assets', 'app.js'), 'export {};');
  await writeFile(path.join(root, 'notes.txt'), 'not part of a build');
  await writeFile(path.join(folder, 'secret.json'), '{"secret":1}');
  await symlink(path.join(folder, 'secret.json'), path.join(root, 'link.json'));
  await symlink(folder, path.join(root, 'up'));
  output = '';
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      output += String(text);
      return true;
    });
  }
  host = fakeHost();
  server = await started({});
  authority = `127.0.0.1:${String(server.port)}`;
  token = new URL(server.url).hash.slice('#t='.length);
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate();
  await server.close();
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

async function started(more: {
  readonly port?: number;
  readonly helloDeadlineMs?: number;
}): Promise<RunningServer> {
  const result = await startServer({ host, rendererDir: root, ...more });
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

interface Answer {
  readonly status: number;
  readonly headers: string;
  readonly body: string;
}

/** Sends these very bytes and reads until the server closes. */
function raw(lines: readonly string[]): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(server.port, '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const split = text.indexOf('\r\n\r\n');
      resolve({
        status: Number(text.slice(9, 12)),
        headers: text.slice(0, split).toLowerCase(),
        body: text.slice(split + 4),
      });
    });
    socket.write([...lines, '', ''].join('\r\n'));
  });
}

function get(target: string, headers: readonly string[] = [], method = 'GET'): Promise<Answer> {
  return raw([`${method} ${target} HTTP/1.1`, `Host: ${authority}`, 'Connection: close', ...headers]);
}

function upgrade(headers: readonly string[], target = '/ws'): Promise<Answer> {
  return raw([
    `GET ${target} HTTP/1.1`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
  ]);
}

interface Page {
  readonly socket: WebSocket;
  readonly frames: unknown[];
  readonly binary: Buffer[];
  readonly closed: Promise<number>;
}

async function page(at = authority): Promise<Page> {
  const socket = new WebSocket(`ws://${at}/ws`, { origin: `http://${at}` });
  clients.push(socket);
  const frames: unknown[] = [];
  const binary: Buffer[] = [];
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) binary.push(data);
    else frames.push(JSON.parse(data.toString('utf8')));
  });
  socket.on('error', () => undefined);
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  await new Promise((resolve) => socket.on('open', resolve));
  return { socket, frames, binary, closed };
}

async function welcomedPage(): Promise<Page> {
  const opened = await page();
  opened.socket.send(JSON.stringify({ hello: 1, token }));
  await vi.waitFor(() => {
    expect(opened.frames).toEqual([{ kind: 'welcome' }]);
  });
  return opened;
}

describe('rule 15: the address', () => {
  it('is loopback only, with a 256-bit token in the fragment', async () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#t=[A-Za-z0-9_-]{43}$/);
    const elsewhere = Object.values(os.networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .find((address) => !address.internal && address.family === 'IPv4');
    if (elsewhere === undefined) return;
    const refused = await new Promise((resolve) => {
      const socket = net.connect(server.port, elsewhere.address);
      socket.on('connect', () => {
        resolve(false);
      });
      socket.on('error', () => {
        resolve(true);
      });
    });
    expect(refused).toBe(true);
  });

  it('has another token each time', async () => {
    const second = await started({});
    expect(new URL(second.url).hash).not.toBe(new URL(server.url).hash);
    await second.close();
  });

  it('says so when the port is taken or the interface is not built', async () => {
    const taken = await startServer({ host, rendererDir: root, port: server.port });
    expect(taken).toMatchObject({ ok: false, error: { code: 'busy' } });
    const unbuilt = await startServer({ host, rendererDir: path.join(folder, 'nowhere') });
    expect(unbuilt).toMatchObject({
      ok: false,
      error: { code: 'not-found', hint: expect.stringContaining('build') as string },
    });
  });
});

describe('rule 15: requests', () => {
  it('serves the interface with its types and headers, and no cookie', async () => {
    const index = await get('/');
    expect(index.status).toBe(200);
    expect(index.body).toContain('Holdpoint');
    for (const header of [
      'content-type: text/html; charset=utf-8',
      "content-security-policy: default-src 'none'; script-src 'self'",
      "require-trusted-types-for 'script'",
      "frame-ancestors 'none'",
      'x-content-type-options: nosniff',
      'referrer-policy: no-referrer',
      'cross-origin-opener-policy: same-origin',
      'cross-origin-resource-policy: same-origin',
      'cache-control: no-store',
    ]) {
      expect(index.headers).toContain(header);
    }
    expect(index.headers).not.toContain('set-cookie');
    expect(index.headers).not.toContain('access-control');
    expect((await get('/assets/app.js')).headers).toContain('text/javascript');
  });

  it.each([
    ['a rebound name', ['Host: evil.example']],
    ['a rebound name with our port', ['Host: evil.example:80']],
    ['localhost', ['Host: localhost']],
    ['two hosts', ['Host: 127.0.0.1', 'Host: evil.example']],
  ])('refuses %s as Host', async (_name, headers) => {
    const answer = await raw(['GET / HTTP/1.1', ...headers, 'Connection: close']);
    expect([400, 403]).toContain(answer.status);
    expect(answer.body).not.toContain('Holdpoint');
  });

  it('refuses our address with another spelling', async () => {
    const port = String(server.port);
    for (const name of [
      `localhost:${port}`,
      `127.0.0.1.:${port}`,
      `127.1:${port}`,
      `[::1]:${port}`,
      `x@127.0.0.1:${port}`,
    ]) {
      expect((await raw(['GET / HTTP/1.1', `Host: ${name}`, 'Connection: close'])).status).toBe(403);
    }
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('refuses %s', async (method) => {
    const answer = await get('/', ['Content-Length: 0'], method);
    expect(answer.status).toBe(405);
    expect(answer.headers).toContain('allow: get, head');
  });

  it('answers HEAD without a body', async () => {
    const answer = await get('/', [], 'HEAD');
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatch(/content-length: [1-9]/);
    expect(answer.body).toBe('');
  });

  it.each(['cross-site', 'same-site'])('refuses a fetch that is %s', async (site) => {
    expect((await get('/assets/app.js', [`Sec-Fetch-Site: ${site}`])).status).toBe(403);
  });

  it.each(['same-origin', 'none'])('answers a fetch that is %s', async (site) => {
    expect((await get('/assets/app.js', [`Sec-Fetch-Site: ${site}`])).status).toBe(200);
  });

  it.each(['http://evil.example', 'null', 'http://127.0.0.1', 'http://localhost:1'])(
    'refuses Origin %s',
    async (origin) => {
      expect((await get('/assets/app.js', [`Origin: ${origin}`])).status).toBe(403);
    },
  );

  it.each([
    '/../secret.json',
    '/assets/../../secret.json',
    '/%2e%2e/secret.json',
    '/%2e%2e%2fsecret.json',
    '/..%5csecret.json',
    '/index.html%00.js',
    '/link.json',
    '/up/secret.json',
    '/%zz',
    '//etc/passwd',
    '/notes.txt',
    '/assets',
    '/absent.js',
    '/.git/config.json',
  ])('has no file at %s', async (target) => {
    const answer = await get(target);
    expect(answer.status).toBe(404);
    expect(answer.body).not.toContain('secret');
  });

  it('refuses a target that is another address, and survives a broken request', async () => {
    expect((await get('http://evil.example/')).status).toBe(400);
    expect((await raw(['GARBAGE'])).status).toBe(400);
    expect((await get('/')).status).toBe(200);
  });

  it('takes no token from a query', async () => {
    expect((await get(`/?t=${token}`)).headers).not.toContain('set-cookie');
    expect(
      (await upgrade([`Host: ${authority}`, `Origin: http://${authority}`], `/ws?t=${token}`)).status,
    ).toBe(404);
  });
});

describe('rule 15: hand-shakes', () => {
  it.each([
    ['no Origin', []],
    ['Origin null', ['Origin: null']],
    ['a foreign Origin', ['Origin: http://evil.example']],
    ['two Origins', ['Origin: http://evil.example', 'Origin: http://127.0.0.1']],
  ])('refuses %s', async (_name, headers) => {
    expect((await upgrade([`Host: ${authority}`, ...headers])).status).toBe(403);
  });

  it('refuses a Host and Origin that agree with each other but are not ours', async () => {
    const answer = await upgrade(['Host: evil.example', 'Origin: http://evil.example']);
    expect(answer.status).toBe(403);
  });

  it('refuses the origin of another port, a cross-site fetch and another place', async () => {
    const own = [`Host: ${authority}`, `Origin: http://${authority}`];
    expect((await upgrade([`Host: ${authority}`, 'Origin: http://127.0.0.1:1'])).status).toBe(403);
    expect((await upgrade([...own, 'Sec-Fetch-Site: cross-site'])).status).toBe(403);
    expect((await upgrade(own, '/')).status).toBe(404);
    expect(host.open).toBe(0);
  });
});

describe('rule 15: the token in the first frame', () => {
  it.each([
    ['a wrong token', () => JSON.stringify({ hello: 1, token: 'A'.repeat(43) })],
    ['a short token', () => JSON.stringify({ hello: 1, token: token.slice(1) })],
    ['a token with more', () => JSON.stringify({ hello: 1, token, extra: 1 })],
    ['a call first', () => JSON.stringify({ id: 1, method: 'desk.info', arg: {} })],
    ['no JSON', () => token],
    ['nothing', () => ''],
  ])('closes with 4401 on %s and reads nothing after it', async (_name, frame) => {
    const { socket, closed, frames } = await page();
    socket.send(frame());
    socket.send(JSON.stringify({ hello: 1, token }));
    socket.send(JSON.stringify({ id: 1, method: 'desk.info', arg: {} }));
    expect(await closed).toBe(4401);
    expect(frames).toEqual([]);
    expect(host.calls).toEqual([]);
    expect(host.sinks).toEqual([]);
  });

  it('closes a stranger that says nothing in time', async () => {
    const hasty = await started({ helloDeadlineMs: 20 });
    const { closed } = await page(`127.0.0.1:${String(hasty.port)}`);
    expect(await closed).toBe(4408);
    await hasty.close();
  });

  it('welcomes the right token and answers calls', async () => {
    const { socket, frames } = await welcomedPage();
    socket.send(JSON.stringify({ id: 7, method: 'desk.info', arg: {} }));
    await vi.waitFor(() => {
      expect(frames[1]).toEqual({ kind: 'reply', id: 7, reply: { ok: true, value: 'desk.info' } });
    });
  });
});

describe('frames', () => {
  it.each([
    ['no JSON', '{'],
    ['no id', '{"method":"desk.info","arg":{}}'],
    ['a field too many', '{"id":1,"method":"desk.info","arg":{},"x":1}'],
    ['a list', '[]'],
    ['null', 'null'],
  ])('%s closes that page with 4400 and no other', async (_name, frame) => {
    const other = await welcomedPage();
    const { socket, closed } = await welcomedPage();
    socket.send(frame);
    expect(await closed).toBe(4400);
    await vi.waitFor(() => {
      expect(host.open).toBe(1);
    });
    other.socket.send(JSON.stringify({ id: 1, method: 'desk.info', arg: {} }));
    await vi.waitFor(() => {
      expect(other.frames).toHaveLength(2);
    });
  });

  it('a binary frame closes the page, before and after hello', async () => {
    const stranger = await page();
    stranger.socket.send(Buffer.from(JSON.stringify({ hello: 1, token })));
    expect(await stranger.closed).toBe(1003);
    const known = await welcomedPage();
    known.socket.send(Buffer.from([1, 2, 3]));
    expect(await known.closed).toBe(1003);
  });

  it('a frame that is too long closes the page with 1009', async () => {
    const { socket, closed } = await welcomedPage();
    socket.send('x'.repeat(MAX_FRAME_BYTES + 1));
    expect(await closed).toBe(1009);
    expect((await get('/')).status).toBe(200);
  });

  it('carries events to every page and terminal bytes as binary with their stream', async () => {
    const first = await welcomedPage();
    const second = await welcomedPage();
    for (const sink of host.sinks) sink.event({ type: 'runs.changed' });
    host.sinks[1]?.stream(0x01020304, new Uint8Array([0, 255]));
    await vi.waitFor(() => {
      expect(first.frames).toContainEqual({ kind: 'event', event: { type: 'runs.changed' } });
      expect(second.frames).toContainEqual({ kind: 'event', event: { type: 'runs.changed' } });
      expect(second.binary).toEqual([Buffer.from([1, 2, 3, 4, 0, 255])]);
    });
    expect(first.binary).toEqual([]);
  });

  it('tells the host when a page is gone, and drops what is sent to it', async () => {
    const { socket } = await welcomedPage();
    socket.terminate();
    await vi.waitFor(() => {
      expect(host.open).toBe(0);
    });
    expect(() => host.sinks[0]?.event({ type: 'runs.changed' })).not.toThrow();
  });

  it('says goodbye to pages when it closes, and leaves the host as it is', async () => {
    const { closed } = await welcomedPage();
    await server.close();
    expect(await closed).toBe(1001);
    expect(host.closed).toBe(false);
  });
});

describe('rule 16: the token is nowhere but in the address', () => {
  it('is not in any output, header or body', async () => {
    const { socket, closed } = await page();
    socket.send(JSON.stringify({ hello: 1, token: `${token.slice(0, 42)}_` }));
    await closed;
    const answer = await get('/');
    expect(answer.headers + answer.body).not.toContain(token);
    expect(output).not.toContain(token);
  });
});
