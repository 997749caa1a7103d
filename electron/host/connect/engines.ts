/** The clients that can make a connection, behind one `Connect`. Which one is decided before; nothing is tried twice. */
import { assertNever } from '../../contract/result.ts';
import type { Connect } from './connection.ts';
import { connectLocal } from './local/localConnection.ts';
import { findOpenssh, type FoundOpenssh } from './openssh/findOpenssh.ts';
import { connectOpenssh } from './openssh/opensshConnection.ts';
import { connectSsh2 } from './ssh2/ssh2Connection.ts';

/** Connects with the client that the options name; the built-in one where they name none. */
export function createConnect(
  engines: { readonly openssh: Connect; readonly ssh2: Connect; readonly local: Connect } = {
    openssh: connectOpenssh,
    ssh2: connectSsh2,
    local: connectLocal,
  },
): Connect {
  return (options) => {
    const engine = options.engine ?? 'ssh2';
    switch (engine) {
      case 'openssh':
        return engines.openssh(options);
      case 'ssh2':
        return engines.ssh2(options);
      case 'local':
        return engines.local(options);
      default:
        return assertNever(engine);
    }
  };
}

/** The system's ssh, looked for again as long as there is no suitable one: it may be installed meanwhile. */
export function createOpensshFinder(
  find: () => Promise<FoundOpenssh> = () => findOpenssh(),
): () => Promise<FoundOpenssh> {
  let found: Promise<FoundOpenssh> | null = null;
  return async () => {
    found ??= find();
    const result = await found;
    if (!result.suitable) found = null;
    return result;
  };
}
