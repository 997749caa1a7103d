/** A real OpenSSH server behind the cockpit: an unknown host key is compared by a person before anything secret leaves. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startPlatformSshd, type PlatformSshd } from '../../fixtures/platform/startPlatformSshd.ts';
import { expect, test } from '../fixtures/cockpit.ts';
import { choose, setOperator, startNow } from '../pages/desk.ts';
import { fillByKeys, tabTo } from '../pages/keyboard.ts';
import { RunPage } from '../pages/runPage.ts';
import { confirmSimulatedTools } from '../../fixtures/platform/siteOverlay.ts';
import { scriptedAnswers, shippedRunbook } from '../pages/world.ts';

let sshd: PlatformSshd;

test.beforeAll(async () => {
  sshd = await startPlatformSshd();
});

test.afterAll(async () => {
  await sshd.stop();
});

test('an unknown key is compared, accepted and remembered; then steps run there', async ({ cockpit }) => {
  const { page, home } = cockpit;
  const runbook = await shippedRunbook('mazevault-upgrade-kubernetes');
  await cockpit.giveIdentity(sshd.clientKeyFile);
  await confirmSimulatedTools(home);
  await setOperator(page);
  await choose(page);
  await page.keyboard.press('Alt+Enter');
  await expect(page.getByRole('heading', { name: 'Start a run' })).toBeVisible();
  await fillByKeys(
    page,
    page.getByRole('textbox', { name: 'Host with helm, kubectl and the PostgreSQL client' }),
    `${sshd.user}@127.0.0.1:${String(sshd.port)}`,
  );
  await fillByKeys(page, page.getByRole('textbox', { name: 'Change ticket' }), 'CHG-20441');
  await fillByKeys(page, page.getByRole('textbox', { name: 'Reason for the change' }), 'Scheduled upgrade');
  await startNow(page);

  const dialog = page.getByRole('alertdialog').or(page.getByRole('dialog'));
  await expect(dialog.getByText('Unknown host key')).toBeVisible();
  const fingerprint = await dialog.locator('.fingerprint').innerText();
  await fillByKeys(page, dialog.getByRole('textbox'), fingerprint);
  await expect(dialog.getByText('The fingerprints are the same.')).toBeVisible();
  await tabTo(page, dialog.getByRole('button', { name: 'Accept key' }));
  await page.keyboard.press('Space');

  await expect(page.getByText('PROD').first()).toBeVisible();
  const run = new RunPage(page, runbook);
  await run.goOn(await scriptedAnswers('upgrade'), 'workloads');
  const known = await readFile(join(home, 'person', '.ssh', 'known_hosts'), 'utf8');
  expect(known).toContain(`[127.0.0.1]:${String(sshd.port)}`);
});
