/**
 * The SSH server of the rehearsal: loopback only, one user, one public key, session channels only. Every other
 * request is refused.
 */
import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import ssh2, { type AuthContext, type Connection as SshConnection } from 'ssh2';
import { serveSession, type SessionSetting } from './session.ts';

export interface SshServer {
  readonly port: number;
  /** Cuts every connection without a word, as a broken link does. */
  dropConnections(): void;
  close(): Promise<void>;
}

export interface SshServerOptions {
  readonly hostKey: string;
  readonly user: string;
  /** The one key that is let in, in OpenSSH public key format. */
  readonly userKey: string;
  readonly setting: SessionSetting;
}

/** Listens on a free port of 127.0.0.1. */
export async function startSshServer(options: SshServerOptions): Promise<SshServer> {
  const sockets = new Set<Socket>();
  const allowed = ssh2.utils.parseKey(options.userKey);
  if (allowed instanceof Error) throw allowed;
  const server = new ssh2.Server({ hostKeys: [options.hostKey], ident: 'holdpoint-rehearsal' }, (client) => {
    serveConnection(client, options.user, allowed, options.setting);
  });
  const listener = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    server.injectSocket(socket);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');

  const dropConnections = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: address.port,
    dropConnections,
    async close() {
      const closed = once(listener, 'close');
      listener.close();
      dropConnections();
      await closed;
    },
  };
}

function serveConnection(
  client: SshConnection,
  user: string,
  key: ssh2.ParsedKey,
  setting: SessionSetting,
): void {
  // A connection that breaks ends with `close`; there is nothing to mend and nobody to tell.
  client.on('error', () => undefined);
  client.on('authentication', (context) => {
    if (isUser(context, user, key)) context.accept();
    else context.reject(['publickey']);
  });
  client.on('ready', () => {
    client.on('session', (accept) => {
      serveSession(accept(), setting);
    });
  });
}

/** RFC 4252 section 7: first a query whether the key would do, then the same with a signature. */
function isUser(context: AuthContext, user: string, key: ssh2.ParsedKey): boolean {
  if (context.method !== 'publickey' || context.username !== user) return false;
  if (context.key.algo !== key.type || !equalBytes(context.key.data, key.getPublicSSH())) return false;
  if (!context.signature) return true;
  if (context.blob === undefined) return false;
  // The published type says boolean; ssh2 returns an Error, which is truthy, for a signature it cannot read.
  const verified: unknown = key.verify(context.blob, context.signature, context.hashAlgo);
  return verified === true;
}

function equalBytes(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
