/** From the library to signed evidence against the rehearsal host, by keyboard alone. Also takes the README's pictures. */
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures/cockpit.ts';
import { RunPage } from '../pages/runPage.ts';
import { fillByKeys, tabTo } from '../pages/keyboard.ts';
import { setOperator } from '../pages/desk.ts';
import { scriptedAnswers, shippedRunbook } from '../pages/world.ts';

/** `npm run screens` renews the README's pictures; any other run leaves the tracked files alone. */
const SCREENS = resolve(process.env['SCREENS'] ?? 'test-results/screens');

test.setTimeout(300_000);

async function picture(page: Page, name: string): Promise<void> {
  await mkdir(SCREENS, { recursive: true });
  await page.screenshot({ path: resolve(SCREENS, `${name}.png`), animations: 'disabled' });
}

async function setTheme(page: Page, scheme: 'dark' | 'light'): Promise<void> {
  await page.emulateMedia({ colorScheme: scheme });
}

test('library, start, run and evidence work by keyboard alone', async ({ cockpit }) => {
  const { page, complaints } = cockpit;
  const runbook = await shippedRunbook('mazevault-upgrade-kubernetes');
  const answers = await scriptedAnswers('upgrade');
  await setTheme(page, 'dark');

  await setOperator(page);

  // Library.
  await page.keyboard.press('Alt+2');
  await expect(page.getByRole('heading', { name: 'Upgrade MazeVault on Kubernetes' })).toBeVisible();
  await picture(page, 'library-dark');
  await page.keyboard.press('Alt+Shift+Enter');

  // Start form.
  await expect(page.getByRole('heading', { name: 'Start a rehearsal' })).toBeVisible();
  await fillByKeys(page, page.getByRole('textbox', { name: 'Change ticket' }), 'CHG-20441');
  await fillByKeys(page, page.getByRole('textbox', { name: 'Reason for the change' }), 'Scheduled upgrade');
  await expect(page.getByText('The plan is complete. The first command still waits for you.')).toBeVisible();
  await picture(page, 'start-dark');
  await page.keyboard.press('Alt+Enter');

  // Run.
  const run = new RunPage(page, runbook);
  await run.waitForStep(runbook.phases[0]?.steps[0]?.title ?? '');
  await run.goOn(answers, (step) => step.id === 'upgrade');
  await expect(
    page
      .getByText(/^connected/)
      .or(page.getByText(/● connected/))
      .first(),
  ).toBeVisible();
  await picture(page, 'run-dark');
  await setTheme(page, 'light');
  await picture(page, 'run-light');
  await setTheme(page, 'dark');
  await run.goOn(answers);

  // End and evidence.
  await expect(page.getByRole('heading', { name: 'All steps are done' })).toBeVisible();
  await page.keyboard.press('Alt+Enter');
  await expect(page.getByRole('heading', { name: 'Success' })).toBeVisible({ timeout: 30_000 });
  await page.keyboard.press('Alt+Enter');
  await expect(page.getByText('Sealed by this desk. Not signed by the operator yet.')).toBeVisible({
    timeout: 30_000,
  });
  await tabTo(page, page.getByRole('button', { name: 'Sign as operator' }));
  await page.keyboard.press('Space');
  await expect(page.getByText('Signed.', { exact: true })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText('L1 Intact and attributed')).toBeVisible();
  const download = page.waitForEvent('download');
  await page.keyboard.press('Alt+Enter');
  expect((await download).suggestedFilename()).toMatch(/\.evidence\.zip$/);

  // A fresh look at the same evidence, from its top.
  await page.keyboard.press('Alt+2');
  await page.keyboard.press('Alt+3');
  await expect(page.getByText('Sealed by this desk and signed by the operator.')).toBeVisible({
    timeout: 30_000,
  });
  await picture(page, 'evidence-dark');

  expect(complaints).toEqual([]);
});
