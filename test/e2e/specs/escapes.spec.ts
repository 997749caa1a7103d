/** A hostile program on the host: whatever it prints, the terminal types nothing back beyond the allow-list. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type SshdFixture, startSshd } from '../../fixtures/sshd/startSshd.ts';
import { allowedReplies, corpus } from '../../fixtures/terminal/escapes.ts';
import { type Cockpit, expect, test } from '../fixtures/cockpit.ts';
import { setOperator, startNow } from '../pages/desk.ts';
import { fillByKeys } from '../pages/keyboard.ts';

const RUNBOOK = `
runbook: 1
id: hostile-output
title: Look at hostile output
version: 1.0.0
kind: verification
service: Test
summary: Prints what a hostile program would.
targets:
  host: { title: Test host }
phases:
  - id: look
    steps:
      - id: print
        title: Print it
        run: sh "$HOLDPOINT_TEST_DIR/print.sh" step
        risk: read
        expect: { exit: 0 }
      - id: after
        title: Look again
        attest: { text: { label: What it shows } }
`;

let sshd: SshdFixture;

test.beforeAll(async () => {
  sshd = await startSshd();
  await writeFile(join(sshd.dir, 'corpus'), corpus());
  await writeFile(join(sshd.dir, 'print.sh'), collector(sshd.dir));
});

test.afterAll(async () => {
  await sshd.stop();
});

/**
 * Prints the corpus on a raw terminal and keeps everything that is typed, until the spec has seen its last words: the
 * terminal has then drawn, and answered, all of it.
 */
function collector(dir: string): string {
  return `
stty raw -echo
cat ${dir}/corpus
printf 'SHOWN-%s' $1
while ! [ -e ${dir}/seen.$1 ]; do sleep 0.05; done
timeout --foreground 3 cat >${dir}/received.$1
stty sane
printf '\\r\\nALL-%s\\r\\n' $1
`;
}

async function openHostile(cockpit: Cockpit): Promise<void> {
  const { page, home } = cockpit;
  const own = join(home, 'data', 'runbooks');
  await mkdir(own, { recursive: true });
  await writeFile(
    join(own, 'hostile-output.runbook.yaml'),
    RUNBOOK.replace('$HOLDPOINT_TEST_DIR', sshd.dir).trimStart(),
  );
  await writeFile(join(home, 'person', '.ssh', 'known_hosts'), `${sshd.hostKeyLine}\n`);
  await cockpit.giveIdentity(sshd.clientKeyFile);
  await setOperator(page);
  await page.keyboard.press('Alt+2');
  await page.reload();
  await page.keyboard.press('Alt+2');
  await page.getByText('Look at hostile output').first().click();
  await expect(page.getByRole('heading', { name: 'Look at hostile output' })).toBeVisible();
  await page.keyboard.press('Alt+Enter');
  await expect(page.getByRole('heading', { name: 'Start a run' })).toBeVisible();
  const address = `${sshd.user}@127.0.0.1:${String(sshd.port)}`;
  await fillByKeys(page, page.getByRole('textbox', { name: 'Test host' }), address);
  await fillByKeys(page, page.getByRole('textbox', { name: 'Change ticket' }), 'CHG-1');
  await fillByKeys(page, page.getByRole('textbox', { name: 'Reason for the change' }), 'Hostile output');
  await startNow(page);
}

test('a hostile program gets no byte typed beyond DA1 and DSR, and a running step gets none', async ({
  cockpit,
}) => {
  const { page } = cockpit;
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate(() => navigator.clipboard.writeText('mine'));
  await openHostile(cockpit);
  const rows = page.locator('.xterm-rows');

  // As a step of the runbook: nothing at all is answered.
  await expect(page.getByRole('article', { name: 'Step: Print it' })).toBeVisible();
  await expect(page.getByRole('button', { name: /^Run/ })).toBeEnabled();
  const before = await page.title();
  const complaints = cockpit.complaints.length;
  await page.keyboard.press('Alt+Enter');
  await expect(rows).toContainText('SHOWN-step');
  await writeFile(join(sshd.dir, 'seen.step'), '');
  await expect(page.getByRole('article', { name: 'Step: Look again' })).toBeVisible();
  expect(await readFile(join(sshd.dir, 'received.step'), 'latin1')).toBe('');

  // In the live shell: only what full-screen programs need.
  await page.keyboard.press('Control+`');
  await page.keyboard.type(`sh ${sshd.dir}/print.sh live\n`);
  await expect(rows).toContainText('SHOWN-live');
  await writeFile(join(sshd.dir, 'seen.live'), '');
  await expect(rows).toContainText('ALL-live');
  const received = await readFile(join(sshd.dir, 'received.live'), 'latin1');
  expect(received).toMatch(allowedReplies);
  expect(received).toContain('\u001b[0n');

  expect(await page.title()).toBe(before);
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('mine');
  await expect(page.getByText('Title set by the host:')).toBeVisible();
  expect(cockpit.complaints.slice(complaints)).toEqual([]);
});
