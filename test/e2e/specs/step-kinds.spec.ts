/** Waits, messages, custodians, measured times, twins, product commands, second persons and roll-backs, on a played host. */
import { expect, test } from '@playwright/test';
import {
  attested,
  dryRun,
  fetched,
  instants,
  kindAnswers,
  message,
  notified,
  turn,
  upTo,
  waiting,
} from '../fixtures/playedKinds.ts';
import { journal, playHost, type PlayedHost } from '../fixtures/playedHost.ts';
import { ended, runId, sent, settled, sha } from '../fixtures/playedWorld.ts';
import { inspect } from '../pages/inspect.ts';

test.beforeEach(({}, info) => {
  info.skip(info.project.name === 'electron', 'The played host is a web page');
});

const intents = (host: PlayedHost): readonly unknown[] =>
  host.asked
    .filter(({ method }) => method === 'run.intent')
    .map(({ arg }) => (arg as { readonly intent: unknown }).intent);
const place = `#/run/${runId}`;

test('a wait shows how long it lasts and until when, and can only be skipped with a reason', async ({
  page,
}) => {
  const host = await playHost(page, place, kindAnswers(upTo('settle', [waiting(20)])));
  await expect(page.getByRole('timer')).toHaveText(/^(20:00|19:5\d)left$/);
  await expect(page.getByText('Sun 2026-11-22 02:30:00 UTC')).toBeVisible();
  await expect(page.getByText('03:30 Prague · Sun')).toBeVisible();
  await expect(page.getByText('token_ttl = 15m')).toBeVisible();
  await expect(page.locator('.steps [aria-current=step]')).toContainText('until 02:30');
  await inspect(page, 'wait');
  await page.keyboard.press('Alt+Enter');
  await page.keyboard.press('Alt+J');
  await page.getByRole('textbox', { name: 'Reason' }).fill('The owner says that no token is out');
  await page.getByRole('button', { name: 'Skip step' }).click();
  await expect
    .poll(() => intents(host))
    .toEqual([{ kind: 'skip', step: 'settle', reason: 'The owner says that no token is out' }]);
});

test('a message is copied or saved, and recorded as sent by whoever sent it', async ({ page }) => {
  const host = await playHost(page, place, kindAnswers(upTo('tell')));
  await expect(page.getByText('Sign in and look at what matters to you.')).toBeVisible();
  await inspect(page, 'notify');
  // In the narrow window the message and who sent it are seen at once.
  await expect(page.getByRole('textbox', { name: 'Name of the verifier' })).toBeInViewport({ ratio: 1 });
  const saved = page.waitForEvent('download');
  await page.keyboard.press('Alt+S');
  expect((await saved).suggestedFilename()).toBe('tell.eml');
  await page.keyboard.press('Alt+Enter');
  await page.getByRole('textbox', { name: 'Name of the verifier who sent it' }).fill('Bob Ray');
  await page.keyboard.press('Alt+Enter');
  await expect
    .poll(() => intents(host))
    .toEqual([{ kind: 'notified', step: 'tell', seen: message.sha256, by: 'Bob Ray' }]);
  const snapshot = upTo('tell');
  host.send({ type: 'run.records', runId, records: journal([notified], snapshot.records.length) });
  await page
    .locator('.steps')
    .getByRole('button', { name: /Tell the owners/ })
    .click();
  await expect(page.getByText('to owners@example.com by E-mail, said by Bob Ray')).toBeVisible();
  await page.getByRole('button', { name: 'Show the message' }).click();
  await expect(page.getByRole('region', { name: 'Text' })).toContainText('Channel: email');
});

