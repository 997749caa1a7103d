/** Opened bundles, the player and comparisons, with a host that is played: nothing recorded may act on who looks at it. */
import { expect, test, type Page } from '@playwright/test';
import { bundleAnswers, hostileCast, playedBundle, sound } from '../fixtures/playedBundle.ts';
import { playHost, type PlayedHost } from '../fixtures/playedHost.ts';
import { answers, runbook, type runId } from '../fixtures/playedWorld.ts';
import { ok } from '../../../electron/contract/result.ts';
import { inspect, picture } from '../pages/inspect.ts';
import { tabTo } from '../pages/keyboard.ts';

test.beforeEach(({}, info) => {
  info.skip(info.project.name === 'electron', 'The played host is a web page');
});

const zip = (bytes: number) => ({
  name: 'a.evidence.zip',
  mimeType: 'application/zip',
  buffer: Buffer.alloc(bytes, 'x'),
});
const other = playedBundle('second', true);

async function openFirst(page: Page, bundles = [playedBundle('first')], bytes = 1000): Promise<PlayedHost> {
  const host = await playHost(page, '#/evidence', {
    ...answers(),
    ...bundleAnswers(bundles, other),
    'run.list': () =>
      ok([
        {
          runId: '20261121T010000Z-aaaaaa' as typeof runId,
          runbook: runbook.id,
          title: runbook.title,
          version: runbook.version,
          rehearsal: false,
          startedAt: '2026-11-21T01:00:00.000Z',
          endedAt: '2026-11-21T01:05:00.000Z',
          status: 'ended',
          result: 'success',
          operator: 'Alice Meyer',
          stepsDone: 3,
          steps: 3,
        },
      ]),
  });
  await expect(page.getByRole('button', { name: /Open a bundle/ })).toBeVisible();
  await page.keyboard.press('Alt+O');
  await expect(page.getByRole('heading', { name: 'Open an evidence bundle' })).toBeVisible();
  await page.getByLabel('Bundle file').setInputFiles(zip(bytes));
  return host;
}

const screen = (page: Page) => page.getByRole('region', { name: /Recorded output/ });

test('a bundle goes over in pieces, is judged first and tells its story; nothing in it is green by itself', async ({
  page,
}) => {
  const host = await openFirst(page, [playedBundle('first')], 2_500_000);
  await expect(page.getByText('Intact and consistent, without a witness from outside')).toBeVisible();
  expect(host.asked.filter((each) => each.method === 'bundle.chunk')).toHaveLength(3);
  await inspect(page, 'bundle-verdict', 'whole');
  await picture(page, 'bundle-light', 'light');

  await page.keyboard.press('2');
  // The reader begins where something went wrong.
  const story = page.getByRole('region', { name: 'Story' });
  await expect(story.getByRole('heading', { name: 'Patch every web host' })).toBeVisible();
  await expect(story.getByText('exit 100')).toBeVisible();
  await expect(story.getByText('<U+202E>')).toBeVisible();
  await inspect(page, 'bundle-story');

  await page.keyboard.press('4');
  await page.getByRole('button', { name: /outputs\/1\.out/ }).click();
  await expect(page.getByText('red a<U+202E>b')).toBeVisible();
  await inspect(page, 'bundle-files');
  await page.getByRole('button', { name: /outputs\/2\.out/ }).click();
  await expect(page.getByText('Not text: its bytes, in hexadecimal')).toBeVisible();

  await page.keyboard.press('5');
  await page.keyboard.press('Control+f');
  await page.keyboard.type('CHECK patch');
  await expect(page.getByText(/1 of \d+ records/)).toBeVisible();
  await page.getByRole('button', { name: /check/ }).click();
  await expect(page.getByText('"expected": "is 0"')).toBeVisible();
  await inspect(page, 'bundle-journal');
});

test('a hostile recording is inert: no clipboard, no title, no link, no request, nothing typed', async ({
  page,
}) => {
  await page
    .context()
    .grantPermissions(['clipboard-read', 'clipboard-write'], { origin: 'http://127.0.0.1:9' });
  const requests: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith('http://127.0.0.1:9')) requests.push(request.url());
  });
  const host = await openFirst(page, [playedBundle('first', false, sound, hostileCast)]);
  await expect(page.getByRole('tab', { name: 'Verdict' })).toBeVisible();
  await page.evaluate(() => navigator.clipboard.writeText('mine'));
  const title = await page.title();
  const calls = new Set(['bundle.read']);
  const before = host.asked.length;

  await page.keyboard.press('3');
  await expect(page.getByText('0:00 of 0:41', { exact: true })).toBeVisible();
  const slider = page.getByRole('slider', { name: 'Position' });
  await slider.focus();
  await page.keyboard.press('ArrowRight');
  await expect(screen(page)).toContainText('admin<U+202E>txt.exe <U+200B>hidden<U+2066>');
  await expect(screen(page)).toContainText('split over events');
  await inspect(page, 'player', 'whole');
  await page.keyboard.press('End');
  await expect(screen(page)).toContainText('backup finished: 12 GiB');
  await expect(page.getByText(/\d+ control sequences were not carried out/)).toBeVisible();
  await expect(page.getByText(/1 line is no event/)).toBeVisible();

  await page.keyboard.press('Space');
  await page.keyboard.type('ls');
  expect(await page.title()).toBe(title);
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('mine');
  expect(await page.locator('a[href*="evil"]').count()).toBe(0);
  expect(await page.locator('.vt a, .vt img, .vt textarea, .vt input').count()).toBe(0);
  expect(requests).toEqual([]);
  expect(host.asked.slice(before).filter((each) => !calls.has(each.method))).toEqual([]);
});

