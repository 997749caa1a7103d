/**
 * The browser shell's server: the interface's files and one websocket a page, on 127.0.0.1 and nowhere else. It must
 * never answer a request that did not come from its own pages, and never write the token to any output.
 */
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { type Result, fail, ok } from '../contract/result.ts';
import { MAX_FRAME_BYTES } from '../contract/wire.ts';
import type { Host } from '../host/host.ts';
import { readPageFile } from '../host/page/files.ts';
import { SECURITY_HEADERS } from '../host/page/headers.ts';
import { createToken, type Refusal, refuseRequest, refuseUpgrade, type RequestFacts } from './guard.ts';
import { HELLO_DEADLINE_MS, servePage } from './socket.ts';

export interface ServeOptions {
  readonly host: Host;
  /** Folder of the built interface, with its index.html. */
  readonly rendererDir: string;
  /** TCP port; a free one is taken when absent. */
  readonly port?: number;
  /** For tests of the deadline; 5 s otherwise. */
  readonly helloDeadlineMs?: number;
}

export interface RunningServer {
  /** Address with the token in its fragment, for the person at this machine alone. Never log it. */
  readonly url: string;
  readonly port: number;
  /** Closes all pages and the port. The host stays as it is: it belongs to the caller. */
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
/** A request without a body is here at once; a client that dawdles holds a connection for nothing. */
const REQUEST_TIMEOUT_MS = 10_000;
const GOODBYE_MS = 1_000;

/** Starts the server. `not-found` without a built interface, `busy` when the port is taken. */
export async function startServer(options: ServeOptions): Promise<Result<RunningServer>> {
  if ((await readPageFile(options.rendererDir, '/index.html')) === null) {
    return fail('not-found', `There is no built interface at ${options.rendererDir}.`, {
      hint: 'Build it with: npm run build',
    });
  }
  const token = createToken();
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS });
  const listening = await listen(server, options.port ?? 0);
  if (!listening.ok) return listening;
  const port = listening.value;
  const authority = `${LOOPBACK}:${String(port)}`;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
  });
  server.on('request', (request, response) => {
    void respond(request, response, authority, options.rendererDir);
  });
  server.on('upgrade', (request, stream, head) => {
    const refusal = refuseUpgrade(factsOf(request), authority);
    if (refusal !== null) {
      refuseStream(stream, refusal);
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      servePage(socket, options.host, token, options.helloDeadlineMs ?? HELLO_DEADLINE_MS);
    });
  });
  return ok({ url: `http://${authority}/#t=${token}`, port, close: () => closeAll(server, sockets) });
}

function listen(server: Server, port: number): Promise<Result<number>> {
  return new Promise((resolve) => {
    server.once('error', (problem: NodeJS.ErrnoException) => {
      const taken = problem.code === 'EADDRINUSE';
      resolve(
        fail(
          taken ? 'busy' : 'network',
          `Port ${String(port)} on ${LOOPBACK} cannot be used: ${problem.code ?? 'unknown'}.`,
          {
            hint: 'Choose another port, or leave it out to take a free one.',
          },
        ),
      );
    });
    server.listen({ host: LOOPBACK, port, exclusive: true }, () => {
      server.removeAllListeners('error');
      // Past this point an error of the listening socket has no request to answer; connections report their own.
      server.on('error', () => undefined);
      const address = server.address();
      resolve(
        typeof address === 'object' && address !== null
          ? ok(address.port)
          : fail('network', 'The server has no address.'),
      );
    });
  });
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  authority: string,
  rendererDir: string,
): Promise<void> {
  // A client that goes away mid-answer is no problem of ours.
  response.on('error', () => undefined);
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
  const facts = factsOf(request);
  const refusal = refuseRequest(facts, authority);
  if (refusal !== null) {
    sendText(response, refusal);
    return;
  }
  const file = await readPageFile(rendererDir, facts.target.split('?', 1)[0] ?? '');
  if (file === null) {
    sendText(response, { status: 404, reason: 'There is no such file.' });
    return;
  }
  response.writeHead(200, { 'Content-Type': file.type, 'Content-Length': file.bytes.byteLength });
  response.end(request.method === 'HEAD' ? undefined : file.bytes);
}

function sendText(response: ServerResponse, refusal: Refusal): void {
  if (refusal.status === 405) response.setHeader('Allow', 'GET, HEAD');
  // A body that was sent along is not read; the connection ends here instead.
  response.setHeader('Connection', 'close');
  response.writeHead(refusal.status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${refusal.reason}\n`);
}

/** Answers a refused hand-shake in plain HTTP; there is no response object for one. */
function refuseStream(stream: Duplex, refusal: Refusal): void {
  stream.on('error', () => undefined);
  stream.once('finish', () => {
    stream.destroy();
  });
  const body = `${refusal.reason}\n`;
  stream.end(
    [
      `HTTP/1.1 ${String(refusal.status)} ${STATUS_CODES[refusal.status] ?? ''}`,
      'Connection: close',
      'Content-Type: text/plain; charset=utf-8',
      `Content-Length: ${String(Buffer.byteLength(body))}`,
      ...Object.entries(SECURITY_HEADERS).map(([name, value]) => `${name}: ${value}`),
      '',
      body,
    ].join('\r\n'),
  );
}

function factsOf(request: IncomingMessage): RequestFacts {
  const { headersDistinct } = request;
  return {
    method: request.method ?? '',
    target: request.url ?? '',
    host: headersDistinct['host'] ?? [],
    origin: headersDistinct['origin'] ?? [],
    fetchSite: headersDistinct['sec-fetch-site'] ?? [],
  };
}

/** Says goodbye to each page, waits a moment for its answer, then closes the port. */
async function closeAll(server: Server, sockets: WebSocketServer): Promise<void> {
  for (const socket of sockets.clients) socket.close(1001, 'Holdpoint is closing');
  const impatience = setTimeout(() => {
    for (const socket of sockets.clients) socket.terminate();
  }, GOODBYE_MS);
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
  clearTimeout(impatience);
}