test('custodians take turns in a terminal that keeps nothing, the same person never twice', async ({
  page,
}) => {
  const host = await playHost(page, place, kindAnswers(upTo('unseal', turn('Ann Lee', 1, 0))));
  await expect(page.getByText('1 of 2 given.')).toBeVisible();
  await expect(page.getByText('Nothing of this is kept.')).toBeVisible();
  const name = page.getByRole('textbox', { name: 'Name of custodian 2 of 2' });
  await name.fill('ann  lee');
  await expect(
    page.getByText('has given their part: the next custodian must be another person.'),
  ).toBeVisible();
  await page.keyboard.press('Alt+Enter');
  expect(intents(host)).toEqual([]);
  await name.fill('Bob Ray');
  await inspect(page, 'custodians', 'whole');
  await page.keyboard.press('Alt+Enter');
  await expect
    .poll(() => intents(host))
    .toEqual([{ kind: 'custodian', step: 'unseal', name: 'Bob Ray', seen: sha }]);

  const from = upTo('unseal', turn('Ann Lee', 1, 0)).records.length;
  const [begun, ...rest] = turn('Bob Ray', 2, 0);
  if (begun === undefined) throw new Error('no turn');
  host.send({ type: 'run.records', runId, records: journal([begun], from) });
  await expect(page.getByText('Turn of Bob Ray')).toBeVisible();
  await expect(page.getByText(/^sent to deploy@ops\.example\.com as it stands here/)).toBeVisible();
  await expect(page.getByText('Nothing of this is kept.')).toBeVisible();
  await inspect(page, 'custodian-turn');
  host.send({ type: 'run.records', runId, records: journal(rest, from + 1) });
  await expect(page.getByText('All 2 turns have passed.')).toBeVisible();
  await expect(page.getByText('mvctl seal status')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Check', exact: true })).toBeEnabled();
  await page.keyboard.press('Alt+Enter');
  await expect.poll(() => intents(host).at(-1)).toEqual({ kind: 'probe', step: 'unseal' });
});

test('a time is taken by the app, and what it will come to is seen before', async ({ page }) => {
  const host = await playHost(page, place, kindAnswers(upTo('rto', instants('2026-11-22T01:14:59.5Z'))));
  await expect(page.getByText('14 min 59.5 s')).toBeVisible();
  await expect(page.getByText('✓ within the limit')).toBeVisible();
  // What the time is taken between is said as exactly as the time.
  await expect(page.getByText('Sun 2026-11-22 01:14:59.5 UTC')).toBeVisible();
  await inspect(page, 'measure');
  await expect(page.getByRole('button', { name: 'Take the time' })).toBeEnabled();
  await page.keyboard.press('Alt+Enter');
  await expect.poll(() => intents(host)).toEqual([{ kind: 'measure', step: 'rto' }]);
});

test('a time over its limit is said to fail the step', async ({ page }) => {
  await playHost(page, place, kindAnswers(upTo('rto', instants('2026-11-22T01:15:00Z'))));
  await expect(page.getByText('✗ over the limit')).toBeVisible();
  await expect(page.getByText('Taking it fails the step')).toBeVisible();
});

test('a time whose instants are not recorded cannot be taken, and says which step records them', async ({
  page,
}) => {
  const host = await playHost(page, place, kindAnswers(upTo('rto')));
  await expect(
    page.getByText('Step 1, “Upgrade the release”, has not recorded t_fail: without it no time can be taken'),
  ).toBeVisible();
  await expect(page.getByRole('button', { name: 'Take the time' })).toBeDisabled();
  await page.keyboard.press('Alt+Enter');
  expect(intents(host)).toEqual([]);
});

test('the harmless twin is tried first, says that it changes nothing, and passes nothing', async ({
  page,
}) => {
  const host = await playHost(page, place, kindAnswers(upTo('upgrade')));
  const twin = page.getByRole('region', { name: 'Try first' });
  await expect(twin).toContainText('helm diff upgrade mazevault');
  await expect(twin).toContainText('it changes nothing, and it passes nothing');
  await expect(twin.getByRole('button', { name: 'Try it' })).toBeEnabled();
  await page.keyboard.press('Alt+Y');
  await expect.poll(() => intents(host)).toEqual([{ kind: 'dry-run', step: 'upgrade', seen: sha }]);
  const from = upTo('upgrade').records.length;
  const [begun, ...rest] = dryRun(0);
  if (begun === undefined) throw new Error('no twin');
  host.send({ type: 'run.records', runId, records: journal([begun], from) });
  await expect(page.getByText('The harmless twin runs: it changes nothing')).toBeVisible();
  host.send({ type: 'run.records', runId, records: journal(rest, from + 1) });
  await expect(twin).toContainText('The try showed what it should');
  await expect(twin).toContainText('The step itself has not run.');
  await expect(page.locator('.steps [aria-current=step]')).toContainText('Upgrade the release');
  await inspect(page, 'dry-run');
});

test('a product command that nobody has given is explained and cannot be run', async ({ page }) => {
  const host = await playHost(page, place, kindAnswers(upTo('pause')));
  await expect(page.getByText('A product command that nobody has given.')).toBeVisible();
  await expect(page.getByText('By hand: Administration, Jobs, switch each off.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeDisabled();
  await expect(page.getByRole('button', { name: 'Insert' })).toHaveCount(0);
  await inspect(page, 'vendor-open');
  await page.keyboard.press('Alt+Enter');
  expect(intents(host)).toEqual([]);
});

test('what was rolled back would be done last first, with what has no way back', async ({ page }) => {
  const failed = [
    sent('upgrade', 'ops', 1),
    ...ended('upgrade', 1, 1, 4000),
    settled('upgrade', 1, 'failed', 'checks', 'exit is 1, not 0'),
  ];
  await playHost(page, place, kindAnswers(upTo('upgrade', failed)));
  await expect(page.getByRole('button', { name: 'Roll back…' })).toBeVisible();
  await page.keyboard.press('Alt+B');
  const dialog = page.getByRole('dialog', { name: 'Roll back' });
  await expect(dialog).toContainText('helm rollback mazevault ${revision} --wait');
  await expect(dialog).toContainText('did not pass: it may have had its effect in part');
  await expect(dialog).toContainText('What custodians gave cannot be taken back');
  await inspect(page, 'rollback');
  await dialog.getByRole('button', { name: 'Start this rollback…' }).click();
  await expect(page).toHaveURL(/#\/start\/every-kind-undo\?origin=/);
});

test('second persons see the command before, and not the first answer after', async ({ page }) => {
  const host = await playHost(page, place, kindAnswers(upTo('look-second-look')));
  await expect(page.getByText('The second person reads this target and this command.')).toBeVisible();
  await expect(page.getByRole('region', { name: /Step/ }).or(page.locator('.step'))).toContainText(
    'helm upgrade',
  );
  await inspect(page, 'second-look');
  await expect(page.getByRole('textbox', { name: 'Type VERIFIED' })).toBeInViewport({ ratio: 1 });
  const from = upTo('look-second-look').records.length;
  const skipped = { type: 'step.skip', d: { step: 'look-second-look', reason: 'played', by: 'A' } } as never;
  host.send({ type: 'run.records', runId, records: journal([skipped, attested], from) });
  await expect(page.getByText('without seeing the first answer')).toBeVisible();
  await page
    .locator('.steps')
    .getByRole('button', { name: /^Count the agents/ })
    .click();
  await expect(page.getByText('The first answer stays hidden')).toBeVisible();
  await expect(page.getByText('4711')).toHaveCount(0);
});

test('a fetched file shows how it differs from the one before', async ({ page }) => {
  await playHost(page, place, kindAnswers(upTo('config', fetched)));
  await page
    .locator('.steps')
    .getByRole('button', { name: /Fetch the configuration again/ })
    .click();
  await expect(page.getByText('Changed: 2 lines added, 1 line removed')).toBeVisible();
  await page.getByRole('button', { name: 'Show the difference' }).click();
  await expect(page.getByRole('region', { name: /Difference of/ })).toContainText('version: 1.0.17');
  await inspect(page, 'fetch-diff');
});

test('the steps of a called runbook stand under its name and fold', async ({ page }) => {
  await playHost(page, place, kindAnswers(upTo('settle', [waiting(20)])));
  const head = page.getByRole('button', { name: /^Post-upgrade verification 0 of 2/ });
  await expect(head).toHaveAttribute('aria-expanded', 'true');
  await head.click();
  await expect(page.locator('.steps').getByRole('button', { name: /See all pods ready/ })).toHaveCount(0);
  await head.press('ArrowUp');
  await expect(page.getByText('This is a look at another step.')).toBeVisible();
});
