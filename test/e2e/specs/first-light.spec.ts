/** From the library to signed evidence against the rehearsal host, by keyboard alone. Also takes the README's pictures. */
import { pathToFileURL } from 'node:url';
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures/cockpit.ts';
import { RunPage } from '../pages/runPage.ts';
import { picture, pictureOfFile, renewing } from '../pages/inspect.ts';
import { fillByKeys, tabTo } from '../pages/keyboard.ts';
import { choose, setOperator } from '../pages/desk.ts';
import { scriptedAnswers, shippedRunbook } from '../pages/world.ts';

test('library, start, run and evidence work by keyboard alone', async ({ cockpit }) => {
  const { page, complaints } = cockpit;
  const runbook = await shippedRunbook('mazevault-upgrade-kubernetes');
  const answers = await scriptedAnswers('upgrade');
  await setOperator(page);

  // Library.
  await choose(page);
  await expect(page.getByRole('heading', { name: /Sign in and look before you touch/ })).toBeVisible();
  await picture(page, 'library-dark');
  await page.keyboard.press('Alt+Shift+Enter');

  // Start form.
  await expect(page.getByRole('heading', { name: 'Start a rehearsal' })).toBeVisible();
  await fillByKeys(page, page.getByRole('textbox', { name: 'Change ticket' }), 'CHG-20441');
  await fillByKeys(page, page.getByRole('textbox', { name: 'Reason for the change' }), 'Scheduled upgrade');
  await expect(page.getByText('The plan is complete. The first command still waits for you.')).toBeVisible();
  await page.keyboard.press('Alt+Enter');

  // Run: every kind of step by keys, the others of its kind through the host.
  const run = new RunPage(page, runbook);
  const byKeysTo = (id: string) => run.goOn(answers, id);
  await run.waitForStep('prepared');
  await byKeysTo('workloads');
  await cockpit.bringTo(run, answers, 'go');
  await byKeysTo('listed');
  await cockpit.bringTo(run, answers, 'off-host');
  await byKeysTo('upgrade');
  await expect(
    page
      .getByText(/^connected/)
      .or(page.getByText(/● connected/))
      .first(),
  ).toBeVisible();
  await picture(page, 'run-dark');
  await byKeysTo('images-after');
  await cockpit.bringTo(run, answers, 'healthy');
  await byKeysTo('verification-rollout');
  await cockpit.bringTo(run, answers, 'verification-error-rate');
  await run.goOn(answers);

  // End and evidence.
  await expect(page.getByRole('heading', { name: 'All steps are done' })).toBeVisible();
  await page.keyboard.press('Alt+Enter');
  await expect(page.getByRole('heading', { name: 'Success' })).toBeVisible();
  await page.keyboard.press('Alt+Enter');
  await expect(page.getByText('Sealed by this desk. Not signed by the operator yet.')).toBeVisible();
  await tabTo(page, page.getByRole('button', { name: 'Sign as operator' }));
  await page.keyboard.press('Space');
  await expect(page.getByText('Signed.', { exact: true })).toBeVisible();
  await expect(page.getByText('L1 Intact and attributed')).toBeVisible();
  const download = page.waitForEvent('download');
  await page.keyboard.press('Alt+Enter');
  expect((await download).suggestedFilename()).toMatch(/\.evidence\.zip$/);

  // A fresh look at the same evidence, from its top.
  await page.keyboard.press('Alt+2');
  // Keys that follow each other in one frame would show the same view again, still saying what it saved.
  await expect(page.getByRole('region', { name: 'The runbook' })).toBeVisible();
  await page.keyboard.press('Alt+3');
  await expect(page.getByText('Sealed by this desk and signed by the operator.')).toBeVisible();
  await picture(page, 'evidence-dark');
  if (renewing) await pictureOfReport(page);

  expect(complaints).toEqual([]);
});

async function pictureOfReport(page: Page): Promise<void> {
  const saved = page.waitForEvent('download');
  await page.keyboard.press('Alt+P');
  await expect(page.getByRole('menuitem', { name: 'HTML page' })).toBeFocused();
  await page.keyboard.press('Enter');
  const file = `${await (await saved).path()}.html`;
  await (await saved).saveAs(file);
  const report = await page.context().newPage();
  await report.goto(pathToFileURL(file).href);
  await pictureOfFile(report, 'report-light');
  await report.close();
}
