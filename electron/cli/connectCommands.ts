/** `holdpoint route` and `holdpoint capabilities`: how a host would be reached, and what the clients here can do. */
import type { Settings } from '../contract/settings.ts';
import type { ConnectCapabilities, Route } from '../contract/routes.ts';
import { type Client, connectClient } from './client.ts';
import { compose } from './compose.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { Output } from './output.ts';
import { answerPrompts } from './promptAnswers.ts';

export interface RouteArguments {
  readonly via: readonly string[];
  readonly engine?: Settings['sshEngine'];
  readonly sshConfig?: string;
}

/** Prints the way to a host. 0 when it can be gone, 1 when the client refuses it. */
export async function routeCommand(text: string, args: RouteArguments, output: Output): Promise<ExitCode> {
  return withClient(args, output, async (client) => {
    const found = await client.call('connect.route', {
      text,
      ...(args.via.length === 0 ? {} : { via: [...args.via] }),
    });
    if (!found.ok) return output.failure(found.error);
    const route = found.value;
    output.data(route);
    printRoute(route, output);
    if (route.refusal === undefined) return EXIT.ok;
    if (!output.json) output.failure(route.refusal);
    return EXIT.findings;
  });
}

function printRoute(route: Route, output: Output): void {
  output.line(`client ${route.engine}  ${route.engineWhy}`);
  for (const [index, hop] of route.hops.entries()) {
    const last = index === route.hops.length - 1;
    const alias = hop.alias === hop.host ? '' : `  (${hop.alias})`;
    const host = hop.host.includes(':') ? `[${hop.host}]` : hop.host;
    output.line(`${last ? 'host' : 'jump'}   ${hop.user}@${host}:${String(hop.port)}${alias}`);
    output.line(`   known_hosts ${hop.knownHosts.join(' ') || 'none'}`);
    output.line(`   keys        ${hop.identityFiles.join(' ') || 'none'}`);
    output.line(`   agent       ${hop.agent ?? 'none'}`);
    if (hop.proxyCommand !== undefined) output.line(`   through     ${hop.proxyCommand}`);
  }
  for (const note of route.notes) {
    const place = note.file === undefined ? '' : `  ${note.file}:${String(note.line ?? 0)}`;
    output.line(`${note.kind}: ${note.text}${place}`);
  }
}

/** Prints what the system's ssh and the built-in client can do here, and the agent's keys. */
export async function capabilitiesCommand(output: Output): Promise<ExitCode> {
  return withClient({ via: [] }, output, async (client) => {
    const found = await client.call('connect.capabilities', {});
    if (!found.ok) return output.failure(found.error);
    output.data(found.value);
    printCapabilities(found.value, output);
    return EXIT.ok;
  });
}

function printCapabilities(found: ConnectCapabilities, output: Output): void {
  for (const engine of found.engines) {
    output.line(`${engine.id.padEnd(8)} ${engine.ok ? 'yes' : 'no '}  ${engine.version}  ${engine.text}`);
  }
  output.line('');
  const width = Math.max(...found.features.map((feature) => feature.title.length));
  output.line(`${''.padEnd(width)}  openssh  ssh2`);
  for (const { title, openssh, ssh2 } of found.features) {
    const note = [openssh.note, ssh2.note].filter((text) => text !== undefined).join(' ');
    output.line(`${title.padEnd(width)}  ${openssh.has.padEnd(7)}  ${ssh2.has.padEnd(6)}  ${note}`.trimEnd());
  }
  output.line('');
  output.line(`agent ${found.agent.socket === '' ? 'none' : found.agent.socket}`);
  if (found.agent.problem !== undefined) output.line(`   ${found.agent.problem}`);
  for (const key of found.agent.keys) {
    const limit = key.builtIn ? '' : '  (system ssh only)';
    output.line(`   ${key.type} ${key.fingerprint} ${key.comment}${limit}`);
  }
}

async function withClient(
  args: RouteArguments,
  output: Output,
  work: (client: Client) => Promise<ExitCode>,
): Promise<ExitCode> {
  const composed = await compose(output, {
    ...(args.engine === undefined ? {} : { sshEngine: args.engine }),
    ...(args.sshConfig === undefined ? {} : { sshConfig: args.sshConfig }),
  });
  if (!composed.ok) return output.failure(composed.error);
  const client = connectClient(composed.value.host);
  const stop = answerPrompts(client, { hostKeys: [], interactive: process.stdin.isTTY }, output);
  try {
    return await work(client);
  } finally {
    stop();
    client.close();
    await composed.value.host.close();
  }
}
