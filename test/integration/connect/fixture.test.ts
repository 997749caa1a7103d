import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { startAgent } from '../../fixtures/sshd/startAgent.ts';
import { descendantsOf } from '../../fixtures/sshd/processes.ts';
import { startSshd } from '../../fixtures/sshd/startSshd.ts';

const run = promisify(execFile);

it('the server fixture lets its client key in, serves the asked shell, and leaves nothing behind', async () => {
  const server = await startSshd({ hostKeyTypes: ['ed25519', 'ecdsa'], loginShell: 'dash' });
  const agent = await startAgent();
  try {
    await agent.add(server.clientKeyFile);
    const { stdout } = await run(
      'ssh',
      [
        '-F',
        'none',
        '-p',
        String(server.port),
        '-o',
        `UserKnownHostsFile=${server.knownHostsFile}`,
        '-o',
        'StrictHostKeyChecking=yes',
        `${server.user}@${server.host}`,
        'readlink /proc/$$/exe',
      ],
      { env: { ...process.env, SSH_AUTH_SOCK: agent.socket } },
    );
    expect(stdout).toMatch(/dash\n$/);
    expect(server.log()).toContain('Accepted publickey');
  } finally {
    await agent.stop();
    await server.stop();
  }
  expect(await descendantsOf(server.pid)).toEqual([]);
});
