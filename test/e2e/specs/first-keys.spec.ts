/** A key that is pressed in the moment a view shows finds who acts on it, and so does the one right after it. */
import { expect, test } from '@playwright/test';
import { playHost } from '../fixtures/playedHost.ts';
import { ok } from '../../../electron/contract/result.ts';
import type { ReferencePage } from '../../../electron/contract/reference.ts';
import { answers } from '../fixtures/playedWorld.ts';

test.beforeEach(({}, info) => {
  info.skip(info.project.name === 'electron', 'The played host is a web page');
});

test('a key pressed as soon as the page has drawn itself is acted on', async ({ page }) => {
  await page.addInitScript(() => {
    // Told when the view has been put into the page, and before the browser has painted it: no person can be earlier.
    const watch = new MutationObserver(() => {
      if (document.querySelector('.rail') === null) return;
      watch.disconnect();
      const key = { code: 'Digit4', key: '4', altKey: true, bubbles: true, cancelable: true };
      document.body.dispatchEvent(new KeyboardEvent('keydown', key));
    });
    watch.observe(document, { childList: true, subtree: true });
  });
  await playHost(page, '', answers());
  await expect(page).toHaveURL(/#\/settings$/);
  await expect(page.getByRole('main', { name: 'Settings' })).toBeVisible();
});

const intervals = {
  ...{
    id: 'jobs',
    title: 'Jobs',
    service: 'Web',
    summary: 'What runs by itself.',
    document: 'doc',
    headings: [],
  },
  entries: ['Heartbeat', 'Log rotation'].map((title, at) => ({
    ...{ id: `job-${String(at)}`, title, runbooks: [], lines: { from: 1, to: 2 } },
    values: [{ name: 'interval', kind: 'duration', ms: 60_000, source: '60s' }],
  })),
} as unknown as ReferencePage;

test('what is typed right after going somewhere is typed there, also while that is still being read', async ({
  page,
}) => {
  let read = (): void => undefined;
  const pages = new Promise<void>((done) => {
    read = done;
  });
  await playHost(page, '#/settings', {
    ...answers(),
    'library.reference': () => pages.then(() => ok([intervals])),
  });
  await expect(page.getByRole('main', { name: 'Settings' })).toBeVisible();
  // Both before the browser gets round to anything else: faster than hands, as on a machine that is busy.
  const place = await page.evaluate(async () => {
    const press = (code: string, key: string, more: object): void => {
      const event = { code, key, bubbles: true, cancelable: true, ...more };
      document.body.dispatchEvent(new KeyboardEvent('keydown', event));
    };
    press('Digit8', '8', { altKey: true });
    for (let turns = 0; turns < 10; turns += 1) await Promise.resolve();
    press('KeyF', 'f', { ctrlKey: true });
    return document.activeElement?.tagName;
  });
  expect(place).toBe('INPUT');
  await page.keyboard.type('heart');
  read();
  await expect(page.locator('.list__row')).toHaveText([/^Heartbeat/]);

  // Looked for again, the new words take the place of the old ones.
  await page.keyboard.press('Control+F');
  await page.keyboard.type('rotation');
  await expect(page.locator('.list__row')).toHaveText([/^Log rotation/]);
});
