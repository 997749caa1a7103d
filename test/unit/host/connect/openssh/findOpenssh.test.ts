import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sshEnvironment } from '../../../../../electron/host/connect/openssh/environment.ts';
import { findOpenssh } from '../../../../../electron/host/connect/openssh/findOpenssh.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'find-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true });
});

async function program(says: string): Promise<string> {
  await mkdir(join(dir, 'bin'), { recursive: true });
  await writeFile(join(dir, 'bin', 'ssh'), `#!/bin/sh\necho '${says}' >&2\n`, { mode: 0o755 });
  return join(dir, 'bin', 'ssh');
}

describe('the ssh of this computer', () => {
  it('is the real one when there is one', async () => {
    expect(await findOpenssh()).toMatchObject({
      suitable: true,
      path: expect.stringMatching(/\/ssh$/) as string,
      version: expect.stringMatching(/^OpenSSH_\d/) as string,
    });
  });

  it.each([
    ['OpenSSH_8.4p1 Debian-5, OpenSSL 1.1.1n', true, 'OpenSSH_8.4p1'],
    ['OpenSSH_10.6p1, LibreSSL', true, 'OpenSSH_10.6p1'],
    ['OpenSSH_8.3, OpenSSL', false, 'OpenSSH_8.3'],
    ['OpenSSH_7.9p1', false, 'OpenSSH_7.9p1'],
  ])('%s: suitable %s', async (says, suitable, version) => {
    const path = await program(says);
    const found = await findOpenssh({ path: join(dir, 'bin'), platform: 'linux' });
    expect(found).toMatchObject({ suitable, path, version });
    expect('reason' in found ? found.reason : '').toMatch(suitable ? /^$/ : /8\.4 or later/);
  });

  it('is not taken when it is something else', async () => {
    await program('Dropbear v2022.83');
    const found = await findOpenssh({ path: join(dir, 'bin'), platform: 'linux' });
    expect(found).toMatchObject({ suitable: false, reason: expect.stringContaining('Dropbear') as string });
  });

  it('is not used on Windows, and says why', async () => {
    const found = await findOpenssh({ path: join(dir, 'bin'), platform: 'win32' });
    expect(found).toMatchObject({
      suitable: false,
      reason: expect.stringContaining('ControlMaster') as string,
    });
  });
});

describe('what ssh sees of the environment', () => {
  it('is an allow-list', () => {
    const made = sshEnvironment(
      { askpass: '/a/ask' },
      {
        HOME: '/h',
        PATH: '/bin',
        LD_PRELOAD: 'x',
        NODE_OPTIONS: 'x',
        ELECTRON_RUN_AS_NODE: '1',
        SSH_AUTH_SOCK: '/not/chosen',
        SSH_ASKPASS: '/other',
        DISPLAY: ':0',
        GITHUB_TOKEN: 'x',
        LC_ALL: 'de_DE',
      },
    );
    expect(made).toEqual({
      HOME: '/h',
      PATH: '/bin',
      LC_ALL: 'C',
      SSH_ASKPASS: '/a/ask',
      SSH_ASKPASS_REQUIRE: 'force',
    });
  });
});
