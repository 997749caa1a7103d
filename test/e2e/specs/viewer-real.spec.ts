/** A bundle of another desk, opened by the real host: judged by the trust of this desk alone, read, compared, reported. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeBundle } from '../../fixtures/evidence/makeRun.ts';
import { expect, test } from '../fixtures/cockpit.ts';

test('a bundle of another desk is opened, read and reported', async ({ cockpit }) => {
  const root = await mkdtemp(join(tmpdir(), 'hp-viewer-'));
  try {
    const { page } = cockpit;
    const made = await makeBundle(root);
    await page.keyboard.press('Alt+O');
    await page.getByLabel('Bundle file').setInputFiles(made.bundle.path);
    // Nobody here knows its signers yet.
    await expect(page.getByText('Do not rely on this bundle')).toBeVisible();
    // The lines reach this desk by another way than the bundle.
    const folder = join(cockpit.home, 'data', 'trust');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'allowed_signers'), made.allowedSigners);
    await page.keyboard.press('Alt+O');
    await page.getByLabel('Bundle file').setInputFiles(made.bundle.path);
    await expect(page.getByText('Intact and consistent, without a witness from outside')).toBeVisible();
    await page.keyboard.press('2');
    await page.keyboard.press('3');
    await page.getByRole('slider').focus();
    await page.keyboard.press('End');
    await expect(page.locator('.vt__row').first()).not.toBeEmpty();
    await page.keyboard.press('Alt+P');
    const download = page.waitForEvent('download');
    await page.keyboard.press('Enter');
    expect((await download).suggestedFilename()).toMatch(/\.html$/);
    expect(cockpit.complaints).toEqual([]);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
