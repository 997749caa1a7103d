/** Real OpenSSH servers behind the cockpit: a key that changed, a group of hosts, a link that drops under a command. */
import { execFile } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';
import { makeKey, startSshd, type SshdFixture } from '../../fixtures/sshd/startSshd.ts';
import { expect, test, type Cockpit } from '../fixtures/cockpit.ts';
import { setOperator, startNow } from '../pages/desk.ts';
import { fillByKeys, tabTo } from '../pages/keyboard.ts';

const run = promisify(execFile);

/** Empty as long as the test has not begun: in the Electron project it may be skipped before it does. */
let dir = '';
let servers: SshdFixture[] = [];

test.beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hp-reach-'));
});

test.afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  servers = [];
  if (dir !== '') await rm(dir, { recursive: true, force: true });
  dir = '';
});

/** Servers that all let the same key in. */
async function startServers(count: number): Promise<readonly SshdFixture[]> {
  const first = await startSshd();
  servers.push(first);
  const line = (await readFile(`${first.clientKeyFile}.pub`, 'utf8')).trim();
  for (let n = 1; n < count; n += 1) servers.push(await startSshd({ authorizedKeys: [line] }));
  return servers;
}

async function know(cockpit: Cockpit, lines: readonly string[]): Promise<void> {
  const folder = join(cockpit.home, 'person', '.ssh');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, 'known_hosts'), `${lines.join('\n')}\n`, { mode: 0o600 });
}

/** Puts a runbook of this test into the desk's folder and opens its start form. */
async function openStart(cockpit: Cockpit, steps: string): Promise<void> {
  const folder = join(cockpit.home, 'data', 'runbooks');
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'night-works.runbook.yaml'),
    `runbook: 1
id: night-works
title: Night works
version: 1.0.0
kind: maintenance
service: Test
summary: Works on servers of a test.
targets:
  one: { title: One host, identity: [{ run: echo here, equals: here }] }
  all: { title: All hosts, group: true, identity: [{ run: echo here, equals: here }] }
phases:
  - id: work
    title: Work
    steps:
${steps}`,
  );
  await setOperator(cockpit.page);
  await cockpit.page.evaluate(() => {
    location.hash = '#/start/night-works';
  });
  await expect(cockpit.page.getByRole('heading', { name: 'Night works' })).toBeVisible();
}

async function nameTargets(page: Page, one: SshdFixture, all: readonly SshdFixture[]): Promise<void> {
  await fillByKeys(page, page.getByRole('textbox', { name: 'One host' }), addressOf(one));
  await tabTo(page, page.getByRole('textbox', { name: 'Paste many' }));
  await page.keyboard.insertText(
    all.map((server, n) => `host-${String(n + 1)} ${addressOf(server)}`).join('\n'),
  );
  await tabTo(page, page.getByRole('button', { name: /^Add \d+ hosts?$/ }));
  await page.keyboard.press('Space');
  await fillByKeys(page, page.getByRole('textbox', { name: 'Change ticket' }), 'CHG-20441');
  await fillByKeys(page, page.getByRole('textbox', { name: 'Reason for the change' }), 'Night works');
  await startNow(page);
}

function addressOf(server: SshdFixture): string {
  return `${server.user}@${server.host}:${String(server.port)}`;
}

async function fingerprintOf(file: string): Promise<string> {
  const { stdout } = await run('ssh-keygen', ['-lf', file]);
  return /SHA256:\S+/.exec(stdout)?.[0] ?? '';
}

function step(id: string, more: string): string {
  return `      - id: ${id}
        risk: reversible
        expect: { exit: 0 }
${more}
`;
}

test('a changed key stops everything; with fingerprint, reason and a second person it is replaced', async ({
  cockpit,
}) => {
  const { page, home } = cockpit;
  const [server] = await startServers(1);
  if (server === undefined) throw new Error('no server');
  await cockpit.giveIdentity(server.clientKeyFile);
  const oldKey = await makeKey(join(dir, 'old'), 'ed25519');
  const [type = '', key = ''] = oldKey.split(' ');
  await know(cockpit, ['# kept', `[127.0.0.1]:${String(server.port)} ${type} ${key}`]);
  await openStart(
    cockpit,
    step('look', '        title: Look\n        on: one\n        run: "true"') +
      step('all', '        title: Look everywhere\n        on: all\n        run: "true"'),
  );
  await nameTargets(page, server, [server]);

  await expect(page.getByRole('heading', { name: 'The host key has changed' })).toBeVisible();
  const shown = await fingerprintOf(`${server.hostKeyFile}.pub`);
  const note = page.getByRole('alert', { name: 'The host key has changed' });
  await expect(note).toContainText(shown);
  await expect(note).toContainText(await fingerprintOf(join(dir, 'old.pub')));
  await expect(note).toContainText('known_hosts:2');
  expect(server.log()).not.toContain('Accepted');

  await tabTo(page, page.getByRole('button', { name: 'Replace the key…' }));
  await page.keyboard.press('Space');
  const dialog = page.getByRole('dialog', { name: 'Replace the key on record' });
  await fillByKeys(
    page,
    dialog.getByRole('textbox', { name: 'Fingerprint that you got another way' }),
    shown,
  );
  await fillByKeys(page, dialog.getByRole('textbox', { name: 'Reason' }), 'Rebuilt on Saturday');
  await fillByKeys(page, dialog.getByRole('textbox', { name: 'Second person' }), 'Bob Fox');
  await tabTo(page, dialog.getByRole('button', { name: 'Replace the key' }));
  await page.keyboard.press('Space');
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('button', { name: /^Run/ })).toBeEnabled();
  const known = await readFile(join(home, 'person', '.ssh', 'known_hosts'), 'utf8');
  expect(known).toContain('# kept');
  expect(known).toContain(server.hostKeyLine.split(' ')[2] ?? 'no key');
  expect(known).not.toContain(key);
  await page.keyboard.press('Alt+Enter');
  await expect(page.getByRole('article', { name: 'Step: Look everywhere' })).toBeVisible();
});

