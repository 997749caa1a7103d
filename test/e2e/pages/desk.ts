/** The ways from place to place that several specs take. Keys only. */
import { expect, type Page } from '@playwright/test';
import { fillByKeys, tabTo } from './keyboard.ts';

/** Says who is at the desk. */
export async function setOperator(page: Page): Promise<void> {
  await page.keyboard.press('Alt+4');
  await fillByKeys(page, page.getByRole('textbox', { name: 'Name' }), 'Alice Meyer');
  await fillByKeys(page, page.getByRole('textbox', { name: 'Principal' }), 'alice@example.com');
  await tabTo(page, page.getByRole('button', { name: 'Save' }));
  await page.keyboard.press('Space');
  await expect(page.getByText('All changes are saved.')).toBeVisible();
}

/** Opens the start form of a rehearsal of the first runbook in the library, with these faults switched on. */
export async function rehearse(page: Page, faults: readonly string[]): Promise<void> {
  await page.keyboard.press('Alt+2');
  await expect(page.getByRole('heading', { name: 'Upgrade MazeVault on Kubernetes' })).toBeVisible();
  await page.keyboard.press('Alt+Shift+Enter');
  await expect(page.getByRole('heading', { name: 'Start a rehearsal' })).toBeVisible();
  for (const fault of faults) {
    await tabTo(page, page.getByRole('switch', { name: fault }));
    await page.keyboard.press('Space');
    await expect(page.getByRole('switch', { name: fault })).toBeChecked();
  }
  await startNow(page);
}

/** Starts from a complete start form. */
export async function startNow(page: Page): Promise<void> {
  await expect(page.getByText('The plan is complete. The first command still waits for you.')).toBeVisible();
  await page.keyboard.press('Alt+Enter');
}
