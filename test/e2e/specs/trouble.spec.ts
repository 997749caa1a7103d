/**
 * What the night brings: a step that fails, a link that drops. Nothing passes that was not seen to hold. The views on the
 * way are held against the accessibility rules.
 */
import { expect, test } from '../fixtures/cockpit.ts';
import { rehearse, setOperator, startNow } from '../pages/desk.ts';
import { inspect } from '../pages/inspect.ts';
import { tabTo } from '../pages/keyboard.ts';
import { RunPage } from '../pages/runPage.ts';
import { scriptedAnswers, shippedRunbook } from '../pages/world.ts';

test('a dump that dies in its pipe fails the backup, and the linked rollback runs from there', async ({
  cockpit,
}) => {
  const { page, complaints } = cockpit;
  const upgrade = await shippedRunbook('mazevault-upgrade-kubernetes');
  await setOperator(page);
  await rehearse(page, ['Database dump dies half-way']);
  const run = new RunPage(page, upgrade);
  const answers = await scriptedAnswers('upgrade');
  await run.waitForStep('prepared');
  await inspect(page, 'run-attest');
  await cockpit.bringTo(run, answers, 'go');
  await inspect(page, 'run-hold');
  await cockpit.bringTo(run, answers, 'dump');
  await inspect(page, 'run-command', 'whole');
  const dump = run.step('dump');
  await run.act(dump, undefined);
  await expect(run.card().getByRole('alert')).toContainText('Failed');
  await run.expectTurn('dump');
  await inspect(page, 'run-failed', 'whole');

  await tabTo(page, run.card().getByRole('button', { name: 'Roll back…' }));
  await page.keyboard.press('Space');
  const dialog = page.getByRole('dialog').or(page.getByRole('alertdialog'));
  // What was done before has its way back, last first; the runbook itself names a whole runbook for it.
  await expect(dialog.getByRole('list', { name: 'In this order' }).getByRole('listitem')).toHaveText([
    /^Resume the jobs/,
    /^Resume the DR failover/,
  ]);
  await inspect(page, 'run-rollback', 'whole');
  await tabTo(page, dialog.getByRole('button', { name: 'Start mazevault-rollback-kubernetes…' }));
  await page.keyboard.press('Space');
  await expect(page.getByText(/This rolls back run/)).toBeVisible();
  await startNow(page);

  const rollback = new RunPage(page, await shippedRunbook('mazevault-rollback-kubernetes'));
  await expect(page.getByText('Roll back MazeVault on Kubernetes').first()).toBeVisible();
  const back = await scriptedAnswers('rollback');
  await cockpit.bringTo(rollback, back, 'done');
  await rollback.goOn(back);
  await page.keyboard.press('Alt+Enter');
  await expect(page.getByRole('heading', { name: 'Success' })).toBeVisible();

  await page.keyboard.press('Alt+3');
  await expect(page.getByText('2 runs')).toBeVisible();
  await expect(page.getByText('Failed').first()).toBeVisible();
  expect(complaints).toEqual([]);
});

test('a link that drops leaves the step unknown; nothing is sent again, its probe settles it', async ({
  cockpit,
}) => {
  const { page } = cockpit;
  const upgrade = await shippedRunbook('mazevault-upgrade-kubernetes');
  await setOperator(page);
  await rehearse(page, ['Connection drops during the next upgrade']);
  const run = new RunPage(page, upgrade);
  const answers = await scriptedAnswers('upgrade');
  await run.waitForStep('prepared');
  await cockpit.bringTo(run, answers, 'upgrade');
  const step = run.step('upgrade');
  await run.act(step, answers.steps['upgrade']);
  await expect(run.card().getByRole('alert')).toContainText('Outcome unknown');
  await run.expectTurn('upgrade');

  // The app connects again by itself, and sends nothing.
  await expect(run.card().getByRole('button', { name: /^Probe/ })).toBeEnabled();
  await page.keyboard.press('Alt+Enter'); // Probe
  await run.waitForStep('images-after');
  await cockpit.bringTo(run, answers, 'done');
  await run.goOn(answers);
  await page.keyboard.press('Alt+Enter');
  await expect(page.getByRole('heading', { name: 'Success with deviations' })).toBeVisible();
});