test('a step over three servers counts them, keeps one result each, and stops at the first that fails', async ({
  cockpit,
}) => {
  const { page } = cockpit;
  const all = await startServers(3);
  const [one, second] = all;
  if (one === undefined || second === undefined) throw new Error('no servers');
  await cockpit.giveIdentity(one.clientKeyFile);
  await know(
    cockpit,
    all.map((server) => server.hostKeyLine),
  );
  await openStart(
    cockpit,
    step(
      'everywhere',
      '        title: Work everywhere\n        on: all\n        across: { order: parallel, limit: 3 }\n        run: echo "at $SSH_CONNECTION"',
    ) +
      step(
        'careful',
        `        title: Work with care\n        on: all\n        across: { order: serial }\n        run: 'case "$SSH_CONNECTION" in *" ${String(second.port)}") exit 3 ;; esac'`,
      ) +
      step('last', '        title: Work here\n        on: one\n        run: "true"'),
  );
  await nameTargets(page, one, all);

  await expect(page.getByText('0 of 3 passed')).toBeVisible();
  await expect(page.getByText('All hosts, at most 3 at a time', { exact: false })).toBeVisible();
  await expect(page.getByRole('button', { name: /^Run/ })).toBeEnabled();
  await page.keyboard.press('Alt+Enter');
  await expect(page.getByRole('article', { name: 'Step: Work with care' })).toBeVisible();

  await expect(page.getByRole('button', { name: /^Run/ })).toBeEnabled();
  await page.keyboard.press('Alt+Enter');
  await expect(page.getByRole('alert').getByText('Failed', { exact: true })).toBeVisible();
  await expect(page.getByText('1 of 3 passed', { exact: true })).toBeVisible();
  await expect(page.locator('[data-member=host-2]')).toContainText('exit 3');
  await expect(page.locator('[data-member=host-3]')).toContainText('not run');
  await expect(page.getByText('host-2 of all')).toBeVisible();
});

test('a link that drops under a detached command is made again, and the command ran once, to its end', async ({
  cockpit,
}) => {
  const { page } = cockpit;
  const [server] = await startServers(1);
  if (server === undefined) throw new Error('no server');
  await cockpit.giveIdentity(server.clientKeyFile);
  await know(cockpit, [server.hostKeyLine]);
  const count = join(dir, 'count');
  const go = join(dir, 'go');
  await openStart(
    cockpit,
    step(
      'long',
      `        title: Work for long
        on: one
        mode: detached
        rerun: never
        probe: { run: 'true', expect: { exit: 0 } }
        run: |
          echo started >>${count}
          echo first line
          while ! [ -e ${go} ]; do sleep 0.1; done
          echo last line`,
    ).replace('expect: { exit: 0 }', 'expect: { exit: 0, stdout: { contains: last line } }') +
      step('all', '        title: Look everywhere\n        on: all\n        run: "true"'),
  );
  await nameTargets(page, server, [server]);
  await expect(page.getByText('detached on the host').first()).toBeVisible();
  await expect(page.getByRole('button', { name: /^Run/ })).toBeEnabled();
  await page.keyboard.press('Alt+Enter');
  await expect.poll(async () => readFile(count, 'utf8').catch(() => '')).toBe('started\n');
  await expect(page.locator('.xterm-rows')).toContainText('first line');

  await server.killSessions();
  // The app comes back by itself; nobody presses anything.
  await expect(page.getByText('taken up again 1 time')).toBeVisible();
  await appendFile(go, '');
  await expect(page.getByRole('article', { name: 'Step: Look everywhere' })).toBeVisible();
  expect(await readFile(count, 'utf8')).toBe('started\n');
});
