/** `holdpoint serve`: the browser shell on 127.0.0.1, until it is told to end. */
import { startServer } from '../serve/server.ts';
import { compose, rendererFolder } from './compose.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { Output } from './output.ts';

/** Prints the address (with its token) on stdout and serves until SIGINT or SIGTERM. */
export async function serveCommand(args: { readonly port?: number }, output: Output): Promise<ExitCode> {
  const composed = await compose(output);
  if (!composed.ok) return output.failure(composed.error);
  const { host } = composed.value;
  const server = await startServer({
    host,
    rendererDir: rendererFolder(),
    ...(args.port === undefined ? {} : { port: args.port }),
  });
  if (!server.ok) {
    await host.close();
    return output.failure(server.error);
  }
  output.line(`Holdpoint is at ${server.value.url}`);
  output.data({ url: server.value.url, port: server.value.port });
  await told();
  await server.value.close();
  await host.close();
  return EXIT.ok;
}

function told(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => {
      resolve();
    });
    process.once('SIGTERM', () => {
      resolve();
    });
  });
}