test('seeking, markers, search and speed work by keys', async ({ page }) => {
  await openFirst(page);
  await expect(page.getByRole('tab', { name: 'Verdict' })).toBeVisible();
  await page.keyboard.press('3');
  await expect(page.getByText('0:00 of 0:41', { exact: true })).toBeVisible();
  const slider = page.getByRole('slider', { name: 'Position' });
  await slider.focus();

  await page.keyboard.press(']');
  await expect(slider).toHaveAttribute('aria-valuetext', '0:40 of 0:41, check');
  await page.keyboard.press('[');
  await expect(slider).toHaveAttribute('aria-valuetext', /^0:00 of 0:41, Step: /);
  await page.keyboard.press('Shift+ArrowRight');
  await expect(screen(page)).toContainText('dumping database vault');
  await expect(screen(page)).toContainText('35% done');
  await picture(page, 'player-dark');
  await page.keyboard.press('Home');
  await expect(screen(page)).not.toContainText('dumping');

  await page.keyboard.press('Control+f');
  await page.keyboard.type('FINISHED');
  await page.keyboard.press('Enter');
  await expect(page.getByText('1 place', { exact: true })).toBeVisible();
  await expect(slider).toHaveAttribute('aria-valuetext', '0:41 of 0:41, check');
  await expect(screen(page)).toContainText('backup finished');

  await slider.focus();
  await page.keyboard.press('Home');
  for (let k = 0; k < 4; k++) await page.keyboard.press('+');
  await expect(page.getByRole('combobox', { name: 'Speed' })).toHaveValue('16');
  await page.keyboard.press('Space');
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
  await expect(page.getByText(/of silence skipped/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Play' })).toBeVisible();
  await expect(slider).toHaveAttribute('aria-valuetext', '0:41 of 0:41, check');

  // Output of a command without a terminal: its line feeds begin new lines.
  await page.getByRole('button', { name: /Patch every web host/ }).click();
  await page.getByRole('slider').focus();
  await page.keyboard.press('End');
  await expect(page.locator('.vt__row').nth(1)).toHaveText('second line');
});

test('two runs stand side by side, and what differs is found by keys', async ({ page }) => {
  await openFirst(page);
  await expect(page.getByRole('tab', { name: 'Verdict' })).toBeVisible();
  await page.keyboard.press('Alt+M');
  await expect(page.getByRole('heading', { name: 'Compare two runs' }).last()).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.getByText('2 steps differ')).toBeVisible();
  const details = page.getByRole('region', { name: 'Back the database up' });
  await expect(details.getByText('row 30 of another dump')).toBeVisible();
  await expect(details.getByText(/lines that are the same/).first()).toBeVisible();
  await expect(details.getByRole('row', { name: /dump_bytes 12 13/ })).toBeVisible();
  await inspect(page, 'compare', 'whole');
  await picture(page, 'compare-dark');
  await page.keyboard.press('n');
  await expect(page.getByRole('region', { name: 'Patch every web host' })).toBeVisible();
  await expect(page.getByRole('row', { name: /Outcome failed unknown/ })).toBeVisible();
  await page.keyboard.press('p');
  await expect(details).toBeVisible();
});

test('a bundle that was tampered with shows its findings and no story', async ({ page }) => {
  const bad = playedBundle('bad', false, {
    ...sound,
    l1: 'fails',
    l2: 'not-checked',
    findings: [
      {
        id: 'manifest.hash-mismatch',
        level: 'L1',
        place: 'recordings/1.cast',
        message: 'Its bytes are not those that were signed.',
      },
    ],
  });
  await openFirst(page, [bad]);
  await expect(page.getByText('Do not rely on this bundle')).toBeVisible();
  await expect(page.getByText('manifest.hash-mismatch')).toBeVisible();
  await expect(page.getByRole('button', { name: /Compare/ })).toHaveCount(0);
  await inspect(page, 'bundle-tampered');
  await page.keyboard.press('2');
  await expect(page.getByText('The story cannot be told')).toBeVisible();
});

test('what is no bundle is refused in words, and a report that cannot be made says why', async ({ page }) => {
  const host = await openFirst(page, []);
  await expect(page.getByText('This is no evidence bundle: no zip ends here.')).toBeVisible();
  expect(host.asked.some((each) => each.method === 'bundle.close')).toBe(true);
  await tabTo(page, page.getByRole('button', { name: /Look inside/ }));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('tab', { name: 'Verdict' })).toBeVisible();
  await page.keyboard.press('Alt+P');
  await expect(page.getByRole('menuitem', { name: 'HTML page' })).toBeFocused();
  const download = page.waitForEvent('download');
  await page.keyboard.press('Enter');
  expect((await download).suggestedFilename()).toBe('run.html');
  await page.keyboard.press('Alt+P');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.getByText('A PDF needs a browser engine, and none was found.')).toBeVisible();
});
