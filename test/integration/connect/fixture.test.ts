import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { startAgent } from '../../fixtures/sshd/startAgent.ts';
import { descendantsOf } from '../../fixtures/sshd/processes.ts';
import { canHaveAccounts } from '../../fixtures/sshd/privateAccounts.ts';
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

it('accounts of a server exist for it alone', async ({ skip }) => {
  skip(!(await canHaveAccounts()), 'needs root and mount namespaces');
  const before = await readFile('/etc/passwd', 'utf8');
  const server = await startSshd({
    accounts: [{ name: 'oncall', shell: '/bin/dash' }, { name: 'second' }],
  });
  try {
    const inside = async (user: string, command: string): Promise<string> => {
      const options = ['-F', 'none', '-p', String(server.port), '-i', server.clientKeyFile];
      const trust = ['-o', `UserKnownHostsFile=${server.knownHostsFile}`, '-o', 'StrictHostKeyChecking=yes'];
      return (await run('ssh', [...options, ...trust, `${user}@${server.host}`, command])).stdout;
    };
    expect(await inside('oncall', 'id -un; readlink /proc/$$/exe; pwd; touch here')).toMatch(
      /^oncall\n\S*dash\n\S+home-oncall\n$/,
    );
    expect(await inside('second', 'id -un')).toBe('second\n');
    expect(await readFile('/etc/passwd', 'utf8')).toBe(before);
  } finally {
    await server.stop();
  }
  expect(await descendantsOf(server.pid)).toEqual([]);
});
