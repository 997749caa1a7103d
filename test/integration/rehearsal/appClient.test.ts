/** The app's own client and its wrapper against the rehearsal host: the link that every rehearsed run takes. */
import { randomBytes } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import type { Connection, ExecRequest } from '../../../electron/host/connect/connection.ts';
import { prepareHost, type PreparedHost } from '../../../electron/host/remote/hostSession.ts';
import { connectSsh2 } from '../../../electron/host/connect/ssh2/ssh2Connection.ts';
import type { RehearsalHost } from '../../../electron/host/rehearsal/rehearsalHost.ts';
import { startHost } from './client.ts';

/** Links to one host are links of one run. */
const runIds = new WeakMap<RehearsalHost, string>();

async function open(host: RehearsalHost): Promise<{ connection: Connection; prepared: PreparedHost }> {
  const connection = await connectSsh2({
    host: host.host,
    port: host.port,
    user: host.user,
    knownHosts: [host.knownHostsFile],
    identityFiles: [host.identityFile],
    ask: () => Promise.reject(new Error('nothing should be asked')),
    timeoutMs: 60_000,
    keepAlive: { intervalMs: 15_000, count: 3 },
  });
  if (!connection.ok) throw new Error(connection.error.message);
  onTestFinished(() => connection.value.close());
  const runId = runIds.get(host) ?? `20261121T020311Z-${randomBytes(3).toString('hex')}`;
  runIds.set(host, runId);
  const prepared = await prepareHost(connection.value, { runId });
  if (!prepared.ok) throw new Error(prepared.error.message);
  onTestFinished(() => prepared.value.cleanup());
  return { connection: connection.value, prepared: prepared.value };
}

async function run(
  { connection, prepared }: Awaited<ReturnType<typeof open>>,
  command: string,
  pty?: ExecRequest['pty'],
): Promise<{ output: string; end: unknown }> {
  const wrapped = await prepared.wrap(command, { carry: true });
  if (!wrapped.ok) throw new Error(wrapped.error.message);
  const parts: Buffer[] = [];
  const channel = await connection.exec({
    command: wrapped.value,
    onData: (_stream, bytes) => parts.push(Buffer.from(bytes)),
    ...(pty ? { pty } : {}),
  });
  if (!channel.ok) throw new Error(channel.error.message);
  const end = await channel.value.ended;
  return { output: Buffer.concat(parts).toString(), end };
}

test.each([undefined, { cols: 90, rows: 20 }])(
  'a wrapped command runs and its status comes back (pty %o)',
  async (pty) => {
    const { host } = await startHost();
    const link = await open(host);
    expect(link.prepared.shell).toBe('bash');
    const first = await run(link, 'export COLOUR=blue; cd backups; false | cat', pty);
    expect(first.end).toEqual({ how: 'exit', code: 1 });
    const second = await run(link, 'echo "$COLOUR ${PWD##*/}"; helm version; exit 7', pty);
    expect(second.output).toMatch(/^blue backups\r?\nversion\.BuildInfo/);
    expect(second.end).toEqual({ how: 'exit', code: 7 });
  },
);

test('no output is lost at the end of a wrapped command', async () => {
  const { host } = await startHost();
  const link = await open(host);
  for (let round = 0; round < 20; round++) {
    for (const pty of [undefined, { cols: 90, rows: 20 }]) {
      const { output, end } = await run(link, "head -c 200000 /dev/zero | tr '\\0' y; printf END", pty);
      expect(output.length).toBe(200_003);
      expect(end).toEqual({ how: 'exit', code: 0 });
    }
  }
});

test('the link that a fault cuts is reported as lost', async () => {
  const { host } = await startHost();
  const link = await open(host);
  await host.setFault('drop-connection', true);
  const command = 'helm upgrade mazevault mazevault/mazevault --version 1.0.17 -n mazevault --wait';
  expect((await run(link, command, { cols: 90, rows: 20 })).end).toMatchObject({ how: 'lost' });
  const again = await open(host);
  const { output } = await run(
    again,
    'kubectl rollout status deployment -l app.kubernetes.io/instance=mazevault -n mazevault --timeout=1m',
  );
  expect(output).toContain('successfully rolled out');
});
