/** Every view, in both themes and at both sizes, against the accessibility rules; pictures are kept for a look. */
import { expect, test } from '../fixtures/cockpit.ts';
import { rehearse, setOperator } from '../pages/desk.ts';
import { inspect } from '../pages/inspect.ts';
import { RunPage } from '../pages/runPage.ts';
import { scriptedAnswers, shippedRunbook } from '../pages/world.ts';

test('every view holds the accessibility rules in both themes and sizes', async ({ cockpit }, info) => {
  test.setTimeout(300_000);
  const { page, complaints } = cockpit;
  await expect(page.getByRole('heading', { name: 'Upgrade MazeVault on Kubernetes' })).toBeVisible();
  await inspect(page, 'library', info);
  await page.keyboard.press('Alt+3');
  await expect(page.getByText('No evidence yet')).toBeVisible();
  await inspect(page, 'evidence-empty', info);
  await page.keyboard.press('Alt+1');
  await expect(page.getByText('No run is open')).toBeVisible();
  await inspect(page, 'run-empty', info);
  await setOperator(page);
  await inspect(page, 'settings', info);
  await page.keyboard.press('F1');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  await inspect(page, 'keys', info);
  await page.keyboard.press('Escape');

  const runbook = await shippedRunbook('mazevault-upgrade-kubernetes');
  await page.keyboard.press('Alt+2');
  await expect(page.getByRole('heading', { name: 'Upgrade MazeVault on Kubernetes' })).toBeVisible();
  await page.keyboard.press('Alt+Shift+Enter');
  await expect(page.getByText('The plan is complete. The first command still waits for you.')).toBeVisible();
  await inspect(page, 'start', info);
  await page.keyboard.press('Escape');

  await rehearse(page, ['Database dump dies half-way']);
  const run = new RunPage(page, runbook);
  await run.waitForStep(runbook.phases[0]?.steps[0]?.title ?? '');
  await inspect(page, 'run-attest', info);
  const answers = await scriptedAnswers('upgrade');
  await run.goOn(answers, (step) => step.kind === 'hold');
  await inspect(page, 'run-hold', info);
  await run.goOn(answers, (step) => step.id === 'dump');
  await inspect(page, 'run-command', info);
  const dump = runbook.phases.flatMap((phase) => phase.steps).find((step) => step.id === 'dump');
  if (dump === undefined) throw new Error('no dump step');
  await run.act(dump, undefined);
  await expect(run.card().getByRole('alert')).toContainText('Failed');
  await inspect(page, 'run-failed', info);
  expect(complaints).toEqual([]);
});
