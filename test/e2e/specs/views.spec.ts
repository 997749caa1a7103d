/** The views that need no run, against the accessibility rules in both themes and sizes. Those of a run: trouble.spec.ts. */
import { expect, test } from '../fixtures/cockpit.ts';
import { choose, setOperator } from '../pages/desk.ts';
import { inspect } from '../pages/inspect.ts';

test('every view without a run holds the accessibility rules in both themes and sizes', async ({
  cockpit,
}) => {
  const { page, complaints } = cockpit;
  await choose(page);
  await expect(page.getByRole('heading', { name: /Sign in and look before you touch/ })).toBeVisible();
  await inspect(page, 'library', 'whole');
  await page.keyboard.press('Alt+3');
  await expect(page.getByText('No evidence yet')).toBeVisible();
  await inspect(page, 'evidence-empty');
  await page.keyboard.press('Alt+1');
  await expect(page.getByText('No run is open')).toBeVisible();
  await inspect(page, 'run-empty');
  await setOperator(page);
  await inspect(page, 'settings');
  await page.keyboard.press('F1');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  await inspect(page, 'keys');
  await page.keyboard.press('Escape');

  await choose(page);
  await page.keyboard.press('Alt+Shift+Enter');
  await expect(page.getByText('The plan is complete. The first command still waits for you.')).toBeVisible();
  await inspect(page, 'start', 'whole');
  expect(complaints).toEqual([]);
});
