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

/** The runbook that most specs run. */
const UPGRADE = 'Upgrade MazeVault on Kubernetes';

/** Goes to the library and chooses a runbook by its title. */
export async function choose(page: Page, title = UPGRADE): Promise<void> {
  await page.keyboard.press('Alt+2');
  // The first look puts every runbook of the library together.
  await expect(page.getByRole('region', { name: 'Library' })).toBeVisible();
  await page.keyboard.press('Control+F');
  await page.keyboard.type(title);
  await expect(page.getByRole('heading', { name: title, level: 1 })).toBeVisible();
}

/** Opens the start form of a rehearsal of the upgrade, with these faults switched on. */
export async function rehearse(page: Page, faults: readonly string[]): Promise<void> {
  await choose(page);
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
